"""What tests of the worker do: stories to feed, a worker that runs, what came of it."""

from __future__ import annotations

import asyncio
import contextlib

import orjson

from bench.wire import read_all
from config.topics import ARTICLES
from consumers.worker import Worker

CHAIN = "tests.broker.gated:Gated"


def story(uri, version=1, *, title="Hujan", text="Hujan turun di Bogor.", **more):
    return {"uri": uri, "version": version, "title": title, "text": text, "source": "kabar.example", **more}


def kill(uri, version):
    return {"uri": uri, "version": str(version), "type": "text", "pubStatus": "canceled"}


@contextlib.asynccontextmanager
async def working(settings):
    worker = Worker(settings, chain=CHAIN, startup_timeout_s=10)
    running = asyncio.create_task(worker.run())
    started = asyncio.create_task(worker.http.started.wait())
    await asyncio.wait({running, started}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield worker
    finally:
        worker.stop()
        async with asyncio.timeout(20):
            await running


async def until(condition, *, seconds=20.0):
    """Waits until an async condition holds and returns what it gave."""
    async with asyncio.timeout(seconds):
        while not (found := await condition()):  # noqa: ASYNC110 - other processes change it, no event tells
            await asyncio.sleep(0.05)
        return found


def outcomes(worker):
    return {
        sample.labels["outcome"]: int(sample.value)
        for family in worker.metrics.registry.collect()
        if family.name == "kawat_story_outcomes"
        for sample in family.samples
        if sample.name.endswith("_total") and sample.value
    }


async def settled(worker, count):
    """Waits until so many stories have an outcome."""

    async def enough():
        return sum(outcomes(worker).values()) >= count

    await until(enough)
    return outcomes(worker)


async def published(settings, topic):
    records = await read_all(settings.bootstrap_servers, settings.topic(topic.name))
    return [(record, orjson.loads(record.value)) for record in records]


async def states(settings, topic=ARTICLES):
    """(uri, version, state) of what stands on an output topic, in order."""
    told = [value.get("enrichment", value) for _, value in await published(settings, topic)]
    return [(value["uri"], value["version"], value["state"]) for value in told]
