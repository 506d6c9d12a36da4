"""Records of a topic sent once more, in transactions: what operators do with dead letters and replays.

One producer at a time does it for a group: a second one fences the first.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, ProducerFenced
from aiokafka.producer.message_accumulator import BatchBuilder

from config.settings import Settings
from consumers.kafka import admin
from consumers.kafka.connection import connection

MOST = 100  # records in one transaction
_BATCH_BYTES = 256 * 1024
_TRANSACTION_MS = 15_000  # if we are killed, readers of news.raw wait for so long at most
_START_S = 30.0  # a transaction of a predecessor may have to end first
_CLEANUP_S = 10.0


@asynccontextmanager
async def transaction(producer: AIOKafkaProducer) -> AsyncIterator[Writing]:
    """What is added to it is written, all or nothing, when the block ends.

    Raises:
        KafkaError, TimeoutError: it may even be committed; and the producer is of no more use.
    """
    async with asyncio.timeout(_TRANSACTION_MS / 1000):  # the client itself would wait forever
        await producer.begin_transaction()
        writing = Writing(producer)
        yield writing
        await writing.done()
        await producer.commit_transaction()


class Writing:
    """Records on their way, packed by partition: unlike `send`, a batch takes a record without key and value."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self._open: dict[TopicPartition, BatchBuilder] = {}
        self._sent: list[asyncio.Future[object]] = []

    async def add(
        self,
        to: TopicPartition,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[tuple[str, bytes | None]],
        *,
        timestamp_ms: int | None = None,
    ) -> None:
        """One record; without a time stamp it gets that of now."""
        builder = self._open.setdefault(to, self._producer.create_batch())
        if (
            builder.append(timestamp=timestamp_ms, key=key, value=value, headers=list(headers)) is None
        ):  # full
            await self._send(to)
            # an empty one takes a record of any size
            await self.add(to, key, value, headers, timestamp_ms=timestamp_ms)

    async def _send(self, to: TopicPartition) -> None:
        builder = self._open.pop(to)
        self._sent.append(await self._producer.send_batch(builder, to.topic, partition=to.partition))

    async def done(self) -> None:
        """Wait until the broker has every one: commit_transaction succeeds although a send failed."""
        for to in list(self._open):
            await self._send(to)
        await asyncio.gather(*self._sent)


@asynccontextmanager
async def sole_producer(
    settings: Settings, name: str, *, command: str, stopped: type[admin.OperatorError]
) -> AsyncIterator[AIOKafkaProducer]:
    """The one producer of this name and group. Whoever had the name before is fenced.

    On an error its transaction is aborted by the only sure way: a successor.

    Args:
        settings: brokers, and the group that the transactional id is of.
        name: what it does, one word.
        command: what people call to do it.
        stopped: raised when the broker fails or another producer of this name takes over.
    """

    def make() -> AIOKafkaProducer:
        return AIOKafkaProducer(
            **connection(settings),
            transactional_id=f"{settings.group}-{name}",
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
        raise stopped(f"another `{command}` took over") from error
    except (KafkaError, TimeoutError) as error:
        await _abort(producer, make())
        raise stopped(f"{error!r}: call `{command}` again for the rest") from error
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
