"""The way back of dead letters, to the topic and partition that they came from.

A letter that is sent back leaves a mark beside it, in the same partition of `news.dlq`. Story and mark are written in
one transaction, so a letter goes back exactly once however often `redrive` is called or killed; and a mark stays for
as long as its letter, which the committed offsets of a group without members would not (they are forgotten after a
week).

A story goes to the partition that it came from, not to where its key leads now: there its lane and its ledger know
what was newer, and what it overtakes or not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from config.settings import Settings
from config.topics import DEAD_LETTERS
from consumers.kafka import admin
from consumers.lanes.deadletter import original_headers
from consumers.repair.letters import REDRIVEN, Letter, Plan, Selection, find_in, records_of
from consumers.repair.resend import MOST, sole_producer, transaction
from consumers.tap import opened


class RedriveStopped(admin.OperatorError):
    """The broker failed half way. What had gone back is marked, the rest is as it was."""


async def redrive(
    settings: Settings,
    selection: Selection,
    *,
    rate: float | None = None,
    on_sent: Callable[[Letter], None] = lambda _: None,
) -> Plan:
    """Send letters back to topic and partition they came from, with key, value and headers as they were.

    Args:
        settings: brokers, names, and the group that the transactional id is of.
        selection: which.
        rate: most letters a second; None: as fast as it goes.
        on_sent: called for each letter once it is back for good.

    Raises:
        TopicMissing: there is no `news.dlq`.
        RedriveStopped: the broker failed, or another redrive took over.
    """
    # Fence first, look then: a redrive that ran until now can't mark anything more behind our back.
    topic = settings.topic(DEAD_LETTERS.name)
    way = sole_producer(settings, "redrive", command="kawat dlq redrive", stopped=RedriveStopped)
    async with way as producer, opened(settings, topic) as (consumer, partitions):
        plan = await find_in(settings, consumer, partitions, selection)
        await _send_back(consumer, producer, plan, rate, on_sent)
        return plan


async def _send_back(
    consumer: AIOKafkaConsumer,
    producer: AIOKafkaProducer,
    plan: Plan,
    rate: float | None,
    on_sent: Callable[[Letter], None],
) -> None:
    """The letters of a plan, read once more for their bytes, in transactions of a second's worth at most."""
    due = {letter.place: letter for letter in plan.letters}
    size = MOST if rate is None else min(MOST, max(1, int(rate)))
    loop = asyncio.get_running_loop()
    started, sent = loop.time(), 0
    batch: list[tuple[Letter, ConsumerRecord]] = []

    async def flush() -> None:
        nonlocal sent
        if rate is not None:
            await asyncio.sleep(started + sent / rate - loop.time())
        await _transaction(producer, batch)
        for letter, _ in batch:
            on_sent(letter)
        sent += len(batch)
        batch.clear()

    async for record in records_of(consumer, list(consumer.assignment())):
        if letter := due.get((record.partition, record.offset)):
            batch.append((letter, record))
            if len(batch) >= size:
                await flush()
    if batch:
        await flush()


async def _transaction(producer: AIOKafkaProducer, batch: list[tuple[Letter, ConsumerRecord]]) -> None:
    """Stories and marks, all of them or none.

    Raises:
        KafkaError, TimeoutError: it may even be committed; the marks tell.
    """
    async with transaction(producer) as writing:
        for letter, record in batch:
            origin = TopicPartition(letter.topic, letter.origin_partition)
            await writing.add(origin, record.key, record.value, original_headers(record.headers))
            place = TopicPartition(record.topic, record.partition)
            await writing.add(place, record.key, None, [(REDRIVEN, str(record.offset).encode())])
