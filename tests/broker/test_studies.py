"""Speakers from a real Apache Kafka, by processes that start at once and are killed."""

from __future__ import annotations

import asyncio
import signal

import aiohttp
import orjson
import pytest
from aiokafka import AIOKafkaProducer

from bench.apache_kafka import free_port
from bench.wire import read_all
from config.topics import QUOTES, SPEAKERS
from processors.records import Model, Quote, QuoteKind, QuotesRecord, Speaker, State

RANU, SARI = "Ranu Sadewo", "Sari / Wening"


def quotes(uri, *said, version=1, state=State.USABLE):
    """A record of news.quotes: who said what."""
    return QuotesRecord(
        uri=uri,
        version=str(version),
        state=state,
        source="warta.example",
        language="id",
        model=Model(name="m", version="1"),
        quotes=tuple(
            Quote(
                id=f"q{number}",
                kind=QuoteKind.DIRECT,
                text=text,
                start=1,
                end=1 + len(text),
                speaker=Speaker(name=name, entity=f"e{number}", role="Wali Kota"),
                cue=None,
                confidence=0.9,
            )
            for number, (name, text) in enumerate(said)
        ),
    )


@pytest.fixture
async def feed(settings):
    """Writes records of a topic in one transaction, to the partitions of their uris."""
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers, transactional_id=f"{settings.group}-feed"
    )
    await producer.start()

    async def send(topic, *records):
        async with producer.transaction():
            for each in records:
                await producer.send_and_wait(
                    settings.topic(topic.name),
                    orjson.dumps(each),
                    key=each.uri.encode(),
                    partition=int(each.uri.rpartition(":")[2]) % settings.partitions,
                )

    yield send
    await producer.stop()


async def until(condition, timeout_s=60):
    """Waits for what `condition` gives to be true, and gives it."""
    async with asyncio.timeout(timeout_s):
        while not (found := await condition()):  # noqa: ASYNC110 - only asking the broker tells
            await asyncio.sleep(0.2)
    return found


async def newest(settings, topic):
    """The newest record of each key."""
    return {
        each.key.decode(): orjson.loads(each.value)
        for each in await read_all(settings.bootstrap_servers, settings.topic(topic.name))
    }


async def said(settings):
    """By speaker what the newest record lists: uri -> texts."""
    return {
        key: {story["uri"]: [quote["text"] for quote in story["quotes"]] for story in record["said"]}
        for key, record in (await newest(settings, SPEAKERS)).items()
    }


async def test_what_everyone_is_quoted_with_is_told_and_can_be_asked_for(feed, started, settings):
    ports = [free_port(), free_port()]
    members = await asyncio.gather(*(started(insights_web_port=port) for port in ports))
    await feed(QUOTES, quotes("urn:1", (RANU, "Buka"), (SARI, "Belum")), quotes("urn:2", (RANU, "Tutup")))

    async def first():
        return await said(settings) == {
            "ranu sadewo": {"urn:1": ["Buka"], "urn:2": ["Tutup"]},
            "sari / wening": {"urn:1": ["Belum"]},
        }

    await until(first)
    assert [member.returncode for member in members] == [None, None]  # they did not get in each other's way
    async with aiohttp.ClientSession() as client:
        for port in ports:  # whoever keeps her

            async def asked(port=port):
                async with client.get(f"http://127.0.0.1:{port}/speakers/SARI%20%2F%20Wening") as answer:
                    return answer.status == 200 and await answer.json()

            record = await until(asked)
            assert record["said"][0]["quotes"][0]["text"] == "Belum"
            async with client.get(f"http://127.0.0.1:{port}/speakers/Nobody") as answer:
                assert answer.status == 404
                assert "Nobody" in (await answer.json())["error"]
        lists = []
        for port in ports:
            async with client.get(f"http://127.0.0.1:{port}/speakers?q=ranu") as answer:
                lists += (await answer.json())["speakers"]
        assert [(one["name"], one["stories"]) for one in lists] == [(RANU, 2)]
    members[0].send_signal(signal.SIGKILL)
    await members[0].wait()
    await feed(
        QUOTES,
        quotes("urn:1", (RANU, "Ralat"), version=2),
        quotes("urn:2", version=3, state=State.CANCELED),
    )

    async def then():
        return await said(settings) == {"ranu sadewo": {"urn:1": ["Ralat"]}, "sari / wening": {}}

    await until(then)
