"""One Kafka transaction of one lane: what is written, in the order that exactly-once rests on.

A `TransactionalProducer` belongs to one input partition (its transactional id says which) and so do its transactions.
Records travel as ready-made batches, one a topic, since all records of a lane go to the same partition number: that
costs one future a batch, not one a record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition

from consumers.kafka.closing import close

BATCH_BYTES = 512 * 1024
BARRIER_KEY = b"kawat:barrier"  # a tombstone of its own key: compaction takes it away


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record to be written to the lane's partition of `topic` (its full name)."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """Where a transaction's records of one topic ended up: the offset after the last one, and their count."""

    next_offset: int
    records: int


class TransactionalProducer:
    """The producer of one input partition.

    `start` fences whoever used the same transactional id before and waits until their last transaction has come to
    its end. After any error of `commit` the producer is spent: `drop` it and make a new one. (aiokafka's
    `abort_transaction` after an abortable error tells the broker nothing, and the next commit would publish what
    was to be aborted; the next producer's `start` does abort it.)
    """

    def __init__(
        self, *, client: Mapping[str, Any], transactional_id: str, partition: int, group: str, timeout_ms: int
    ) -> None:
        """`client`: as `consumers.kafka.connection` gives it; `timeout_ms`: the broker aborts a transaction that is open for longer."""
        self._partition = partition
        self._group = group
        self._timeout_s = timeout_ms / 1000
        self._producer = AIOKafkaProducer(
            **client,
            transactional_id=transactional_id,
            transaction_timeout_ms=timeout_ms,
            max_batch_size=BATCH_BYTES,
            linger_ms=0,
        )

    async def start(self) -> None:
        """Fence the predecessor."""
        async with asyncio.timeout(self._timeout_s):
            await self._producer.start()

    async def commit(
        self, outgoing: Iterable[Outgoing], *, offsets: Mapping[TopicPartition, int] | None = None
    ) -> dict[str, Written]:
        """Write records and, if given, the group's offsets (next to read): all of it or nothing.

        Raises:
            KafkaError, TimeoutError: nothing may be assumed, the transaction may even be committed. Drop this
                producer; the committed offset tells.
        """
        async with asyncio.timeout(self._timeout_s):
            await self._producer.begin_transaction()
            sent = []
            for topic, batch in self._batches(outgoing):
                future = await self._producer.send_batch(batch, topic, partition=self._partition)
                sent.append((topic, batch.record_count(), future))
            # Every future, and before the offsets: commit_transaction succeeds although a send failed, and then
            # the record is lost while its offset is committed.
            delivered = await asyncio.gather(*(future for _, _, future in sent))
            if offsets:
                await self._producer.send_offsets_to_transaction(dict(offsets), self._group)
            await self._producer.commit_transaction()
        written: dict[str, Written] = {}
        for (topic, count, _), metadata in zip(sent, delivered, strict=True):
            before = written.get(topic, Written(0, 0)).records
            written[topic] = Written(next_offset=metadata.offset + count, records=before + count)
        return written

    async def barrier(self, topic: str) -> int:
        """The offset of a record of no meaning, committed just now to the lane's partition of `topic`.

        Everything that was ever committed there before has a lower offset. The offset after it is committed for the
        group, too: where that can be read back, so can every offset that was committed before. No question to the
        broker tells either so surely: one that has just been started again may name too low an end of a topic, and
        offsets of long ago.
        """
        async with asyncio.timeout(self._timeout_s):
            await self._producer.begin_transaction()
            written = await self._producer.send_and_wait(topic, None, BARRIER_KEY, self._partition)
            offsets = {TopicPartition(topic, self._partition): written.offset + 1}
            await self._producer.send_offsets_to_transaction(offsets, self._group)
            await self._producer.commit_transaction()
        barrier: int = written.offset
        return barrier

    def _batches(self, outgoing: Iterable[Outgoing]) -> list[tuple[str, Any]]:
        """The records by topic in order, packed; a batch that is full makes way for the next of its topic."""
        open_batches: dict[str, Any] = {}
        full: list[tuple[str, Any]] = []
        for record in outgoing:
            batch = open_batches.get(record.topic)
            if batch is None or not self._append(batch, record):
                if batch is not None:
                    full.append((record.topic, batch))
                batch = open_batches[record.topic] = self._producer.create_batch()
                self._append(batch, record)  # an empty batch takes a record of any size
        return full + list(open_batches.items())

    @staticmethod
    def _append(batch: Any, record: Outgoing) -> bool:
        added = batch.append(timestamp=None, key=record.key, value=record.value, headers=list(record.headers))
        return added is not None

    async def drop(self) -> None:
        """Let go of the producer, whatever state it is in; an open transaction is left for the successor to abort."""
        await close(self._producer.stop())
