"""Taking over a partition: fence the former owner, and only then learn where to go on.

The order of steps is what exactly-once rests on (docs/architecture.md has the argument).
"""

from __future__ import annotations

import asyncio

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from config.settings import Settings
from config.topics import LEDGER
from consumers.kafka.admin import connected
from consumers.kafka.committed import committed
from consumers.kafka.connection import connection
from consumers.kafka.reader import read_range
from consumers.lanes.ledger import Entry
from consumers.lanes.ledger_store import LedgerStore
from consumers.lanes.transaction import TransactionalProducer

log = structlog.get_logger("kawat.lane")


def transactional_id(group: str, topic: str, partition: int) -> str:
    """One id an input partition: whoever starts a producer with it next, fences the one before."""
    return f"{group}-{topic}-{partition}"


def new_producer(settings: Settings, partition: TopicPartition) -> TransactionalProducer:
    """The producer of an input partition, not started."""
    return TransactionalProducer(
        client=connection(settings),
        transactional_id=transactional_id(settings.group, partition.topic, partition.partition),
        partition=partition.partition,
        group=settings.group,
        timeout_ms=settings.transaction_timeout_ms,
    )


async def claim(
    settings: Settings,
    consumer: AIOKafkaConsumer,
    partition: TopicPartition,
    producer: TransactionalProducer,
    store: LedgerStore,
) -> int:
    """Make this worker the owner of an assigned, paused partition; the offset from which it reads on.

    Raises:
        KafkaError, TimeoutError, StoreMovedOn: nothing is claimed; begin again with a new producer.
    """
    # 1. Fence. The former owner can write and commit no more, and its last transaction is over.
    await producer.start()
    store.claim()
    # 2. A mark of our own, behind all that any owner ever committed: in the ledger, and in the group's offsets.
    ledger = TopicPartition(settings.topic(LEDGER.name), partition.partition)
    barrier = await producer.barrier(ledger.topic)
    # 3. The committed offset, from an answer that knows the mark.
    async with asyncio.timeout(settings.transaction_timeout_ms / 1000), connected(settings) as client:
        offset = await committed(client, settings.group, partition, mark=(ledger, barrier + 1))
    # 4. The ledger, up to the mark.
    await _restore_ledger(settings, ledger, barrier, store)
    # 5. Read on from there.
    if offset is None:
        await consumer.seek_to_beginning(partition)
    else:
        consumer.seek(partition, offset)
    position: int = await consumer.position(partition)
    consumer.resume(partition)
    return position


async def _restore_ledger(
    settings: Settings, ledger: TopicPartition, barrier: int, store: LedgerStore
) -> None:
    if barrier < store.checkpoint:
        log.warning("the ledger topic was made anew, and so is its local copy", partition=ledger.partition)
        store.clear()
    async for records in read_range(settings, ledger, store.checkpoint, barrier + 1):
        known = ((r.key.decode(), None if r.value is None else Entry.decode(r.value)) for r in records)
        store.restore(known, checkpoint=records[-1].offset + 1)
