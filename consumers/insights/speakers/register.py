"""What one story quotes of one speaker, as the table keeps it: a register that only a later record changes.

So neither order nor repetition of what is heard matters, and each says which record it goes back to: a record that
comes again is known for the one that changed it, and what followed from it can be said again.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Any, NamedTuple, Self

import orjson

from consumers.insights.speakers.records import Said, SayingRecord

_HEAD = Struct("<HIQQ?")
_OFFSET = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A story's quotes of a speaker.

    Attributes:
        partition: of its records in `news.sayings`.
        at: when the story first quoted the speaker, seconds since the epoch.
        offset: of the newest record of `news.quotes` that speaks of it.
        since: of the record that made it what it is; below `offset` if later ones changed nothing.
        name, version, source: the speaker as the story names them; the story's version; its outlet.
        quotes: none if the story quotes the speaker no more.
        more: quotes that were too many to keep.
    """

    partition: int
    at: int
    offset: int
    since: int
    name: str
    version: str
    source: str
    quotes: tuple[Said, ...]
    more: int

    @property
    def gone(self) -> bool:
        return not self.quotes and not self.more

    def pack(self) -> bytes:
        body = orjson.dumps((self.name, self.version, self.source, self.quotes, self.more))
        return _HEAD.pack(self.partition, self.at, self.offset, self.since, self.gone) + body

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        partition, at, offset, since, _ = _HEAD.unpack_from(packed)
        name, version, source, quotes, more = orjson.loads(packed[_HEAD.size :])
        return cls(
            partition=partition,
            at=at,
            offset=offset,
            since=since,
            name=name,
            version=version,
            source=source,
            quotes=_said(quotes),
            more=more,
        )


class Glance(NamedTuple):
    """What the head of a packed register says."""

    partition: int
    at: int
    offset: int
    since: int
    gone: bool


def peek(packed: bytes) -> Glance:
    """The head, without reading the quotes."""
    return Glance(*_HEAD.unpack_from(packed))


def later(one: bytes, other: bytes) -> bytes:
    """Which of two packed registers goes back to the later record; where they are the same, the second."""
    return one if _HEAD.unpack_from(one)[_OFFSET] > _HEAD.unpack_from(other)[_OFFSET] else other


def saying(value: bytes | None) -> SayingRecord:
    """A value of `news.sayings`."""
    record: dict[str, Any] = orjson.loads(value or b"")
    return SayingRecord(**record | {"quotes": _said(record["quotes"])})


def hear(known: Register | None, said: SayingRecord, partition: int) -> tuple[Register | None, bool]:
    """The register after one more record, and whether the speaker's running record must be published.

    A record that has made it what it is, and comes again, changes nothing; but maybe we died before that was said.
    """
    if known is not None and said.offset <= known.offset:
        return known, said.offset == known.since
    if known is None and not said.quotes and not said.more:
        return None, False
    same = known is not None and _content(known) == _content(said)
    return Register(
        partition=partition,
        at=said.at,
        offset=said.offset,
        since=known.since if known is not None and same else said.offset,
        name=said.name,
        version=said.version,
        source=said.source,
        quotes=said.quotes,
        more=said.more,
    ), not same


def _content(of: Register | SayingRecord) -> tuple[Any, ...]:
    if not of.quotes and not of.more:
        return ()
    return of.name, of.version, of.source, of.at, of.quotes, of.more


def _said(quotes: list[Any]) -> tuple[Said, ...]:
    return tuple(Said(**quote) for quote in quotes)
