"""What one story names, over its versions: whoever keeps count by name must hear of names that are gone, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Any, NamedTuple, Self

import orjson

from processors.records import Label

_HEAD = Struct("<HIQ")  # partition, touched, offset: read without reading the rest
LONGEST_NAME = 200
LABELS = (Label.PERSON, Label.ORG, Label.GPE, Label.EVENT)
"""What the insights count and compare: the other labels name no actors, or nothing that has a name."""


def folded(name: str) -> str:
    """What is the same of a name over all stories, whatever its case and white space; a line at most."""
    return " ".join(name.split()).casefold()[:LONGEST_NAME]


class NotARecord(ValueError):
    """A value that is none of its topic; the message holds nothing of it."""


@dataclass(frozen=True, slots=True)
class Naming:
    """One record of a story: the names that count, by key; none unless it is usable."""

    uri: str
    names: dict[str, str]


class Named(NamedTuple):
    """One name of a story: its key, when a version first had it (seconds), and whether the newest has it no more."""

    key: str
    name: str
    at: int
    gone: bool


@dataclass(frozen=True, slots=True)
class Story:
    """Every name that a story has or once had.

    Attributes:
        partition: of its records.
        touched: time of its newest record, seconds since the epoch.
        offset: of its newest record.
        named: by key: the name, when the story first had it (seconds), and whether it has it no more.
    """

    partition: int
    touched: int
    offset: int
    named: dict[str, tuple[str, int, bool]]

    def all(self) -> Iterator[Named]:
        """All of them, whatever was said before: what is said twice changes nothing, what was lost is said again."""
        for key, (name, at, gone) in self.named.items():
            yield Named(key, name, at, gone)

    def pack(self) -> bytes:
        return _HEAD.pack(self.partition, self.touched, self.offset) + orjson.dumps(self.named)

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        named: dict[str, Any] = orjson.loads(packed[_HEAD.size :])
        partition, touched, offset = _HEAD.unpack_from(packed)
        return cls(partition, touched, offset, {key: tuple(value) for key, value in named.items()})


def peek(packed: bytes) -> tuple[int, int]:
    """Partition and time of the newest record of a packed story."""
    partition, touched, _ = _HEAD.unpack_from(packed)
    return partition, touched


def later(one: bytes, other: bytes) -> bytes:
    """Which of two packed states of a story is that of the later record; where they are the same, the second."""
    return one if _HEAD.unpack_from(one)[2] > _HEAD.unpack_from(other)[2] else other


def updated(story: Story | None, naming: Naming, *, partition: int, offset: int, at: int) -> Story:
    """The story after one more record. A record that is older than what is known of it (a redelivery) changes nothing.

    A name counts from the first version that had it: a correction makes no news of old names.
    """
    if story is not None and offset < story.offset:
        return story
    before = story.named if story else {}
    named = {key: (name, first, True) for key, (name, first, _) in before.items()}
    for key, name in naming.names.items():
        named[key] = (name, before[key][1] if key in before else at, False)
    return Story(partition, at if story is None else max(at, story.touched), offset, named)
