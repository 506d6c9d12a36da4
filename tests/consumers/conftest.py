"""An embedded broker for the tests of what operators call, and topics of their own for each test."""

from __future__ import annotations

import socket
import subprocess
import time
import uuid
from importlib.resources import files

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from config.settings import Settings
from consumers import admin


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def embedded(tmp_path_factory):
    """The address of a broker that lives as long as the session."""
    binary = files("noida_db") / "noida-db"  # the script of that name would outlive its termination
    port = free_port()
    data = tmp_path_factory.mktemp("broker")
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(
            [binary, "start", "--only", "kafka", "--kafka-port", str(port), "--data-dir", str(data / "data")],
            stdout=log,
            stderr=log,
        )
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            break
        except OSError:
            time.sleep(0.1)
    yield f"127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


@pytest.fixture
def settings(embedded):
    """Topics' names and a group that no other test has; the topics are not made yet."""
    name = f"t{uuid.uuid4().hex[:10]}"
    return Settings(bootstrap_servers=embedded, topic_prefix=f"{name}.", group=name, partitions=3)


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
