"""What the pool and its processes say to each other: frames on a stream socket.

A frame is a head (story number, kind, lengths) and up to four parts. Stories go out pickled, because their reader
is less to be trusted than their writer; results come back as orjson and are never unpickled.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from operator import attrgetter
from struct import Struct
from typing import NamedTuple

import orjson

from processors import errors
from processors.errors import StoryError
from processors.records import Article, Enriched

HEAD = Struct("<QB4I")
NO_STORY = 0


class Kind(IntEnum):
    """What a frame is."""

    STORY = 1  # out: one pickled article
    READY = 2  # back: the process has loaded; resident memory in KiB
    BROKEN = 3  # back: the process can't start; why
    DONE = 4  # back: article, entities, quotes, facts
    FAILED = 5  # back: class, message, stage, uri of a StoryError
    RETIRING = 6  # back: no story after this one, the process ends itself; why


class Frame(NamedTuple):
    """One message; no part is empty."""

    number: int
    kind: Kind
    parts: tuple[bytes, ...]


def pack(number: int, kind: Kind, *parts: bytes) -> bytes:
    """A frame as bytes; at most four parts."""
    lengths = [len(part) for part in parts]
    return b"".join((HEAD.pack(number, kind, *lengths, *(0,) * (4 - len(lengths))), *parts))


class Unpacker:
    """Cuts a stream of bytes into frames."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that `data` completes."""
        rest = self._rest
        rest += data
        at = 0
        try:
            while len(rest) - at >= HEAD.size:
                number, kind, *lengths = HEAD.unpack_from(rest, at)
                if len(rest) - at < HEAD.size + sum(lengths):
                    break
                at += HEAD.size
                parts = []
                for length in lengths:
                    if length:
                        parts.append(bytes(rest[at : at + length]))
                        at += length
                yield Frame(number, Kind(kind), tuple(parts))
        finally:
            del rest[:at]


_FIELDS = tuple(Article.__dataclass_fields__)
_values = attrgetter(*_FIELDS)


def pack_article(number: int, article: Article) -> bytes:
    """The frame of a story; its fields as a tuple take half the time of the record itself."""
    return pack(number, Kind.STORY, pickle.dumps(_values(article), pickle.HIGHEST_PROTOCOL))


def read_article(part: bytes) -> Article:
    """The story of a frame."""
    return Article(**dict(zip(_FIELDS, pickle.loads(part), strict=True)))  # noqa: S301 - written by our parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the metrics want to know of a story, so that nobody has to read its records again.

    Attributes:
        seconds: wall time of the chain for this story.
        cpu_seconds: CPU time of all threads of the process meanwhile.
        stages: wall seconds of each stage of the chain.
        entities: number of entities by label.
        quotes: number of quotes by kind and whether they have a speaker.
        kept: characters of the clean text.
        removed: characters of boilerplate taken out.
        model: name and version of what found the entities and quotes.
    """

    seconds: float
    cpu_seconds: float
    stages: dict[str, float]
    entities: dict[str, int]
    quotes: dict[tuple[str, bool], int]
    language: str | None
    source: str
    kept: int
    removed: int
    model: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A story that came through: the values of its three records as JSON, and facts for the metrics."""

    article: bytes
    entities: bytes
    quotes: bytes
    facts: Facts


def pack_done(
    number: int, enriched: Enriched, *, seconds: float, cpu_seconds: float, stages: dict[str, float]
) -> bytes:
    """The frame of a story that came through; the arguments as in `Facts`."""
    story = enriched.article.enrichment
    entities: dict[str, int] = {}
    for entity in story.entities:
        label = entity.label.value
        entities[label] = entities.get(label, 0) + 1
    quotes: dict[tuple[str, bool], int] = {}
    for quote in story.quotes:
        kind = (quote.kind.value, quote.speaker is not None)
        quotes[kind] = quotes.get(kind, 0) + 1
    removed = sum([len(piece.text) for piece in story.removed])
    timing = (seconds, cpu_seconds, stages)
    counts = (entities, list(quotes.items()), story.language, story.source, len(story.text), removed)
    model = (story.model.name, story.model.version)
    records = (enriched.article, enriched.entities, enriched.quotes)
    return pack(number, Kind.DONE, *map(orjson.dumps, records), orjson.dumps((*timing, *counts, model)))


def pack_failed(number: int, error: StoryError) -> bytes:
    """The frame of a story that failed; a class of the chain's own goes as the one of ours that it derives from."""
    name = next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == errors.__name__)
    uri = None if error.uri is None else _valid(error.uri)
    return pack(number, Kind.FAILED, orjson.dumps((name, _valid(str(error)), error.stage, uri)))


def _valid(text: str) -> str:
    """Without lone surrogates, which JSON can bring in and UTF-8 can't hold."""
    return text.encode("utf-8", "replace").decode()


def read_result(frame: Frame) -> Published | StoryError:
    """The outcome in a DONE or FAILED frame."""
    if frame.kind is Kind.FAILED:
        name, message, stage, uri = orjson.loads(frame.parts[0])
        failed: StoryError = getattr(errors, name)(message, stage=stage, uri=uri)
        return failed
    article, entities, quotes, facts = frame.parts
    seconds, cpu_seconds, stages, by_label, by_kind, language, source, kept, removed, model = orjson.loads(
        facts
    )
    return Published(
        article=article,
        entities=entities,
        quotes=quotes,
        facts=Facts(
            seconds=seconds,
            cpu_seconds=cpu_seconds,
            stages=stages,
            entities=by_label,
            quotes={(kind, attributed): count for (kind, attributed), count in by_kind},
            language=language,
            source=source,
            kept=kept,
            removed=removed,
            model=(model[0], model[1]),
        ),
    )
