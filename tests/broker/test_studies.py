"""Speakers and stories from a real Apache Kafka, by processes that start at once and are killed."""

from __future__ import annotations

import asyncio
import signal

import aiohttp
import orjson
import pytest
from aiokafka import AIOKafkaProducer

from bench.apache_kafka import free_port
from bench.wire import read_all
from config.topics import ARTICLES, QUOTES, SPEAKERS, STORIES
from processors.records import (
    ArticleRecord,
    Enrichment,
    Model,
    Quote,
    QuoteKind,
    QuotesRecord,
    Speaker,
    State,
)

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


def article(uri, text, version=1, state=State.USABLE):
    """A record of news.articles."""
    enrichment = Enrichment(
        uri=uri,
        version=str(version),
        state=state,
        source="warta.example",
        language="id",
        model=Model(name="m", version="1"),
        text=text,
    )
    return ArticleRecord(article={}, enrichment=enrichment)


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
                uri = each.enrichment.uri if isinstance(each, ArticleRecord) else each.uri
                await producer.send_and_wait(
                    settings.topic(topic.name),
                    orjson.dumps(each),
                    key=uri.encode(),
                    partition=int(uri.rpartition(":")[2]) % settings.partitions,
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


def words(first, last):
    return " ".join(f"kata{number}" for number in range(first, last))


async def test_stories_that_share_their_words_are_told_and_one_that_is_killed_leaves(feed, started, settings):
    members = [await started()]

    async def clusters():
        """By key the uris of the newest record."""
        return {
            key: [story["uri"] for story in record["stories"]]
            for key, record in (await newest(settings, STORIES)).items()
        }

    def are(wanted):
        async def so():
            return await clusters() == wanted

        return so

    # each in another partition
    await feed(ARTICLES, article("urn:1", words(0, 60)), article("urn:2", words(0, 36) + words(200, 220)))
    await until(are({"urn:1": ["urn:1", "urn:2"]}))
    members.append(await started())  # and whoever has them all gives them away, or dies
    await feed(ARTICLES, article("urn:3", words(0, 50)), article("urn:4", words(500, 560)))
    await until(are({"urn:1": ["urn:1", "urn:2", "urn:3"]}))
    members[0].send_signal(signal.SIGKILL)
    await members[0].wait()
    await feed(ARTICLES, article("urn:1", "", version=2, state=State.CANCELED))
    await until(are({"urn:1": [], "urn:2": ["urn:2", "urn:3"]}))
