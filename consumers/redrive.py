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
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError, ProducerFenced
from aiokafka.producer.message_accumulator import BatchBuilder

from config.settings import Settings
from config.topics import DEAD_LETTERS
from consumers import admin
from consumers.connection import connection
from consumers.deadletter import original_headers
from consumers.letters import REDRIVEN, Letter, Plan, Selection, find_in, records_of
from consumers.tap import opened

_BATCH = 100  # letters in one transaction
_BATCH_BYTES = 256 * 1024
_TRANSACTION_MS = 15_000  # if we are killed, readers of news.raw wait for so long at most
_START_S = 30.0  # a transaction of a predecessor may have to end first
_CLEANUP_S = 10.0


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
    async with _producer(settings) as producer, opened(settings, topic) as (consumer, partitions):
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
    size = _BATCH if rate is None else min(_BATCH, max(1, int(rate)))
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
    async with asyncio.timeout(_TRANSACTION_MS / 1000):  # the client itself would wait forever
        await producer.begin_transaction()
        writing = _Writing(producer)
        for letter, record in batch:
            origin = TopicPartition(letter.topic, letter.origin_partition)
            await writing.add(origin, record.key, record.value, original_headers(record.headers))
            place = TopicPartition(record.topic, record.partition)
            await writing.add(place, record.key, None, [(REDRIVEN, str(record.offset).encode())])
        await writing.done()
        await producer.commit_transaction()


class _Writing:
    """Records on their way, packed by partition: unlike `send`, a batch takes a record without key and value."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self._open: dict[TopicPartition, BatchBuilder] = {}
        self._sent: list[asyncio.Future[object]] = []

    async def add(
        self, to: TopicPartition, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]]
    ) -> None:
        builder = self._open.setdefault(to, self._producer.create_batch())
        if builder.append(timestamp=None, key=key, value=value, headers=headers) is None:  # it is full
            await self._send(to)
            await self.add(to, key, value, headers)  # an empty one takes a record of any size

    async def _send(self, to: TopicPartition) -> None:
        builder = self._open.pop(to)
        self._sent.append(await self._producer.send_batch(builder, to.topic, partition=to.partition))

    async def done(self) -> None:
        """Wait until the broker has every one: commit_transaction succeeds although a send failed."""
        for to in list(self._open):
            await self._send(to)
        await asyncio.gather(*self._sent)


@asynccontextmanager
async def _producer(settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    """The one producer that may redrive. On an error its transaction is aborted by the only sure way: a successor."""

    def make() -> AIOKafkaProducer:
        return AIOKafkaProducer(
            **connection(settings),
            transactional_id=f"{settings.group}-redrive",
            transaction_timeout_ms=min(_TRANSACTION_MS, settings.transaction_timeout_ms),
            max_batch_size=_BATCH_BYTES,
            request_timeout_ms=admin.REQUEST_TIMEOUT_MS,
        )

    producer = make()
    try:
        async with asyncio.timeout(_START_S):
            await producer.start()
    except BaseException:
        await _drop(producer)
        raise
    try:
        yield producer
    except ProducerFenced as error:
        raise RedriveStopped(
            "another `kawat dlq redrive` took over; it knows what is back already"
        ) from error
    except (KafkaError, TimeoutError) as error:
        await _abort(producer, make())
        raise RedriveStopped(f"{error!r}: what is back is marked; call it again for the rest") from error
    except asyncio.CancelledError:
        await _abort(producer, make())
        raise
    finally:
        await _drop(producer)


async def _abort(producer: AIOKafkaProducer, successor: AIOKafkaProducer) -> None:
    await _drop(producer)
    with contextlib.suppress(
        KafkaError, TimeoutError
    ):  # if not now, the broker does it when the time is over
        async with asyncio.timeout(_CLEANUP_S):
            await successor.start()
    await _drop(successor)


async def _drop(producer: AIOKafkaProducer) -> None:
    with contextlib.suppress(KafkaError, TimeoutError):  # it is thrown away; nothing rests on its state
        async with asyncio.timeout(_CLEANUP_S):
            await producer.stop()
