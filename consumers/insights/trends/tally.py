"""The distinct stories that name one entity.

Each story is a register that only a later record of it changes, so the tally is the same in whatever order and
however often it hears of them: that is what keeps it right under redelivery and rebalance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from struct import Struct, iter_unpack
from typing import NamedTuple, Self

from consumers.insights.trends.bursts import Burst
from consumers.insights.trends.records import MentionRecord

MOST_STORIES = 25_000  # 20 bytes each: an entity fits a record of the changelog, which takes a megabyte
_HEAD = Struct("<HBIIIIQH")
_READ = 6  # where `read` stands in it
_STORY = Struct("<QIQ")
_BURSTS = tuple(Burst)


class Entry(NamedTuple):
    """One story: when it first named the entity (seconds), the offset that says so, and whether it does no more."""

    at: int
    offset: int
    gone: bool


@dataclass(slots=True, kw_only=True)
class Tally:
    """An entity's stories and how it was last judged.

    Attributes:
        partition: of its records in `news.mentions`.
        burst: its class; `judged` is when it got it, `since` when it last was quiet, seconds since the epoch.
        name: as a story named it last.
        read: offset of the latest record of `news.mentions` that it was held against, a tick of the clock included.
        stories: by a hash of the uri; those that name it no more included, until they are too old to count.
    """

    partition: int
    burst: Burst = Burst.QUIET
    judged: int = 0
    since: int = 0
    name: str = ""
    read: int = 0
    stories: dict[int, Entry] = field(default_factory=dict)

    def hear(self, mention: MentionRecord) -> None:
        """Takes in what one mention says of one story, unless something later is known."""
        if mention.uri is None:
            return
        story = int.from_bytes(blake2b(mention.uri.encode(), digest_size=8).digest(), "little")
        known = self.stories.get(story)
        if known is None or known.offset <= mention.offset:
            self.stories[story] = Entry(mention.at, mention.offset, mention.gone)
            self.name = mention.name

    def forget(self, before: int) -> None:
        """Drops stories from before a moment, and the oldest where there are too many."""
        if any(entry.at < before for entry in self.stories.values()):
            self.stories = {story: entry for story, entry in self.stories.items() if entry.at >= before}
        if len(self.stories) > MOST_STORIES:
            newest = sorted(self.stories.items(), key=lambda item: item[1].at)[-MOST_STORIES:]
            self.stories = dict(newest)

    def times(self) -> list[int]:
        """When each story that names it first did, seconds since the epoch, ascending."""
        return sorted(entry.at for entry in self.stories.values() if not entry.gone)

    def pack(self) -> bytes:
        name = self.name.encode("utf-8", "replace")[:1_000]
        ages = [entry.at for entry in self.stories.values()]
        head = _HEAD.pack(
            self.partition,
            _BURSTS.index(self.burst),
            self.judged,
            self.since,
            min(ages, default=0),
            max(ages, default=0),
            self.read,
            len(name),
        )
        body = (_STORY.pack(story, e.at, e.offset << 1 | e.gone) for story, e in self.stories.items())
        return b"".join((head, name, *body))

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        partition, burst, judged, since, _, _, read, length = _HEAD.unpack_from(packed)
        name = packed[_HEAD.size : _HEAD.size + length].decode("utf-8", "replace")
        body = iter_unpack(_STORY.format, packed[_HEAD.size + length :])
        stories = {story: Entry(at, mark >> 1, bool(mark & 1)) for story, at, mark in body}
        return cls(
            partition=partition,
            burst=_BURSTS[burst],
            judged=judged,
            since=since,
            name=name,
            read=read,
            stories=stories,
        )


def later(one: bytes, other: bytes) -> bytes:
    """Which of two packed tallies of an entity is the later one; where they are the same, the second.

    The later one knows all that the other does: mentions of an entity stand in one partition, and are heard in order.
    """
    return one if _HEAD.unpack_from(one)[_READ] > _HEAD.unpack_from(other)[_READ] else other


class Glance(NamedTuple):
    """What the head of a packed tally says; `oldest` and `newest` are times of stories, seconds since the epoch."""

    partition: int
    burst: Burst
    oldest: int
    newest: int


def peek(packed: bytes) -> Glance:
    """The head of a packed tally, without reading its stories."""
    partition, burst, _, _, oldest, newest, _, _ = _HEAD.unpack_from(packed)
    return Glance(partition, _BURSTS[burst], oldest, newest)
