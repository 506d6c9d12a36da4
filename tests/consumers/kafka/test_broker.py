import asyncio
import signal
import sys
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from consumers.kafka import broker as module
from consumers.kafka.broker import BrokerError, EmbeddedBroker


async def write(bootstrap: str, topic: str, values: list[bytes], transactional_id: str | None = None) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=transactional_id)
    await producer.start()
    try:
        if transactional_id:
            async with producer.transaction():
                await asyncio.gather(*[await producer.send(topic, value) for value in values])
        else:
            await asyncio.gather(*[await producer.send(topic, value) for value in values])
    finally:
        await producer.stop()


async def read(bootstrap: str, topic: str, count: int) -> list[bytes]:
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", isolation_level="read_committed"
    )
    await consumer.start()
    try:
        return [(await asyncio.wait_for(consumer.getone(), 10)).value for _ in range(count)]
    finally:
        await consumer.stop()


async def test_what_is_written_in_a_transaction_is_read_back(broker, topic_prefix):
    topic = f"{topic_prefix}in-and-out"
    await write(broker.bootstrap, topic, [b"satu", b"dua"], transactional_id=f"{topic_prefix}t")
    assert await read(broker.bootstrap, topic, 2) == [b"satu", b"dua"]


def test_it_listens_on_the_loopback_interface_only(broker):
    process = psutil.Process(broker._process.pid)
    listening = [c for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert {c.laddr.ip for c in listening} == {"127.0.0.1"}


def test_stopping_ends_the_process_and_removes_its_folder():
    running = EmbeddedBroker()
    running.start()
    pid, folder = running._process.pid, running._temporary
    assert running.running
    assert folder.is_dir()
    running.stop()
    assert not psutil.pid_exists(pid)
    assert not folder.exists()
    assert not running.running
    running.stop()


async def test_data_in_a_named_folder_outlives_the_broker(tmp_path):
    with EmbeddedBroker(data=tmp_path / "data") as first:
        await write(first.bootstrap, "kept", [b"tetap"])
    with EmbeddedBroker(data=tmp_path / "data") as second:
        assert await read(second.bootstrap, "kept", 1) == [b"tetap"]


def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_behind(broker):
    second = EmbeddedBroker(port=broker.port)
    with pytest.raises(BrokerError):
        second.start(timeout_s=3)
    assert second._process is None
    assert second._temporary is None


def test_without_the_package_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "noida_db", None)
    with pytest.raises(BrokerError, match=r"pip install 'kawat\[embedded\]'"):
        EmbeddedBroker().start()


def test_a_package_without_a_program_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setattr(module.resources, "files", lambda _: Path(tmp_path))
    with pytest.raises(BrokerError, match="no program for this system"):
        EmbeddedBroker().start()


def test_a_broker_that_dies_on_its_own_is_noticed():
    with EmbeddedBroker() as running:
        running._process.send_signal(signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL
        assert not running.running
