"""The broker that the other tests rely on does what they rely on."""

import asyncio

import psutil
import pytest
from aiokafka import AIOKafkaProducer

from bench import kafka_jars
from bench.apache_kafka import ApacheKafka
from bench.wire import lag, read_all, settle, unsettled
from config.topics import RAW


async def _write(settings, values, *, transactional_id=None, commit=True):
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers, acks="all", transactional_id=transactional_id
    )
    await producer.start()
    if transactional_id:
        await producer.begin_transaction()
    sent = [await producer.send(settings.topic(RAW.name), value, partition=0) for value in values]
    await asyncio.gather(*sent)
    if transactional_id and commit:
        await producer.commit_transaction()
    elif transactional_id:
        await producer.abort_transaction()
    await producer.stop()


async def test_a_topic_is_read_whole_and_in_order(settings):
    await _write(settings, [b"%d" % n for n in range(700)])
    records = await read_all(settings.bootstrap_servers, settings.topic(RAW.name))
    assert [record.value for record in records] == [b"%d" % n for n in range(700)]
    assert await lag(settings.bootstrap_servers, settings.group, settings.topic(RAW.name)) == 700


async def test_an_empty_topic_reads_as_nothing(settings):
    assert await read_all(settings.bootstrap_servers, settings.topic(RAW.name)) == []


async def test_what_was_aborted_is_not_read_and_its_markers_do_not_hang_the_reader(settings):
    await _write(settings, [b"kept"], transactional_id=f"{settings.group}-a")
    await _write(settings, [b"dropped"] * 3, transactional_id=f"{settings.group}-b", commit=False)
    records = await read_all(settings.bootstrap_servers, settings.topic(RAW.name))
    assert [record.value for record in records] == [b"kept"]
    everything = await read_all(
        settings.bootstrap_servers, settings.topic(RAW.name), isolation="read_uncommitted"
    )
    assert len(everything) == 4


async def test_an_open_transaction_is_noticed_until_it_ends(settings):
    topic = settings.topic(RAW.name)
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers, transactional_id=f"{settings.group}-open"
    )
    await producer.start()
    await producer.begin_transaction()
    await producer.send_and_wait(topic, b"x", partition=1)
    assert await unsettled(settings.bootstrap_servers, topic) == {1: 1}
    await producer.commit_transaction()
    await settle(settings.bootstrap_servers, topic, 10)
    await producer.stop()
    assert await unsettled(settings.bootstrap_servers, topic) == {}


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_what_was_acknowledged_survives_a_broker_that_is_stopped_or_killed(kafka, settings, end):
    await _write(settings, [b"kept"] * 50)
    await asyncio.to_thread(getattr(kafka, end))
    assert not kafka.running
    await asyncio.to_thread(kafka.start)
    assert len(await read_all(settings.bootstrap_servers, settings.topic(RAW.name))) == 50


async def test_a_broker_whose_owner_is_gone_is_swept_away_by_the_next_one(kafka):
    orphan = await asyncio.to_thread(ApacheKafka, kafka.version)
    await asyncio.to_thread(orphan.start)
    pid = int((orphan.folder / "broker.pid").read_text())
    dead_owner = orphan.folder.with_name("999999999-orphan")
    properties = orphan.folder / "server.properties"
    assert str(properties) in psutil.Process(pid).cmdline()
    orphan.folder.rename(dead_owner)
    try:
        fresh = await asyncio.to_thread(ApacheKafka, kafka.version)
        fresh.close()
        assert not dead_owner.exists()
    finally:
        orphan.close()


def test_without_java_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(kafka_jars.MissingTool, match="Java 17 or newer and Maven"):
        ApacheKafka()


def test_without_maven_and_without_jars_the_error_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(kafka_jars, "CACHE", tmp_path)
    with pytest.raises(kafka_jars.MissingTool, match="'mvn' is not on the PATH"):
        kafka_jars.jars("4.4.0")
