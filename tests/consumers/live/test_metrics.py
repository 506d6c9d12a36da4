"""The live page's port for those who watch it."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import orjson
import pytest

from consumers.live.board import Board
from consumers.live.metrics import LiveMetrics
from consumers.live.run import Live, LiveFailed


@pytest.fixture
async def page(live):
    return await live()


async def asked(page, path):
    async with aiohttp.ClientSession() as http, http.get(f"http://{page.http.address}{path}") as answer:
        return answer.status, await answer.text()


async def tells(page, *lines):
    """Waits until the page's metrics hold these lines."""
    async with asyncio.timeout(30):
        while True:
            _, text = await asked(page, "/metrics")
            if set(lines) <= set(text.splitlines()):
                return text
            await asyncio.sleep(0.1)


async def test_what_was_read_what_stands_there_and_how_old_it_was_are_told(page, write, story):
    record = (
        "news.articles",
        orjson.dumps(story("u1")),
        {"key": b"u1", "timestamp_ms": int(time.time() * 1e3)},
    )
    await write(record, ("news.articles", b"\xff", {"key": b"x"}))
    text = await tells(
        page,
        'kawat_live_read_records_total{topic="news.articles"} 2.0',
        'kawat_live_read_records_total{topic="news.dlq"} 0.0',
        "kawat_live_unreadable_records_total 1.0",
        'kawat_live_shown_records{kind="story"} 1.0',
        'kawat_live_shown_records{kind="trend"} 0.0',
        "kawat_live_latency_seconds_count 1.0",
        "kawat_live_readers 0.0",
        "kawat_live_ready 1.0",
    )
    assert "process_resident_memory_bytes" in text


async def test_how_far_it_is_behind_is_told(page):
    page.metrics.behind.set(99)
    await tells(page, "kawat_live_behind_records 0.0")


async def test_it_is_ready_while_the_broker_answers_and_alive_all_the_time(page):
    assert await asked(page, "/readyz") == (200, "ok\n")
    page.follower.reading = False
    assert await asked(page, "/readyz") == (503, "the broker does not answer\n")
    assert await asked(page, "/healthz") == (200, "ok\n")
    assert "kawat_live_ready 0.0" in (await asked(page, "/metrics"))[1]


async def test_readers_are_counted_and_those_who_are_sent_away(serve, board):
    metrics = LiveMetrics(())
    server = await serve(most_readers=1, refused=metrics.refused.inc)
    metrics.ask(board, readers=lambda: server.readers, problems=list)
    await server.connect()
    with pytest.raises(aiohttp.ClientResponseError):
        await server.connect()
    assert metrics.registry.get_sample_value("kawat_live_readers") == 1
    assert metrics.registry.get_sample_value("kawat_live_refused_readers_total") == 1


async def test_a_port_of_the_metrics_that_is_taken_is_told(topics, broker):
    settings = topics.model_copy(update={"live_http_port": broker.port})
    with pytest.raises(LiveFailed, match="live_http_port"):
        await Live(settings, host="127.0.0.1", port=0, stories=1).run()


def test_every_series_of_a_closed_set_is_there_from_the_start():
    metrics = LiveMetrics(["news.articles"])
    metrics.ask(Board({"story": 1, "trend": 1}, max_bytes=1), readers=int, problems=list)
    for family in metrics.registry.collect():
        assert family.samples, family.name
