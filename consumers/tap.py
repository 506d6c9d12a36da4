"""Looking into a topic as downstream sees it: committed records only, outside any group, nothing changed by it."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from config.settings import Settings
from config.topics import TOPICS
from consumers.kafka import admin
from consumers.kafka.closing import close
from consumers.kafka.connection import connection

_POLL_MS = 250
_MARGIN = 20  # offsets: transaction markers and what compaction took away have one, too
_STALL_S = 30.0

Filter = Callable[[ConsumerRecord], bool]


class Start(StrEnum):
    BEGINNING = "beginning"
    END = "end"


def full_name(settings: Settings, name: str) -> str:
    """The topic that a person means by "articles", "news.articles", or any name as it is on the broker."""
    for topic in TOPICS:
        if name in (topic.name, topic.name.rpartition(".")[2]):
            return settings.topic(topic.name)
    return name


@asynccontextmanager
async def opened(
    settings: Settings, topic: str
) -> AsyncIterator[tuple[AIOKafkaConsumer, list[TopicPartition]]]:
    """A consumer that is assigned all partitions of a topic (full name), and they.

    Raises:
        TopicMissing: it isn't there.
    """
    count = (await admin.require(settings, topic))[topic]
    partitions = [TopicPartition(topic, number) for number in range(count)]
    consumer = AIOKafkaConsumer(
        **connection(settings),
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        request_timeout_ms=admin.REQUEST_TIMEOUT_MS,
        max_partition_fetch_bytes=8 * 1024 * 1024,
        fetch_max_wait_ms=_POLL_MS,
    )
    try:
        await consumer.start()
        consumer.assign(partitions)
        await asyncio.sleep(0)  # the client can't be stopped before its tasks had their first turn
        yield consumer, partitions
    finally:
        await close(consumer.stop())


async def tap(
    settings: Settings,
    topic: str,
    *,
    start: Start,
    limit: int | None,
    follow: bool,
    wanted: Filter = lambda _: True,
) -> AsyncIterator[ConsumerRecord]:
    """Records of a topic (full name).

    From the beginning: the oldest first, each partition in its order, up to what was there at the start. From the
    end: the newest `limit` ones, by time. With `follow`: on and on, and from the end only what is new.

    Raises:
        TopicMissing: it isn't there.
    """
    async with opened(settings, topic) as (consumer, partitions):
        if follow:
            if start is Start.END:
                await consumer.seek_to_end(*partitions)
            else:
                await consumer.seek_to_beginning(*partitions)
            records = _endless(consumer)
        elif start is Start.END and limit is not None:
            for record in await _newest(consumer, partitions, limit, wanted):
                yield record
            return
        else:
            first = await consumer.beginning_offsets(partitions)
            records = stretch(consumer, first, await consumer.end_offsets(partitions))
        left = limit
        async for record in records:
            if not wanted(record):
                continue
            yield record
            if left is not None and (left := left - 1) == 0:
                return


async def _endless(consumer: AIOKafkaConsumer) -> AsyncIterator[ConsumerRecord]:
    while True:
        for records in (await consumer.getmany(timeout_ms=_POLL_MS)).values():
            for record in records:
                yield record


async def stretch(
    consumer: AIOKafkaConsumer, first: Mapping[TopicPartition, int], end: Mapping[TopicPartition, int]
) -> AsyncIterator[ConsumerRecord]:
    """Records with offsets in [first, end) of the assigned partitions, each partition in order.

    Raises:
        OperatorError: nothing moves for half a minute (a partition without a leader).
    """
    for partition, offset in first.items():
        consumer.seek(partition, offset)
    positions = dict(first)
    idle = 0.0
    while left := [partition for partition in end if positions[partition] < end[partition]]:
        polled = await consumer.getmany(*left, timeout_ms=_POLL_MS)
        for partition, records in polled.items():
            for record in records:
                if record.offset < end[partition]:
                    yield record
        # The position passes markers and aborted records, too; they never come out.
        before = positions.copy()
        positions.update({partition: await consumer.position(partition) for partition in left})
        idle = 0.0 if positions != before else idle + _POLL_MS / 1000
        if idle > _STALL_S:
            stuck = ", ".join(f"{partition.topic}[{partition.partition}]" for partition in left)
            raise admin.OperatorError(f"nothing comes from {stuck}: `kawat topics describe` shows its state")


async def _newest(
    consumer: AIOKafkaConsumer, partitions: list[TopicPartition], limit: int, wanted: Filter
) -> list[ConsumerRecord]:
    """The newest records, by time: read ever further back until there are enough."""
    beginning = await consumer.beginning_offsets(partitions)
    end = await consumer.end_offsets(partitions)
    for back in _steps(2 * limit + _MARGIN):
        first = {partition: max(beginning[partition], end[partition] - back) for partition in partitions}
        found = [record async for record in stretch(consumer, first, end) if wanted(record)]
        if len(found) >= limit or first == beginning:
            break
    return sorted(heapq.nlargest(limit, found, key=_moment), key=_moment)


def _steps(back: int) -> Iterator[int]:
    while True:
        yield back
        back *= 8


def _moment(record: ConsumerRecord) -> tuple[int, int, int]:
    return record.timestamp, record.partition, record.offset
