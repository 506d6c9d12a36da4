"""The live page's board on a real Apache Kafka: transactions, and a broker that goes and comes back."""

from __future__ import annotations

import asyncio
import contextlib

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from config.topics import ARTICLES
from consumers.live.run import Live
from processors.document import bodyless
from processors.records import Article, Model, State

WAIT_S = 90


def killed(uri):
    """A record that needs no text."""
    article = Article(uri=uri, source="kabar.example", state=State.CANCELED)
    return orjson.dumps(bodyless(article, model=Model(name="none", version="0")).article)


@pytest.fixture
async def write(settings):
    """Writes a story in a transaction of its own, as an idle worker does, and commits it or not."""
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers, transactional_id=f"{settings.group}-write"
    )
    await producer.start()

    async def write(uri, *, partition=0, commit=True):
        await producer.begin_transaction()
        topic = settings.topic(ARTICLES.name)
        await producer.send_and_wait(topic, killed(uri), key=uri.encode(), partition=partition)
        await (producer.commit_transaction() if commit else producer.abort_transaction())

    yield write
    with contextlib.suppress(Exception):
        await producer.stop()


@pytest.fixture
async def live(settings):
    """Starts a live page and waits until it has read what is there."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(stories):
            page = Live(settings, host="127.0.0.1", port=0, stories=stories)
            running = asyncio.create_task(page.run())

            async def stop():
                page.stop()
                await running

            stack.push_async_callback(stop)
            async with asyncio.timeout(WAIT_S):
                await page.follower.caught_up.wait()
            return page

        yield start


def shown(page):
    return [orjson.loads(one.frame.partition(b"data: ")[2])["uri"] for one in page.board.since(None).events]


async def until(condition):
    async with asyncio.timeout(WAIT_S):
        while not condition():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.05)


async def test_marks_and_aborted_records_take_nothing_from_the_newest(live, write):
    for number in range(12):
        await write(f"u{number}", partition=number % 2)
        await write(f"aborted{number}", partition=number % 2, commit=False)
    page = await live(stories=4)
    assert shown(page) == ["u8", "u9", "u10", "u11"]
    await write("aborted", commit=False)
    await write("last")
    await until(lambda: shown(page) == ["u9", "u10", "u11", "last"])
    page.metrics.behind.set(99)
    await until(lambda: page.metrics.registry.get_sample_value("kawat_live_behind_records") == 0)


async def test_what_comes_after_the_broker_came_back_is_there_and_nothing_twice(kafka, live, write, settings):
    await write("before")
    page = await live(stories=10)
    await asyncio.to_thread(kafka.kill)
    await until(lambda: not page.follower.reading)
    assert page.pulse()["reading"] is False
    await asyncio.to_thread(kafka.start)
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers)
    await producer.start()
    await producer.send_and_wait(settings.topic(ARTICLES.name), killed("after"), key=b"after", partition=0)
    await producer.stop()
    await until(lambda: shown(page) == ["before", "after"])
    await until(lambda: page.pulse()["reading"] is True)
    await until(lambda: page.pulse()["lag"] == 0)
