"""Where a lane begins is right even while the broker comes back."""

import asyncio
import contextlib

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from config.topics import LEDGER, RAW
from consumers.kafka.admin import connected
from consumers.kafka.committed import committed
from consumers.lanes.claim import new_producer


@pytest.fixture
async def ask(settings):
    """What a claim learns: starts the partition's producer, writes the barrier, and asks."""
    topic, ledger = (TopicPartition(settings.topic(t.name), 1) for t in (RAW, LEDGER))

    async def claim(*commits):
        producer = new_producer(settings, topic)
        try:
            await producer.start()
            for offset in commits:
                await producer.commit([], offsets={topic: offset})
            barrier = await producer.barrier(ledger.topic)
            async with asyncio.timeout(20), connected(settings) as client:
                return await committed(client, settings.group, topic, mark=(ledger, barrier + 1))
        finally:
            await producer.drop()

    return claim


async def test_a_group_that_never_committed_is_told_from_one_that_did(ask):
    assert await ask() is None
    assert await ask(41) == 41
    assert await ask() == 41


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_no_offset_is_made_up_while_the_broker_comes_back(kafka, ask, end):
    await ask(*range(1, 301))  # so that the coordinator needs a moment to load
    await asyncio.to_thread(getattr(kafka, end))
    starting = asyncio.create_task(asyncio.to_thread(kafka.start))
    told = []
    while not (starting.done() and len(told) > 5):
        with contextlib.suppress(KafkaError, TimeoutError):
            told.append(await ask())
    await starting
    assert set(told) == {300}
