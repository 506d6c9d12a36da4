"""A replay is done once more by a worker, and brings nothing back."""

from __future__ import annotations

import asyncio

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from bench.wire import read_all
from config.topics import ARTICLES, LEDGER, RAW
from consumers.repair import replay
from consumers.repair.replay import Selection
from consumers.worker import Worker

CHAIN = "tests.broker.gated:Gated"


def story(uri, version=None, text="Hujan turun di Bogor.", **more):
    numbered = {} if version is None else {"version": version}
    return orjson.dumps({"uri": uri, "title": "Hujan", "text": text, **numbered, **more})


def kill(uri):
    return orjson.dumps({"uri": uri, "type": "text", "pubStatus": "canceled"})


@pytest.fixture
async def send(settings):
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers)
    await producer.start()

    async def send(*values):
        for value in values:
            await producer.send_and_wait(settings.topic(RAW.name), value, partition=0)

    yield send
    await producer.stop()


async def told(settings):
    """(uri, version, state, ce_id) of all that was ever published on news.articles."""
    records = await read_all(settings.bootstrap_servers, settings.topic(ARTICLES.name))
    values = [(orjson.loads(record.value)["enrichment"], dict(record.headers)["ce_id"]) for record in records]
    return [(value["uri"], value["version"], value["state"], ce_id) for value, ce_id in values]


async def until(condition, *, seconds=40.0):
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - another process changes it
            await asyncio.sleep(0.05)


@pytest.fixture
async def worker(settings):
    worker = Worker(settings, chain=CHAIN)
    running = asyncio.create_task(worker.run())
    yield worker
    worker.stop()
    await running


async def test_the_newest_version_is_published_again_and_nothing_that_was_killed_or_replaced(
    settings, send, worker
):
    await send(
        story("urn:a", 1), story("urn:a", 2, "Hujan reda."), story("urn:b"), story("urn:c"), kill("urn:c")
    )
    count = worker.metrics.registry.get_sample_value
    # the kill may go ahead of its story, which then does not come out at all
    await until(lambda: known(settings, {"urn:a", "urn:b", "urn:c"}))
    await until(lambda: at_least(worker, 5))
    before = await told(settings)
    plan = await replay.plan(settings, Selection())
    assert sorted(place.uris[0] for place in plan.places) == ["urn:a", "urn:b", "urn:c"]
    await replay.replay(settings, plan, rate=1_000, most_waiting=100)
    await until(lambda: at_least(worker, 8))
    after = (await told(settings))[len(before) :]
    assert {(uri, state) for uri, _, state, _ in after} == {
        ("urn:a", "usable"),
        ("urn:b", "usable"),
        ("urn:c", "canceled"),
    }
    assert [version for uri, version, _, _ in after if uri == "urn:a"] == ["2"]
    assert len({ce_id for *_, ce_id in before + after}) == len(before) + len(after)
    assert count("kawat_replayed_stories_total") == 3
    # and once more, by hand: all originals, as if there had been no plan
    everything = replay.Plan([replay.Place(0, offset, 0, ("any",)) for offset in range(5)])
    await replay.replay(settings, everything, rate=1_000, most_waiting=100)
    await until(lambda: at_least(worker, 13))
    newest = {uri: (version, state) for uri, version, state, _ in await told(settings)}
    assert newest["urn:a"] == ("2", "usable")
    assert newest["urn:c"][1] == "canceled"


async def known(settings, uris):
    records = await read_all(settings.bootstrap_servers, settings.topic(LEDGER.name))
    return uris <= {record.key.decode() for record in records if record.value}


async def at_least(worker, count):
    """So many stories have an outcome."""
    return count <= sum(
        sample.value
        for family in worker.metrics.registry.collect()
        if family.name == "kawat_story_outcomes"
        for sample in family.samples
        if sample.name.endswith("_total")
    )
