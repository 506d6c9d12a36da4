from __future__ import annotations

import asyncio
import time

import pytest
from aiokafka import AIOKafkaProducer

from config.settings import Settings
from consumers import tap
from consumers.kafka.admin import TopicMissing
from consumers.tap import Start

NOW_MS = int(time.time() * 1_000)  # retention takes what is older than it allows


async def tapped(settings, name="news.articles", *, start=Start.BEGINNING, limit=None, follow=False, **more):
    topic = settings.topic(name)
    return [
        record.value
        async for record in tap.tap(settings, topic, start=start, limit=limit, follow=follow, **more)
    ]


def numbered(count, topic="news.articles"):
    return [
        (
            topic,
            b"%d" % number,
            {"key": b"k%d" % number, "partition": number % 3, "timestamp_ms": NOW_MS + number},
        )
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("articles", "x.news.articles"),
        ("news.dlq", "x.news.dlq"),
        ("x.news.raw", "x.news.raw"),
        ("else", "else"),
    ],
)
def test_a_topic_may_be_called_by_its_last_word(said, meant):
    assert tap.full_name(Settings(topic_prefix="x."), said) == meant


async def test_from_the_beginning_everything_comes_each_partition_in_order(topics, write):
    await write(*numbered(20))
    values = [int(value) for value in await tapped(topics)]
    assert sorted(values) == list(range(20))
    for partition in range(3):
        mine = [value for value in values if value % 3 == partition]
        assert mine == sorted(mine)


async def test_the_newest_come_by_time_whatever_their_partition(topics, write):
    await write(*numbered(20))
    assert await tapped(topics, start=Start.END, limit=4) == [b"16", b"17", b"18", b"19"]


async def test_the_newest_that_fit_are_looked_for_ever_further_back(topics, write):
    await write(*numbered(200))
    old = await tapped(topics, start=Start.END, limit=1, wanted=lambda record: record.key == b"k0")
    assert old == [b"0"]


async def test_the_limit_holds_from_the_beginning(topics, write):
    await write(*numbered(20))
    assert len(await tapped(topics, limit=7)) == 7


async def test_an_empty_topic_ends_at_once(topics):
    assert await tapped(topics) == []
    assert await tapped(topics, start=Start.END, limit=3) == []


async def test_aborted_records_are_never_seen(topics):
    topic = topics.topic("news.articles")
    producer = AIOKafkaProducer(bootstrap_servers=topics.bootstrap_servers, transactional_id=topics.group)
    await producer.start()
    await producer.begin_transaction()
    await producer.send_and_wait(topic, b"aborted", key=b"k", partition=0)
    await producer.abort_transaction()
    await producer.begin_transaction()
    await producer.send_and_wait(topic, b"committed", key=b"k", partition=0)
    await producer.commit_transaction()
    await producer.stop()
    assert await tapped(topics) == [b"committed"]
    assert await tapped(topics, start=Start.END, limit=5) == [b"committed"]


async def test_following_from_the_end_shows_only_what_is_new(topics, write):
    await write(*numbered(5))
    seen = asyncio.create_task(tapped(topics, start=Start.END, limit=2, follow=True))
    for number in range(100, 200):  # until it has found the end and listens
        await write(("news.articles", b"%d" % number, {"key": b"k", "partition": number % 3}))
        if seen.done():
            break
        await asyncio.sleep(0.05)
    assert all(int(value) >= 100 for value in await seen)


async def test_a_topic_that_is_not_there_is_named_and_not_made(settings):
    with pytest.raises(TopicMissing, match=r"news\.articles"):
        await tapped(settings)
    with pytest.raises(TopicMissing):
        await tapped(settings)
