"""What is remembered of an outlet: a register for each of its newest stories, and what was last proposed.

A register changes only by a later record of its story, so neither order nor repetition of what is heard matters.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from struct import Struct
from typing import Any, NamedTuple, Self

import orjson

from consumers.insights.boilerplate.pieces import Form, Piece, Pieces, pieces_of
from consumers.insights.boilerplate.records import BoilerplateRecord, LinesRecord
from consumers.insights.naming import NotARecord
from processors.records import RemovedKind, State

STORIES = 400
"""Stories of an outlet that are looked at, the newest: about a kilobyte each."""

_HEAD = Struct("<HIQ?")
_OFFSET = 2
_PUBLISHED = Struct("<HQ")
_READ = 1


@dataclass(frozen=True, slots=True)
class Told:
    """One record of `news.articles`: its story, its outlet, its clean text; "" if it may not be shown."""

    uri: str
    source: str
    text: str

    @classmethod
    def parse(cls, record: Any) -> Self:
        """Raises NotARecord: it is no enriched story."""
        try:
            enrichment = record["enrichment"]
            usable = enrichment["state"] == State.USABLE.value
            source = str(enrichment["source"]) or _host(record["article"])
            text = str(enrichment["text"]) if usable else ""
            return cls(str(enrichment["uri"]), source.casefold().strip().removeprefix("www."), text)
        except (KeyError, TypeError, AttributeError) as error:
            raise NotARecord(f"no enriched story: {type(error).__name__}") from None


def _host(article: Any) -> str:
    """The host of the story's page; "" if it has none."""
    urls = (each.get("value", "") for each in article.get("altIds", ()) if each.get("role") == "url")
    return str(next(urls, "")).partition("://")[2].partition("/")[0].partition(":")[0]


def lines_of(told: Told, *, at: int, offset: int, gone: bool, now: int) -> LinesRecord:
    """What `news.lines` is told of a story."""
    known = Pieces((), frozenset()) if gone else pieces_of(told.text)
    return LinesRecord(
        uri=told.uri,
        at=at,
        offset=offset,
        gone=gone,
        pieces=tuple((each.form.value, each.text, each.line, f"{each.mask:x}") for each in known.pieces),
        words=tuple(sorted(known.words)),
        now=now,
    )


def heard(value: bytes | None) -> LinesRecord:
    """Raises ValueError: it is no record of `news.lines`."""
    read = orjson.loads(value or b"")
    return LinesRecord(
        **(read | {"pieces": tuple(map(tuple, read["pieces"])), "words": tuple(read["words"])})
    )


class Glance(NamedTuple):
    """What the head of a packed register says: `at` in seconds since the epoch."""

    partition: int
    at: int
    offset: int
    gone: bool


def pack(record: LinesRecord, partition: int) -> bytes:
    """A story's register; `partition`: of its record in `news.lines`."""
    body = zlib.compress(orjson.dumps((record.pieces, record.words)), 6)
    return _HEAD.pack(partition, record.at, record.offset, record.gone) + body


def peek(packed: bytes) -> Glance:
    """The head of a register."""
    return Glance(*_HEAD.unpack_from(packed))


def unpack(packed: bytes) -> Pieces:
    """The pieces of a register."""
    pieces, hashes = orjson.loads(zlib.decompress(packed[_HEAD.size :]))
    made = (Piece(Form(form), text, line, int(mask, 16)) for form, text, line, mask in pieces)
    return Pieces(tuple(made), frozenset(hashes))


def later(one: bytes, other: bytes) -> bytes:
    """Which of two registers of a story goes back to the later record; where they are the same, the second."""
    return one if _HEAD.unpack_from(one)[_OFFSET] > _HEAD.unpack_from(other)[_OFFSET] else other


def too_many(stories: Iterable[tuple[int, bytes]], most: int) -> list[bytes]:
    """Keys of stories, given with their times, that are beyond the newest `most`."""
    ordered = sorted(stories)
    return [key for _, key in ordered[: max(0, len(ordered) - most)]]


@dataclass(frozen=True, slots=True)
class Published:
    """What was last said of an outlet on `news.boilerplate`.

    Attributes:
        partition: of the outlet in `news.lines`.
        read: offset there of the record by which it was found.
        open: the proposals that are open, by id.
    """

    partition: int
    read: int
    open: dict[str, BoilerplateRecord]

    def pack(self) -> bytes:
        return _PUBLISHED.pack(self.partition, self.read) + zlib.compress(orjson.dumps(self.open))

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        partition, read = _PUBLISHED.unpack_from(packed)
        told = orjson.loads(zlib.decompress(packed[_PUBLISHED.size :]))
        return cls(partition, read, {name: proposal_of(each) for name, each in told.items()})


def later_published(one: bytes, other: bytes) -> bytes:
    """Which of two packed `Published` was found by the later record; where they are the same, the second."""
    return one if _PUBLISHED.unpack_from(one)[_READ] > _PUBLISHED.unpack_from(other)[_READ] else other


def proposal_of(told: dict[str, Any]) -> BoilerplateRecord:
    """A record of `news.boilerplate` from its JSON. Unknown properties, of a later version, are ignored.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    known = {name: told[name] for name in BoilerplateRecord.__dataclass_fields__}
    lists = {name: tuple(told[name]) for name in ("examples", "samples")}
    return BoilerplateRecord(**(known | lists | {"kind": RemovedKind(told["kind"])}))
