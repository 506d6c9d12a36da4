import asyncio
from types import SimpleNamespace

import pytest
from aiokafka import TopicPartition

from consumers.lanes import inlet
from consumers.lanes.inlet import Inlet

PART = TopicPartition("news.raw", 0)


class Consumer:
    """Gives its fetches one after the other, then nothing for ever."""

    def __init__(self, *fetches):
        self.fetches = [list(fetch) for fetch in fetches]
        self.polls = 0
        self.at = 0

    async def getmany(self, partition, *, timeout_ms):  # noqa: ARG002 - as the client's
        self.polls += 1
        if not self.fetches:
            await asyncio.sleep(3_600)
        offsets = self.fetches.pop(0)
        self.at = offsets[-1] + 1
        return {partition: [SimpleNamespace(offset=offset) for offset in offsets]}

    async def position(self, partition):  # noqa: ARG002 - as the client's
        return self.at


@pytest.fixture
async def filled():
    """Makes an inlet that fills itself, and gives it and its consumer."""
    tasks = []

    def make(*fetches):
        consumer = Consumer(*fetches)
        made = Inlet(consumer, PART)
        tasks.append(asyncio.create_task(made.fill()))
        return made, consumer

    yield make
    for task in tasks:
        task.cancel()


def offsets(records):
    return [record.offset for record in records]


async def test_records_come_in_order_and_in_batches(filled):
    made, _ = filled(range(5), range(5, 7))
    assert offsets(await made.take(3, timeout_s=5)) == [0, 1, 2]
    assert offsets(await made.take(10, timeout_s=5)) == [3, 4, 5, 6]


async def test_what_the_client_has_is_taken_before_it_is_wanted_as_long_as_there_is_room(filled, monkeypatch):
    monkeypatch.setattr(inlet, "ENOUGH", 4)
    made, consumer = filled(range(3), range(3, 6), range(6, 9))
    await made.take(0, timeout_s=5)
    for _ in range(10):
        await asyncio.sleep(0)
    assert consumer.polls == 2  # six wait, four are enough
    assert offsets(await made.take(2, timeout_s=5)) == [0, 1]
    assert offsets(await made.take(1, timeout_s=5)) == [2]
    for _ in range(10):
        await asyncio.sleep(0)
    assert consumer.polls == 3


async def test_its_position_is_the_first_record_that_was_not_taken(filled):
    made, consumer = filled(range(10, 13))
    await made.take(1, timeout_s=5)
    assert await made.position() == 11
    await made.take(2, timeout_s=5)
    assert await made.position() == consumer.at == 13


async def test_nothing_comes_of_waiting_for_nothing(filled):
    made, _ = filled()
    assert await made.take(1, timeout_s=0.01) == []


async def test_its_end_wakes_whoever_waits_and_lets_nobody_wait_again(filled):
    made, _ = filled()
    waiting = asyncio.create_task(made.take(1, timeout_s=3_600))
    await asyncio.sleep(0)
    made.end()
    assert await waiting == []
    assert await made.take(1, timeout_s=3_600) == []
