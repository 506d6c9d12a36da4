"""Stories once more through the worker: raw records of some time, or of one story, sent to `news.raw` again.

A replay does what is done with the newest version of a story once more, with the model and the rules of today. It
brings nothing back: the ledger tells which raw record each story's newest version came from, and only those go
again. They carry the offset at which they stood first, so that for the worker they are as old as they are: what was
killed or replaced, before or meanwhile, stays so. A replay has the time stamp of the original, too, and a `ce_id` of
its own on the output topics.

Sending is not marked anywhere: whoever replays twice, has it done twice. That changes nothing but the `ce_id`.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from config.headers import REPLAYED
from config.settings import Settings
from config.topics import LEDGER, RAW
from consumers.kafka import admin
from consumers.lanes.triage import first_offset
from consumers.repair.backlog import backlog
from consumers.repair.resend import MOST, sole_producer, transaction
from consumers.tap import opened, stretch
from processors import intake
from processors.errors import StoryError

BREATH_S = 1.0  # between two looks at how far the workers are


class ReplayStopped(admin.OperatorError):
    """The broker failed half way. What had gone is there; calling it again sends all of it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which raw records are meant; what is None does not matter.

    Attributes:
        since, until: by the records' time stamps, both included.
        keys: uris of stories.
    """

    since: datetime | None = None
    until: datetime | None = None
    keys: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A raw record that goes again. `timestamp`: milliseconds since the epoch; `uris`: of its stories."""

    partition: int
    offset: int
    timestamp: int
    uris: tuple[str, ...]


@dataclass(slots=True)
class Plan:
    """What a replay would send, and of what else was meant, how many records it would not, and why.

    Attributes:
        places: what goes, in order within each partition.
        superseded: a newer version or a kill came after them, or they said nothing new.
        unknown: the ledger does not know their story: not done yet, or dead (`kawat dlq redrive` sends these).
        unreadable: no story can be read from them.
        replays: they are replays themselves; the originals go.
    """

    places: list[Place] = field(default_factory=list)
    superseded: int = 0
    unknown: int = 0
    unreadable: int = 0
    replays: int = 0


async def plan(settings: Settings, selection: Selection) -> Plan:
    """What would go again.

    Raises:
        TopicMissing: there is no `news.raw`, or no `news.ledger`.
    """
    made = Plan()
    meant: list[Place] = []
    async with opened(settings, settings.topic(RAW.name)) as (consumer, partitions):
        first = await _begin(consumer, partitions, selection.since)
        async for record in stretch(consumer, first, await consumer.end_offsets(partitions)):
            if _in_time(record, selection):
                _sort(record, selection, settings.max_story_bytes, meant, made)
    newest = await _newest(settings, meant)
    for place in meant:
        offsets = [newest[place.partition].get(uri) for uri in place.uris]
        if place.offset in offsets:
            made.places.append(place)
        elif offsets and all(offset is None for offset in offsets):
            made.unknown += 1
        else:
            made.superseded += 1
    return made


async def _begin(
    consumer: AIOKafkaConsumer, partitions: list[TopicPartition], since: datetime | None
) -> dict[TopicPartition, int]:
    first: dict[TopicPartition, int] = await consumer.beginning_offsets(partitions)
    if since is None:
        return first
    at = int(since.timestamp() * 1000)
    found = await consumer.offsets_for_times(dict.fromkeys(partitions, at))
    end = await consumer.end_offsets(partitions)
    return {tp: found[tp].offset if found.get(tp) else end[tp] for tp in partitions}


def _in_time(record: ConsumerRecord, selection: Selection) -> bool:
    at = record.timestamp / 1000
    return (selection.since is None or at >= selection.since.timestamp()) and (
        selection.until is None or at <= selection.until.timestamp()
    )


def _sort(
    record: ConsumerRecord, selection: Selection, max_bytes: int, meant: list[Place], made: Plan
) -> None:
    """Put a record where it belongs: among those that are meant, or among those that don't go."""
    content_type = next(
        (v.decode("latin-1") for k, v in record.headers if k.lower() == "content-type" and v), None
    )
    try:
        stories = intake.read(record.value, content_type=content_type, key=record.key, max_bytes=max_bytes)
    except StoryError:
        made.unreadable += selection.keys is None
        return
    uris = tuple(story.uri for story in stories)
    if selection.keys is not None and not selection.keys & set(uris):
        return
    if first_offset(record) is not None:
        made.replays += 1
    else:
        meant.append(Place(record.partition, record.offset, record.timestamp, uris))


