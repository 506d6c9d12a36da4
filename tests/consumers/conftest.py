"""Topics of a test's own on the embedded broker, for what operators call."""

from __future__ import annotations

import logging

import pytest
import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from config.settings import Settings
from consumers.kafka import admin


@pytest.fixture(scope="session")
def syllables():
    """What words of no language are made of: stories of them hold nothing that a list of phrases knows."""
    return [
        "ba",
        "ka",
        "la",
        "ma",
        "ra",
        "sa",
        "ta",
        "wa",
        "di",
        "ki",
        "li",
        "ni",
        "ri",
        "bu",
        "gu",
        "lu",
        "ru",
    ]


@pytest.fixture
def logging_as_it_was():
    """For tests that set up logging: afterwards it is as before."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def settings(broker, topic_prefix):
    """Topics' names and a group that no other test has; the topics are not made yet."""
    return Settings(
        bootstrap_servers=broker.bootstrap,
        topic_prefix=topic_prefix,
        group=topic_prefix.removesuffix("."),
        partitions=3,
        live_http_port=0,
        insights_http_port=0,
    )


@pytest.fixture
async def topics(settings):
    await admin.create(settings)
    return settings


@pytest.fixture
def write(settings):
    """Writes records (topic without prefix, value, and what else `send` takes by name) and gives their metadata."""

    async def write(*records):
        producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers)
        await producer.start()
        try:
            written = []
            for topic, value, more in records:
                batch = producer.create_batch()  # unlike `send`, it takes a record without key and value
                how = {"key": None, "timestamp_ms": None, "headers": [], "partition": 0, **more}
                batch.append(
                    value=value, key=how["key"], timestamp=how["timestamp_ms"], headers=how["headers"]
                )
                sent = await producer.send_batch(batch, settings.topic(topic), partition=how["partition"])
                written.append(await sent)
            return written
        finally:
            await producer.stop()

    return write


@pytest.fixture
def read(settings):
    """Reads all that is committed in a topic (without prefix), in order of partition and offset."""

    async def read(topic):
        consumer = AIOKafkaConsumer(
            bootstrap_servers=settings.bootstrap_servers, isolation_level="read_committed"
        )
        await consumer.start()
        try:
            partitions = [
                TopicPartition(settings.topic(topic), number) for number in range(settings.partitions)
            ]
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            ends = await consumer.end_offsets(partitions)
            records = []
            for partition, end in ends.items():
                while await consumer.position(partition) < end:
                    for found in (await consumer.getmany(partition, timeout_ms=200)).values():
                        records += found
            return sorted(records, key=lambda record: (record.partition, record.offset))
        finally:
            await consumer.stop()

    return read
