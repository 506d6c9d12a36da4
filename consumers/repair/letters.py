"""Dead letters: what stands in `news.dlq`, and what has gone back from there.

A record there is a letter; or a mark, which says that a letter of the same partition was sent back (see
`consumers.repair.redrive`): it has no value, and its header `kawat-dlq-redriven` holds the letter's offset.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from config.settings import Settings
from config.topics import DEAD_LETTERS
from consumers.kafka import admin
from consumers.lanes.deadletter import PREFIX
from consumers.tap import opened, stretch

REDRIVEN = PREFIX + "redriven"
_OVERHEAD_BYTES = 200  # a batch's and a record's own fields


class NoSuchLetter(admin.OperatorError):
    """No dead letter stands at that place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One dead letter, without its bytes.

    Attributes:
        partition, offset, timestamp: where it stands in `news.dlq`, and since when (milliseconds since the epoch).
        reason, stage, error: why.
        topic, origin_partition, origin_offset, origin_timestamp: the raw record; the topic's full name.
        key: of the raw record.
        size: of the raw record's value, bytes; None if it had none.
        redriven: when it was sent back, milliseconds since the epoch; None if it was not.
    """

    partition: int
    offset: int
    timestamp: int
    reason: str
    stage: str
    error: str
    topic: str
    origin_partition: int
    origin_offset: int
    origin_timestamp: int
    key: bytes | None
    size: int | None
    redriven: int | None = None

    @property
    def place(self) -> tuple[int, int]:
        """What names a letter: its partition and offset in `news.dlq`."""
        return self.partition, self.offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which letters are meant; what is None does not matter.

    Attributes:
        pending: only letters that were not sent back yet.
    """

    reason: str | None = None
    stage: str | None = None
    places: frozenset[tuple[int, int]] | None = None
    pending: bool = True

    def __contains__(self, letter: Letter) -> bool:
        return (
            (self.reason is None or letter.reason == self.reason)
            and (self.stage is None or letter.stage == self.stage)
            and (self.places is None or letter.place in self.places)
            and not (self.pending and letter.redriven is not None)
        )


@dataclass(frozen=True, slots=True)
class Refused:
    """A letter that can't go back, and why."""

    letter: Letter
    why: str


@dataclass(slots=True)
class Plan:
    """What a redrive would do, or did.

    Attributes:
        letters: those that go back, oldest first within each partition.
        refused: those that can't.
        strangers: records in `news.dlq` that are neither letters nor marks: written by somebody else.
    """

    letters: list[Letter] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    strangers: int = 0


def letter_of(record: ConsumerRecord) -> Letter | None:
    """The dead letter that a record is; None if it is none of ours."""
    ours = {
        name: value.decode("utf-8", "replace") for name, value in record.headers if name.startswith(PREFIX)
    }
    try:
        return Letter(
            partition=record.partition,
            offset=record.offset,
            timestamp=record.timestamp,
            reason=ours[PREFIX + "reason"],
            stage=ours[PREFIX + "stage"],
            error=ours[PREFIX + "error"],
            topic=ours[PREFIX + "topic"],
            origin_partition=int(ours[PREFIX + "partition"]),
            origin_offset=int(ours[PREFIX + "offset"]),
            origin_timestamp=int(ours[PREFIX + "timestamp"]),
            key=record.key,
            size=None if record.value is None else len(record.value),
        )
    except (KeyError, ValueError):
        return None


def marked(record: ConsumerRecord) -> int | None:
    """The offset of the letter that a mark says was sent back; None if the record is no mark."""
    value = dict(record.headers).get(REDRIVEN)
    return int(value) if value is not None and value.isdigit() else None


async def find(settings: Settings, selection: Selection) -> Plan:
    """The letters that are meant, oldest first within each partition, and whether they could go back.

    Raises:
        TopicMissing: there is no `news.dlq`.
    """
    async with opened(settings, settings.topic(DEAD_LETTERS.name)) as (consumer, partitions):
        return await find_in(settings, consumer, partitions, selection)


async def fetch(settings: Settings, place: tuple[int, int]) -> tuple[Letter, ConsumerRecord]:
    """One letter, and the record that it is.

    Raises:
        NoSuchLetter: nothing, or something else, stands there.
    """
    topic = settings.topic(DEAD_LETTERS.name)
    async with opened(settings, topic) as (consumer, partitions):
        mine = [partition for partition in partitions if partition.partition == place[0]]
        found: tuple[Letter, ConsumerRecord] | None = None
        redriven = None
        async for record in records_of(consumer, mine):
            if letter := letter_of(record):
                found = (letter, record) if letter.place == place else found
            elif marked(record) == place[1]:
                redriven = record.timestamp
    if found is None:
        raise NoSuchLetter(
            f"no dead letter stands at {place[0]}:{place[1]} of {topic}: `kawat dlq list` shows them"
        )
    return replace(found[0], redriven=redriven), found[1]


async def find_in(
    settings: Settings, consumer: AIOKafkaConsumer, partitions: list[TopicPartition], selection: Selection
) -> Plan:
    """As `find`, with a consumer that is assigned the partitions."""
    found: dict[tuple[int, int], Letter] = {}
    plan = Plan()
    async for record in records_of(consumer, partitions):
        if letter := letter_of(record):
            found[letter.place] = letter
        elif (offset := marked(record)) is None:
            plan.strangers += 1
        elif letter := found.get((record.partition, offset)):  # None: retention took the letter
            found[letter.place] = replace(letter, redriven=record.timestamp)
    chosen = [letter for letter in found.values() if letter in selection]
    obstacles = await _obstacles(settings, chosen)
    for letter in chosen:
        if why := obstacles.get(letter.place):
            plan.refused.append(Refused(letter, why))
        else:
            plan.letters.append(letter)
    return plan


async def _obstacles(settings: Settings, letters: list[Letter]) -> dict[tuple[int, int], str]:
    """Why letters can't go back. All that is known beforehand: a send that the broker refuses fails its whole batch."""
    async with admin.connected(settings) as client:
        counts = await admin.partition_counts(client)
        targets = {letter.topic for letter in letters} & counts.keys()
        limits = {topic: await admin.max_message_bytes(client, topic) for topic in targets}
    obstacles = {}
    for letter in letters:
        size = (letter.size or 0) + len(letter.key or b"") + _OVERHEAD_BYTES
        if letter.topic not in counts:
            obstacles[letter.place] = f"there is no topic {letter.topic} any more"
        elif letter.origin_partition >= counts[letter.topic]:
            obstacles[letter.place] = f"{letter.topic} has no partition {letter.origin_partition} any more"
        elif size > limits[letter.topic]:
            obstacles[letter.place] = f"{size} bytes, {letter.topic} takes {limits[letter.topic]}"
    return obstacles


async def records_of(
    consumer: AIOKafkaConsumer, partitions: list[TopicPartition]
) -> AsyncIterator[ConsumerRecord]:
    """All that stands in the partitions now."""
    if not partitions:
        return
    first = await consumer.beginning_offsets(partitions)
    async for record in stretch(consumer, first, await consumer.end_offsets(partitions)):
        yield record
