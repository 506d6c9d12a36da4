"""Dead letters go back exactly once, whatever is killed or called twice."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from config.topics import DEAD_LETTERS, RAW
from consumers.repair import redrive
from consumers.repair.letters import Selection

LETTERS = 60


@pytest.fixture
async def dead(settings):
    """Letters in each partition of the dead letters' topic."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers)
    await producer.start()
    for number in range(LETTERS):
        partition = number % settings.partitions
        why = {
            "reason": "malformed",
            "stage": "intake",
            "error": "JSON is broken",
            "topic": settings.topic(RAW.name),
            "partition": partition,
            "offset": number,
            "timestamp": 1_790_000_000_000,
        }
        headers = [(f"kawat-dlq-{name}", str(value).encode()) for name, value in why.items()]
        topic = settings.topic(DEAD_LETTERS.name)
        await producer.send(topic, b"%d" % number, key=b"urn:x", headers=headers, partition=partition)
    await producer.stop()


async def values(settings):
    """What is committed on `news.raw`, partition by partition."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap_servers,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        partitions = [
            TopicPartition(settings.topic(RAW.name), number) for number in range(settings.partitions)
        ]
        consumer.assign(partitions)
        found = []
        for partition, end in (await consumer.end_offsets(partitions)).items():
            while await consumer.position(partition) < end:
                polled = await consumer.getmany(partition, timeout_ms=200)
                found += [(record.partition, int(record.value)) for record in polled.get(partition, ())]
        return found
    finally:
        await consumer.stop()


async def called(settings, *options):
    arguments = [
        f"--set={key}={getattr(settings, key)}" for key in ("bootstrap_servers", "topic_prefix", "group")
    ]
    return await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-c",
            "from consumers.cli import main; main()",
            "dlq",
            "redrive",
            *options,
            *arguments,
        ),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


def in_order(found):
    return all(
        [number for partition, number in found if partition == mine] == list(range(mine, LETTERS, 3))
        for mine in range(3)
    )


@pytest.mark.usefixtures("dead")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
async def test_a_redrive_that_is_ended_half_way_goes_on_where_it_was(settings, number):
    process = await called(settings, "--all", "--rate", "20")
    for _ in range(5):  # letters that are back for good
        await process.stdout.readline()
    process.send_signal(number)
    await process.communicate()
    half = []
    async with asyncio.timeout(60):
        while not half:  # the broker writes the marks of a transaction after it has given its word
            half = await values(settings)
    assert len(half) < LETTERS
    await redrive.redrive(settings, Selection())
    found = await values(settings)
    assert Counter(found) == Counter((number % 3, number) for number in range(LETTERS))
    assert in_order(found)


@pytest.mark.usefixtures("dead")
async def test_a_redrive_that_is_frozen_in_a_transaction_is_fenced_and_its_half_undone(settings):
    process = await called(settings, "--all", "--rate", "20")
    for _ in range(25):
        await process.stdout.readline()
    process.send_signal(signal.SIGSTOP)
    await redrive.redrive(settings, Selection())
    process.send_signal(signal.SIGCONT)
    _, told = await process.communicate()
    assert process.returncode == 1
    assert b"another `kawat dlq redrive` took over" in told
    assert Counter(await values(settings)) == Counter((number % 3, number) for number in range(LETTERS))


@pytest.mark.usefixtures("dead")
async def test_two_redrives_at_once_send_each_letter_once(settings):
    processes = [await called(settings, "--all", "--rate", "30") for _ in range(2)]
    told = [await process.communicate() for process in processes]
    assert 0 in {process.returncode for process in processes}, told
    assert Counter(await values(settings)) == Counter((number % 3, number) for number in range(LETTERS))
