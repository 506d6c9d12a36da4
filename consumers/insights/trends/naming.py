"""What one story names, over its versions: from records of `news.entities` to mentions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Any, Self

import orjson

from consumers.insights.trends.records import LABELS, MentionRecord, key_of
from processors.records import State

_HEAD = Struct("<HIQ")  # partition, touched, offset: read without reading the rest


class NotEntities(ValueError):
    """A value that is no record of `news.entities`; the message holds nothing of it."""


@dataclass(frozen=True, slots=True)
class Naming:
    """One record of `news.entities`: the story, and the names that count by entity; none unless it is usable."""

    uri: str
    names: dict[str, str]

    @classmethod
    def parse(cls, value: bytes | None) -> Self:
        """Raises NotEntities."""
        try:
            record = orjson.loads(value or b"")
            usable = record["state"] == State.USABLE.value
            entities = record["entities"] if usable else []
            wanted = [entity for entity in entities if entity["label"] in _WANTED]
            names = {
                key_of(_WANTED[entity["label"]], entity["name"]): str(entity["name"]) for entity in wanted
            }
            return cls(str(record["uri"]), names)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise NotEntities(f"no record of entities: {type(error).__name__}") from None


_WANTED = {label.value: label for label in LABELS}


@dataclass(frozen=True, slots=True)
class Story:
    """Every entity that a story names or once named.

    Attributes:
        partition: of its records in `news.entities`.
        touched: time of its newest record, seconds since the epoch.
        offset: of its newest record.
        named: by entity: its name, when the story first named it (seconds), and whether it does no more.
    """

    partition: int
    touched: int
    offset: int
    named: dict[str, tuple[str, int, bool]]

    def mentions(self, uri: str, now: int) -> Iterator[tuple[str, MentionRecord]]:
        """All of them, whatever was said before: what is said twice changes nothing, what was lost is said again."""
        for key, (name, at, gone) in self.named.items():
            yield key, MentionRecord(uri=uri, name=name, at=at, offset=self.offset, gone=gone, now=now)

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

    An entity counts from the first version that named it: a correction makes no news of old names.
    """
    if story is not None and offset < story.offset:
        return story
    before = story.named if story else {}
    named = {key: (name, first, True) for key, (name, first, _) in before.items()}
    for key, name in naming.names.items():
        named[key] = (name, before[key][1] if key in before else at, False)
    return Story(partition, at if story is None else max(at, story.touched), offset, named)
