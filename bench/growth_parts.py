"""The parts of the chain that read text, each as something to be called with a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape

import orjson
import yaml

from config import outlets
from processors.cleaning import Cleaner
from processors.encoder.pieces import Pieces
from processors.encoder.reader import folder
from processors.encoder.windows import cut, encode
from processors.encoder.words import split
from processors.entities import EntityFinder
from processors.errors import Invalid, Malformed, TooLarge, UnknownFormat
from processors.intake import read
from processors.language import Languages
from processors.quotes import QuoteFinder
from processors.quotes.marks import marked
from processors.records import Article, Entity, Label, Span

Work = Callable[[], object]
"""One part on one text, ready to be timed."""

_NAME = re.compile(r"\b[A-Z][a-z]+ [A-Z][a-z]+\b")
_SYLLABLES = [first + second for first in "bdgklmnprst" for second in "aiueo"]
LARGEST_PAYLOAD = 8_000_000


def units() -> dict[str, str]:
    """The texts that grow, by name."""
    found: dict[str, str] = yaml.safe_load(Path(__file__).with_name("growth.yaml").read_text("utf-8"))
    return found


def text(unit: str, size: int) -> str:
    """`unit` over and over, to `size` code points."""
    if "{n}" not in unit:
        return (unit * (size // len(unit) + 1))[:size]
    parts, length, number = [], 0, 0
    while length < size:
        parts.append(unit.replace("{n}", _word(number)))
        length += len(parts[-1])
        number += 1
    return "".join(parts)[:size]


def _word(number: int) -> str:
    """A name for a number; no two are the same."""
    syllables = []
    while True:
        number, rest = divmod(number, len(_SYLLABLES))
        syllables.append(_SYLLABLES[rest])
        if not number:
            return "".join(syllables).capitalize()


def people(body: str) -> tuple[Entity, ...]:
    """Two capitalised words are a person: entities without the cost of finding them."""
    found: dict[str, list[Span]] = {}
    for match in _NAME.finditer(body):
        found.setdefault(match.group(), []).append(
            Span(start=match.start(), end=match.end(), text=match.group())
        )
    return tuple(
        Entity(id=f"e{number}", label=Label.PERSON, name=name, mentions=tuple(spans), salience=0.5)
        for number, (name, spans) in enumerate(found.items())
    )


def _intake(payload: bytes, content_type: str) -> Work:
    def work() -> None:
        with suppress(Malformed, Invalid, UnknownFormat, TooLarge):  # refused is fine, if it is soon
            read(payload, content_type=content_type, max_bytes=LARGEST_PAYLOAD)

    return work


def _json(body: str) -> Work:
    document = {"uri": "urn:x:1", "type": "text", "body_xhtml": body, "headline": body[:200]}
    return _intake(orjson.dumps(document), "application/json")


def _xml(body: str) -> Work:
    lines = "".join(f"<p>{escape(line)}</p>" for line in body.split("\n"))
    head = "<nitf><head><docdata><doc-id id-string='a'/></docdata></head><body><body.content>"
    return _intake(f"{head}{lines}</body.content></body></nitf>".encode(), "application/xml")


def _page(body: str) -> str:
    head = "<html><head><title>Pasar</title><link rel='canonical' href='https://warta.example/1'></head>"
    return f"{head}<body>{body}</body></html>"


@cache
def _cleaner() -> Cleaner:
    return Cleaner(outlets.load())


def _cleaning(body: str, kind: Literal["text", "html"] = "text", *, page: bool = False) -> Work:
    article = Article(uri="urn:x:1", body=body, body_type=kind, page=page, source="kompas.com")
    return lambda: _cleaner().clean(article)


@cache
def _languages() -> Languages:
    return Languages.load()


@cache
def _entities() -> EntityFinder:
    return EntityFinder.load()


@cache
def _quotes() -> QuoteFinder:
    return QuoteFinder.load()


def _quoting(body: str) -> Work:
    entities = people(body)
    return lambda: _quotes().find(body, entities, "id")


@cache
def _vocabulary() -> list[tuple[str, float]]:
    lines = (folder("accurate") / "pieces.tsv").read_text("utf-8").removesuffix("\n").split("\n")
    return [(piece, float(score)) for piece, _, score in (line.partition("\t") for line in lines)]


def _pieces(body: str) -> Work:
    pieces = Pieces(_vocabulary())

    def work() -> object:
        pieces.word.cache_clear()
        words = split(body)
        return cut(words, encode(body, words, pieces), overlap=64)

    return work


PARTS: dict[str, Callable[[str], Work]] = {
    "intake of JSON": _json,
    "intake of XML": _xml,
    "intake of pages": lambda body: _intake(_page(body).encode(), "text/html"),
    "cleaning": _cleaning,
    "cleaning of HTML": lambda body: _cleaning(body, "html"),
    "cleaning of pages": lambda body: _cleaning(_page(body), "html", page=True),
    "language": lambda body: lambda: _languages().decide(body, "id"),
    "entities": lambda body: lambda: _entities().find(body, "id"),
    "entities in English": lambda body: lambda: _entities().find(body, "en"),
    "quotes": _quoting,
    "quotation marks": lambda body: lambda: marked(body),
    "word pieces": _pieces,
}
"""By name: takes a text and makes the work; what is loaded once is loaded when it is first done."""

REMEMBERED = ("intake of JSON", "cleaning", "quotation marks", "quotes", "word pieces")
"""The parts whose memory is measured: the others are the libraries' own, behind Python's books."""


def sizes(largest: int) -> Iterator[int]:
    """1,000 code points, four times as many, and so on, up to `largest`."""
    size = 1_000
    while size <= largest:
        yield size
        size *= 4
