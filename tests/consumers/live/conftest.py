"""Stories as they stand on news.articles, a server with a board, and a reader of its events."""

from __future__ import annotations

import asyncio
import contextlib

import aiohttp
import orjson
import pytest
from aiokafka import ConsumerRecord

from consumers.live.board import Board
from consumers.live.run import Live
from consumers.live.server import LiveServer


def enriched(uri="urn:x:1", *, text="Sari bicara.", state="usable", title="Judul", **more):
    """A value of news.articles."""
    article = {"uri": uri, "headlines": [{"role": "main", "value": title}], "by": "Tirta Baskara"}
    enrichment = {
        "schema": "kawat/1",
        "uri": uri,
        "version": "1",
        "state": state,
        "source": "kabar.example",
        "language": "id",
        "model": {"name": "rules", "version": "1"},
        "text": text,
        "dateline": None,
        "removed": [],
        "entities": [],
        "quotes": [],
    }
    article |= more.pop("article", {})
    return {"article": article, "enrichment": enrichment | more}


@pytest.fixture
def story():
    return enriched


@pytest.fixture
def record():
    """A Kafka record with such a value."""

    def record(value, *, key=b"urn:x:1", headers=(), timestamp=1_700_000_000_000):
        encoded = value if value is None or isinstance(value, bytes) else orjson.dumps(value)
        return ConsumerRecord(
            topic="news.articles",
            partition=0,
            offset=7,
            timestamp=timestamp,
            timestamp_type=0,
            key=key,
            value=encoded,
            checksum=None,
            serialized_key_size=0,
            serialized_value_size=0,
            headers=headers,
        )

    return record


class Reader:
    """One browser's stream of events."""

    def __init__(self, response):
        self.response = response
        self.id = ""

    async def event(self):
        """The next event: its name, its data; `id` is what a browser would remember."""
        name, data = "message", b""
        while line := await self.response.content.readline():
            field, _, value = line.rstrip(b"\n").partition(b": ")
            match field:
                case b"event":
                    name = value.decode()
                case b"data":
                    data = value
                case b"id":
                    self.id = value.decode()
                case b"" if data:
                    return name, orjson.loads(data)
        raise EOFError

    async def news(self, count):
        """The next events that are no pulses."""
        found = []
        while len(found) < count:
            name, data = await self.event()
            if name != "pulse":
                found.append((name, data))
        return found

    async def keys(self, count):
        return [data.get("uri", name) for name, data in await self.news(count)]


@pytest.fixture
def board():
    return Board({"story": 5, "trend": 3}, max_bytes=1_000_000)


@pytest.fixture
async def serve(board):
    """Starts a server of the board; gives a function that connects a reader, and the server."""
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())

        async def serve(**more):
            options = {"pulse": dict, "problems": list, "host": "127.0.0.1", "port": 0} | more
            server = LiveServer(board, **options)
            await server.start()
            stack.push_async_callback(server.stop)

            async def connect(last="", query=""):
                headers = {"Last-Event-ID": last} if last else {}
                response = await http.get(f"{server.url}events{query}", headers=headers)
                response.raise_for_status()
                stack.callback(response.close)
                return Reader(response)

            server.connect, server.http = connect, http
            return server

        yield serve
        await asyncio.sleep(0)


@pytest.fixture
async def live(topics):
    """Starts a live page and waits until it has read what is there."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(**more):
            page = Live(topics, **{"host": "127.0.0.1", "port": 0, "stories": 10} | more)
            running = asyncio.create_task(page.run())

            async def stop():
                page.stop()
                await running

            stack.push_async_callback(stop)
            async with asyncio.timeout(30):
                await page.follower.caught_up.wait()
            return page

        yield start
