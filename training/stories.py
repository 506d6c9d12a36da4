"""Annotated stories into words with the tags of the three heads, quotes and who may speak them."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from processors.encoder.tags import ENTITY_TAGS, SOURCE_TAGS, SPEAKING_LABELS, SPEECH_TAGS
from processors.encoder.words import Word, split

ENTITY_ID = {tag: i for i, tag in enumerate(ENTITY_TAGS)}
SPEECH_ID = {tag: i for i, tag in enumerate(SPEECH_TAGS)}
SOURCE_ID = {tag: i for i, tag in enumerate(SOURCE_TAGS)}
# how far from a quote its cue and its source are looked for, in code points
REACH = 400
OTHER_LINE = 1_000  # a cue on another line is believed only if the quote's own line has none


@dataclass(frozen=True, slots=True)
class Mention:
    """A candidate speaker: its first word, and who it is (None: a pronoun or a description of a named one)."""

    word: int
    who: str | None


@dataclass(frozen=True, slots=True)
class Speech:
    """A quote: its first and last word, its kind, its code points, its speaker's full name or description."""

    first: int
    last: int
    kind: str
    start: int
    end: int
    who: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """One story, boilerplate blanked out (offsets are those of the raw body).

    Attributes:
        words: its words.
        tags: for each word the tag's number of each head: entity, speech, source.
        entities: (start, end, label) in code points.
    """

    id: str
    text: str
    words: list[Word]
    tags: list[tuple[int, int, int]]
    entities: list[tuple[int, int, str]]
    mentions: list[Mention]
    quotes: list[Speech]


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file with one JSON object a line, gzipped or not."""
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as lines
    ):
        for line in lines:
            if line.strip():
                yield json.loads(line)


def blanked(body: str, boilerplate: list[list[Any]]) -> str:
    """The body with boilerplate made spaces: offsets and lines stay."""
    text = list(body)
    for start, end, _ in boilerplate:
        text[start:end] = ["\n" if mark == "\n" else " " for mark in text[start:end]]
    return "".join(text)


def read(record: dict[str, Any]) -> Story:
    """An annotated record as a `Story`."""
    text = blanked(record["body"], record["boilerplate"])
    words = split(text)
    entity, speech, source = [0] * len(words), [0] * len(words), [0] * len(words)
    within = _Within(words)
    entities = [(start, end, label) for start, end, label, _ in record["entities"]]
    mentions = []
    for start, end, label, who in record["entities"]:
        inside = within(start, end)
        _mark(entity, inside, label, ENTITY_ID)
        if label in SPEAKING_LABELS and inside:
            mentions.append(Mention(inside[0], who))
    named = {mention.who for mention in mentions if mention.who}
    quotes = []
    for quote in record["quotes"]:
        inside = within(quote["start"], quote["end"])
        if not inside:
            continue
        _mark(speech, inside, quote["kind"], SPEECH_ID)
        quotes.append(
            Speech(inside[0], inside[-1], quote["kind"], quote["start"], quote["end"], quote["who"])
        )
        cue, speaker = attribution(text, quote)
        if cue:
            _mark(source, within(*cue), "cue", SOURCE_ID)
        if speaker and (marked := within(*speaker)):
            _mark(source, marked, "source", SOURCE_ID)
            if not any(ENTITY_TAGS[entity[i]] != "O" for i in marked):
                who = quote["who"]
                mentions.append(Mention(marked[0], None if who in named else who))
    mentions = sorted(set(mentions), key=lambda mention: mention.word)
    tags = list(zip(entity, speech, source, strict=True))
    return Story(record["id"], text, words, tags, entities, mentions, quotes)


class _Within:
    """Which words lie, at least in part, in a range of code points."""

    def __init__(self, words: list[Word]) -> None:
        self._at: dict[int, int] = {}
        for i, word in enumerate(words):
            for offset in range(word.start, word.end):
                self._at[offset] = i

    def __call__(self, start: int, end: int) -> list[int]:
        return sorted({self._at[offset] for offset in range(start, end) if offset in self._at})


def _mark(tags: list[int], inside: list[int], label: str, ids: dict[str, int]) -> None:
    for n, i in enumerate(inside):
        tags[i] = ids[("I-" if n else "B-") + label]


def attribution(text: str, quote: dict[str, Any]) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """Where a quote's cue and source stand: the annotation gives their words, so the nearest place wins.

    A source that is its own cue ("ujarnya") is given as cue alone.
    """
    cues = _places(text, quote, quote["cue"])
    sources = [] if quote["speaker"] == quote["cue"] else _places(text, quote, quote["speaker"])
    span = (quote["start"], quote["end"])

    def cost(cue: tuple[int, int] | None, source: tuple[int, int] | None) -> int:
        if cue and source:
            return _gap(text, span, cue) + _gap(text, cue, source)
        return _gap(text, span, cue or source or span)

    pairs = [(cue, source) for cue in cues or [None] for source in sources or [None]]
    return min(pairs, key=lambda pair: cost(*pair))


def _places(text: str, quote: dict[str, Any], wanted: str | None) -> list[tuple[int, int]]:
    if not wanted:
        return []
    low, high = max(0, quote["start"] - REACH), quote["end"] + REACH
    found = re.finditer(rf"(?<!\w){re.escape(wanted)}(?!\w)", text[low:high])
    places = [(low + match.start(), low + match.end()) for match in found]
    return [(a, b) for a, b in places if b <= quote["start"] or a >= quote["end"]]


def _gap(text: str, one: tuple[int, int], other: tuple[int, int]) -> int:
    low, high = (one[1], other[0]) if one[1] <= other[0] else (other[1], one[0])
    if low > high:
        return 0
    return high - low + OTHER_LINE * text.count("\n", low, high)