async def _newest(settings: Settings, meant: list[Place]) -> dict[int, dict[str, int]]:
    """By partition and uri: the offset of the raw record that the newest version of a story came from."""
    wanted: dict[int, set[str]] = defaultdict(set)
    for place in meant:
        wanted[place.partition].update(place.uris)
    newest: dict[int, dict[str, int]] = defaultdict(dict)
    async with opened(settings, settings.topic(LEDGER.name)) as (consumer, partitions):
        mine = [partition for partition in partitions if partition.partition in wanted]
        if not mine:
            return newest
        first = await consumer.beginning_offsets(mine)
        async for record in stretch(consumer, first, await consumer.end_offsets(mine)):
            uri = record.key.decode()
            if uri not in wanted[record.partition]:
                continue
            if record.value is None:
                newest[record.partition].pop(uri, None)
            else:
                newest[record.partition][uri] = orjson.loads(record.value)["offset"]
    return newest


async def replay(
    settings: Settings,
    made: Plan,
    *,
    rate: float,
    most_waiting: int,
    on_sent: Callable[[Place], None] = lambda _: None,
    on_wait: Callable[[int], None] = lambda _: None,
) -> None:
    """Send what a plan says, each record to the partition that it stands in.

    Args:
        settings: brokers, names, and the group whose workers do it.
        made: by `plan`.
        rate: most records a second.
        most_waiting: while more records than this wait for the workers, nothing is sent.
        on_sent: called for each record once it is there for good.
        on_wait: called each time that we wait for the workers, with how many records wait for them.

    Raises:
        ReplayStopped: the broker failed, or another replay took over.
    """
    way = sole_producer(settings, "replay", command="kawat replay", stopped=ReplayStopped)
    async with way as producer, opened(settings, settings.topic(RAW.name)) as (consumer, _):
        pace = _Pace(settings, rate, most_waiting, on_wait)
        async for batch in _batches(consumer, made.places, min(MOST, max(1, int(rate)))):
            await pace.wait(len(batch))
            await _send(producer, [record for _, record in batch])
            for place, _ in batch:
                on_sent(place)


class _Pace:
    """Holds a replay back: by its rate, and while the workers have enough to do."""

    def __init__(
        self, settings: Settings, rate: float, most_waiting: int, on_wait: Callable[[int], None]
    ) -> None:
        self._settings, self._rate, self._most, self._on_wait = settings, rate, most_waiting, on_wait
        self._loop = asyncio.get_running_loop()
        self._due = self._looked = self._loop.time()
        self._looked -= BREATH_S

    async def wait(self, records: int) -> None:
        """Until so many records may go."""
        await asyncio.sleep(self._due - self._loop.time())
        if self._loop.time() - self._looked >= BREATH_S:
            while (waiting := (await backlog(self._settings)).records) > self._most:
                self._on_wait(waiting)
                await asyncio.sleep(BREATH_S)
            self._looked = self._loop.time()
        self._due = max(self._due, self._loop.time() - BREATH_S) + records / self._rate


async def _batches(
    consumer: AIOKafkaConsumer, places: list[Place], size: int
) -> AsyncIterator[list[tuple[Place, ConsumerRecord]]]:
    """The records of places, read once more for their bytes."""
    due: dict[TopicPartition, dict[int, Place]] = defaultdict(dict)
    partitions = {partition.partition: partition for partition in consumer.assignment()}
    for place in places:
        due[partitions[place.partition]][place.offset] = place
    first = {partition: min(offsets) for partition, offsets in due.items()}
    end = {partition: max(offsets) + 1 for partition, offsets in due.items()}
    batch: list[tuple[Place, ConsumerRecord]] = []
    async for record in stretch(consumer, first, end):
        if record.offset in (mine := due[partitions[record.partition]]):
            batch.append((mine[record.offset], record))
            if len(batch) >= size:
                yield batch
                batch = []
    if batch:
        yield batch


async def _send(producer: AIOKafkaProducer, records: list[ConsumerRecord]) -> None:
    async with transaction(producer) as writing:
        for record in records:
            await writing.add(
                TopicPartition(record.topic, record.partition),
                record.key,
                record.value,
                [*record.headers, (REPLAYED.name, str(record.offset).encode())],
                timestamp_ms=record.timestamp,
            )
