"""The whole server on the embedded broker."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import orjson
import pytest
from aiohttp import web
from aiokafka import AIOKafkaProducer
from aiokafka.structs import OffsetAndMetadata, TopicPartition

from consumers.live.lag import TopicsLag, WorkersLag
from consumers.live.run import Live, LiveFailed

NOW_MS = int(time.time() * 1_000)


def shown(page):
    return [
        orjson.loads(event.frame.partition(b"data: ")[2])
        for event in page.board.since(None).events
        if b"event: story" in event.frame
    ]


async def until(condition):
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.02)


def placed(story, uri, *, at=0, partition=0, **more):
    return (
        "news.articles",
        orjson.dumps(story(uri, **more)),
        {"key": uri.encode(), "partition": partition, "timestamp_ms": NOW_MS + at},
    )


async def test_it_shows_the_newest_of_all_partitions_in_the_order_they_came(live, write, story):
    await write(*(placed(story, f"u{number}", at=number, partition=number % 3) for number in range(30)))
    page = await live(stories=4)
    assert [told["uri"] for told in shown(page)] == ["u26", "u27", "u28", "u29"]


async def test_a_kill_counts_although_its_time_stamp_is_older_than_its_storys(live, write, story):
    await write(placed(story, "u", at=0), placed(story, "u", at=-5_000, state="canceled"))
    page = await live()
    assert [told["state"] for told in shown(page)] == ["canceled"]
    await write(placed(story, "v", at=0), placed(story, "v", at=-5_000, state="canceled"))
    await until(lambda: len(shown(page)) == 2)
    await until(
        lambda: {told["uri"]: told["state"] for told in shown(page)} == {"u": "canceled", "v": "canceled"}
    )


async def test_what_comes_is_there_and_what_is_no_story_is_passed_over(live, write, story):
    page = await live()
    await write(("news.articles", b"\xff", {"key": b"x"}), placed(story, "u1"))
    await until(lambda: [told["uri"] for told in shown(page)] == ["u1"])
    assert page.pulse()["rate"] > 0
    assert page.pulse()["reading"] is True


async def test_trends_and_dead_letters_come_too(live, write):
    trend = {"label": "ORG", "name": "X", "state": "rising", "at": 1, "since": 0, "windows": []}
    letter = [
        (f"kawat-dlq-{name}", value)
        for name, value in {
            "reason": b"malformed",
            "stage": b"intake",
            "error": b"x",
            "topic": b"news.raw",
            "partition": b"0",
            "offset": b"0",
            "timestamp": b"0",
        }.items()
    ]
    await write(
        ("news.trends", orjson.dumps(trend), {"key": b"ORG x"}),
        ("news.dlq", b"?", {"headers": letter, "timestamp_ms": NOW_MS}),
    )
    page = await live()
    assert page.board.count("trend") == 1
    assert page.pulse()["dead"] == 1
    await write(("news.dlq", b"?", {"headers": letter, "timestamp_ms": NOW_MS}))
    await until(lambda: page.pulse()["dead"] == 2)


async def test_aborted_records_never_show(live, topics, story):
    page = await live()
    for uri in (
        "aborted",
        "committed",
    ):  # of two producers: the embedded broker remembers an abort for too long
        producer = AIOKafkaProducer(
            bootstrap_servers=topics.bootstrap_servers, transactional_id=f"{topics.group}-{uri}"
        )
        await producer.start()
        await producer.begin_transaction()
        await producer.send_and_wait(
            topics.topic("news.articles"), orjson.dumps(story(uri)), key=uri.encode(), partition=0
        )
        await (producer.abort_transaction() if uri == "aborted" else producer.commit_transaction())
        await producer.stop()
    await until(lambda: shown(page))
    assert [told["uri"] for told in shown(page)] == ["committed"]


async def test_a_port_that_is_taken_is_told(topics, broker):
    page = Live(topics, host="127.0.0.1", port=broker.port, stories=1)
    with pytest.raises(LiveFailed, match=r"--port"):
        await page.run()


async def test_the_topics_tell_how_much_the_group_has_left_to_do(topics, write):
    await write(*(("news.raw", b"x", {"partition": number % 3}) for number in range(9)))
    async with TopicsLag(topics) as lag:
        assert await lag.records() == 9
        producer = AIOKafkaProducer(bootstrap_servers=topics.bootstrap_servers, transactional_id=topics.group)
        await producer.start()
        await producer.begin_transaction()
        done = {TopicPartition(topics.topic("news.raw"), 0): OffsetAndMetadata(2, "")}
        await producer.send_offsets_to_transaction(done, topics.group)
        await producer.commit_transaction()
        await producer.stop()
        async with asyncio.timeout(30):
            while await lag.records() != 7:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.05)


async def test_the_workers_tell_only_if_all_of_them_do():
    async def metrics(_):
        return web.Response(
            text='kawat_lag_records{partition="0"} 3.0\nkawat_lag_records{partition="1"} 4.0\n'
        )

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with WorkersLag([address + "/", address.removeprefix("http://")]) as lag:
        assert await lag.records() == 14
    async with WorkersLag([address, "http://127.0.0.1:1"]) as lag:
        assert await lag.records() is None
    await runner.cleanup()


async def test_it_serves_the_page_with_what_it_read(live, write, story):
    await write(placed(story, "u1"))
    page = await live()
    async with aiohttp.ClientSession() as http, http.get(page.server.url + "healthz") as answer:
        assert answer.status == 200
