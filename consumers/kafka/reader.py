"""Reading a stretch of one partition, outside any group: the ledger's tail, a raw record that waited, what lies ahead."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaTimeoutError

from config.settings import Settings
from consumers.kafka.closing import close
from consumers.kafka.connection import connection

STALL_S = 30.0
_POLL_MS = 500
_POLL_RECORDS = 2_000


async def read_range(
    settings: Settings, partition: TopicPartition, start: int, end: int
) -> AsyncIterator[list[ConsumerRecord]]:
    """Committed records with offsets in [start, end), in order, in lists of some.

    Args:
        settings: where the brokers are, and how to get in.
        partition: what to read.
        start: first offset; where the log begins later than that, it begins there.
        end: a stable offset, at most the partition's last stable offset: up to there it ends by itself.

    Raises:
        KafkaTimeoutError: nothing moved for half a minute.
    """
    if start >= end:
        return
    consumer = AIOKafkaConsumer(
        **connection(settings),
        enable_auto_commit=False,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        fetch_max_wait_ms=_POLL_MS,
    )
    try:
        await consumer.start()
        consumer.assign([partition])
        consumer.seek(partition, start)
        idle = 0.0
        while (position := await consumer.position(partition)) < end:
            polled = await consumer.getmany(partition, timeout_ms=_POLL_MS, max_records=_POLL_RECORDS)
            records = [record for record in polled.get(partition, ()) if record.offset < end]
            if records:
                yield records
            # aborted and control records move the position without coming out
            moved = await consumer.position(partition) > position
            idle = 0.0 if moved else idle + _POLL_MS / 1000
            if idle > STALL_S:
                raise KafkaTimeoutError(
                    f"{partition.topic}-{partition.partition}: stuck at offset {position} of {end}"
                )
    finally:
        await close(consumer.stop())
