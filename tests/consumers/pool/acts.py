"""What tests of the pool do: stories to enrich, what came of them, and waiting."""

from __future__ import annotations

import asyncio
from pathlib import Path

import orjson
import psutil

from consumers.pool.frames import Published
from processors.records import Article

CHAINS = Path(__file__).parent / "chains"
LIMIT_S = 2.0  # for stories that hang, with room for those that do not


def story(body, **fields):
    return Article(uri=f"urn:{body[:20]}", body=body, **fields)


async def tell(pool, *bodies):
    """The outcome of each body: the text that the chain answered, or the error."""
    results = await pool.enrich([story(body) for body in bodies])
    return [text_of(result) if isinstance(result, Published) else result for result in results]


def text_of(published):
    return orjson.loads(published.article)["enrichment"]["text"]


async def until(condition, seconds=60.0):
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what we wait for happens in other processes
            await asyncio.sleep(0.01)


def gone(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
