"""What the worker promises, on a real Apache Kafka."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta

import aiohttp
import orjson
import pytest
from aiohttp import web
from aiokafka import AIOKafkaProducer

from bench.wire import read_all
from config.topics import ARTICLES, DEAD_LETTERS, ENTITIES, LEDGER, OUTPUTS, QUOTES, RAW
from consumers.worker import Worker, WorkerFailed

CHAIN = "tests.broker.gated:Gated"


def story(uri, version=1, *, title="Hujan", text="Hujan turun di Bogor.", **more):
    return {"uri": uri, "version": version, "title": title, "text": text, "source": "kabar.example", **more}


def kill(uri, version):
    return {"uri": uri, "version": str(version), "type": "text", "pubStatus": "canceled"}


@pytest.fixture
async def feed(settings):
    """Writes raw records: dictionaries as JSON, bytes as they are; all to partition 0 unless told."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers, acks="all")
    await producer.start()

    async def send(*payloads, partition=0, key=None, headers=()):
        for payload in payloads:
            raw = payload if isinstance(payload, bytes) else orjson.dumps(payload)
            mine = key or (payload["uri"].encode() if isinstance(payload, dict) else None)
            await producer.send_and_wait(
                settings.topic(RAW.name), raw, key=mine, partition=partition, headers=list(headers)
            )

    yield send
    await producer.stop()


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


async def test_a_story_comes_out_on_all_topics_with_its_key_partition_events_and_trace(settings, feed):
    trace = ("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    await feed(story("urn:a", version=3), partition=2, headers=[trace])
    async with working(settings) as worker:
        assert await settled(worker, 1) == {"enriched": 1}
    for topic, kind in ((ARTICLES, "article"), (ENTITIES, "entities"), (QUOTES, "quotes")):
        ((record, value),) = await published(settings, topic)
        headers = dict(record.headers)
        assert (record.key, record.partition) == (b"urn:a", 2)
        assert headers["ce_type"] == f"kawat.{kind}".encode()
        assert headers["ce_id"].startswith(b"urn:a;3;")
        assert headers["content-type"] == b"application/json"
        assert trace in record.headers
        assert (value.get("enrichment") or value)["uri"] == "urn:a"
    ((_, article),) = await published(settings, ARTICLES)
    assert article["enrichment"]["text"] == "Hujan turun di Bogor."


async def test_a_duplicate_and_a_stale_version_are_counted_and_not_published(settings, feed):
    await feed(
        story("urn:a", 2), story("urn:a", 2), story("urn:a", 1, text="lama"), story("urn:a", 3, text="baru")
    )
    async with working(settings) as worker:
        assert await settled(worker, 4) == {"enriched": 2, "duplicate": 1, "stale": 1}
    for topic in OUTPUTS:
        assert await states(settings, topic) == [("urn:a", "2", "usable"), ("urn:a", "3", "usable")]


async def test_the_ledger_outlives_the_worker(settings, feed):
    await feed(story("urn:a", 2))
    async with working(settings) as worker:
        await settled(worker, 1)
    await feed(story("urn:a", 2), story("urn:a", 1, text="lama"))
    async with working(settings) as worker:
        assert await settled(worker, 2) == {"duplicate": 1, "stale": 1}
    assert await states(settings) == [("urn:a", "2", "usable")]


async def test_a_broken_payload_is_dead_lettered_once_byte_for_byte_and_its_neighbours_come_out(
    settings, feed
):
    await feed(story("urn:a"))
    await feed(b'{"uri": "urn:b", "text": ', key=b"urn:b", headers=[("x-desk", b"\xff\x00")], partition=0)
    await feed(story("urn:c"))
    async with working(settings) as worker:
        assert await settled(worker, 3) == {"enriched": 2, "dead": 1}
    (dead,) = await read_all(settings.bootstrap_servers, settings.topic(DEAD_LETTERS.name))
    assert (dead.key, dead.value) == (b"urn:b", b'{"uri": "urn:b", "text": ')
    headers = dict(dead.headers)
    assert headers["x-desk"] == b"\xff\x00"
    assert headers["kawat-dlq-reason"] == b"malformed"
    assert headers["kawat-dlq-stage"] == b"intake"
    assert headers["kawat-dlq-topic"].decode() == settings.topic(RAW.name)
    assert (headers["kawat-dlq-partition"], headers["kawat-dlq-offset"]) == (b"0", b"1")
    assert [uri for uri, *_ in await states(settings)] == ["urn:a", "urn:c"]


async def test_an_empty_payload_is_dead_lettered_as_empty(settings, feed):
    await feed(b"", key=b"urn:a")
    async with working(settings) as worker:
        assert await settled(worker, 1) == {"dead": 1}
    (dead,) = await read_all(settings.bootstrap_servers, settings.topic(DEAD_LETTERS.name))
    assert dict(dead.headers)["kawat-dlq-reason"] == b"empty"


async def test_a_kill_goes_out_without_a_body_on_all_topics(settings, feed):
    await feed(story("urn:a", 1))
    async with working(settings) as worker:
        await settled(worker, 1)
        await feed(kill("urn:a", 2))
        assert await settled(worker, 2) == {"enriched": 1, "killed": 1}
    for topic in OUTPUTS:
        assert (await states(settings, topic))[-1] == ("urn:a", "2", "canceled")
    record, value = (await published(settings, ARTICLES))[-1]
    assert value["enrichment"]["text"] == ""
    assert b"Hujan" not in record.value


async def test_a_kill_overtakes_stories_that_wait_for_nlp_and_silences_older_versions(
    settings, feed, tmp_path
):
    gate = tmp_path / "gate"
    gate.touch()
    async with working(settings) as worker:
        await feed(story("urn:other", title=str(gate)), story("urn:a", 1), kill("urn:a", 2))
        assert await settled(worker, 1) == {"killed": 1}
        assert await states(settings) == [("urn:a", "2", "canceled")]
        gate.unlink()
        assert await settled(worker, 3) == {"killed": 1, "stale": 1, "enriched": 1}
    assert await states(settings) == [("urn:a", "2", "canceled"), ("urn:other", "1", "usable")]


async def test_a_kill_far_behind_a_stuck_pool_is_found_and_published(settings, feed, tmp_path):
    settings = settings.model_copy(update={"batch_stories": 2})
    gate = tmp_path / "gate"
    gate.touch()
    blocked = [story(f"urn:{n}", title=str(gate)) for n in range(12)]
    await feed(*blocked, story("urn:a", 1), kill("urn:a", 2))
    async with working(settings) as worker:
        assert await settled(worker, 1) == {"killed": 1}
        gate.unlink()
        assert await settled(worker, 14) == {"killed": 1, "stale": 1, "enriched": 12}
    assert (await states(settings))[0] == ("urn:a", "2", "canceled")


async def test_a_story_under_embargo_says_nothing_before_its_time_and_everything_after(settings, feed):
    until_then = datetime.now(UTC) + timedelta(seconds=4)
    embargoed = {
        "uri": "urn:a",
        "version": "1",
        "type": "text",
        "pubStatus": "usable",
        "embargoedUntil": until_then.isoformat(),
        "headlines": [{"value": "Rahasia"}],
        "bodies": [{"value": "Rahasia besar.", "contentType": "text/plain"}],
    }
    embargoed["standard"] = {"name": "ninjs", "version": "3.1"}
    await feed(embargoed)
    async with working(settings) as worker:
        assert await settled(worker, 1) == {"withheld": 1}
        assert datetime.now(UTC) < until_then
        for topic in OUTPUTS:
            records = await read_all(settings.bootstrap_servers, settings.topic(topic.name))
            assert all(b"Rahasia" not in record.value for record in records)
        assert await settled(worker, 2) == {"withheld": 1, "enriched": 1}
        assert datetime.now(UTC) >= until_then
    assert await states(settings) == [("urn:a", "1", "withheld"), ("urn:a", "1", "usable")]
    first, second = (dict(record.headers)["ce_id"] for record, _ in await published(settings, ARTICLES))
    assert first != second


async def test_a_withheld_story_takes_back_what_was_published(settings, feed):
    held = {
        "uri": "urn:a",
        "version": "2",
        "type": "text",
        "pubStatus": "withheld",
        "bodies": [{"value": "Jangan."}],
    }
    await feed(story("urn:a", 1))
    async with working(settings) as worker:
        await settled(worker, 1)
        await feed(held)
        assert await settled(worker, 2) == {"enriched": 1, "withheld": 1}
    assert (await states(settings))[-1] == ("urn:a", "2", "withheld")


async def test_nothing_is_lost_or_doubled_when_the_broker_is_killed_under_the_worker(settings, feed, kafka):
    async with working(settings) as worker:
        await feed(*(story(f"urn:{n}") for n in range(50)))
        await asyncio.to_thread(kafka.kill)
        await asyncio.to_thread(kafka.start)
        await feed(*(story(f"urn:{n}") for n in range(50, 100)))
        assert await settled(worker, 100) == {"enriched": 100}
    for topic in OUTPUTS:
        assert sorted(uri for uri, *_ in await states(settings, topic)) == sorted(
            f"urn:{n}" for n in range(100)
        )


async def test_partitions_move_between_workers_and_each_story_comes_out_once(settings, feed):
    async with working(settings) as first:
        await feed(*(story(f"urn:a{n}") for n in range(30)), partition=0)
        async with working(settings) as second:
            for n in range(60):
                await feed(story(f"urn:b{n}"), partition=n % 3)

            async def shared():
                return first._lanes and second._lanes and not set(first._lanes) & set(second._lanes)

            await until(shared)
            for n in range(60):
                await feed(story(f"urn:c{n}"), partition=n % 3)

            async def all_done():
                return sum(outcomes(first).values()) + sum(outcomes(second).values()) >= 150

            await until(all_done)
        await feed(*(story(f"urn:d{n}") for n in range(10)), partition=1)

        async def rest_done():
            return sum(outcomes(first).values()) + sum(outcomes(second).values()) >= 160

        await until(rest_done)
    assert len(await states(settings)) == len(set(await states(settings))) == 160


async def test_a_missing_topic_is_an_error_that_names_the_cure(settings):
    other = settings.model_copy(update={"topic_prefix": settings.topic_prefix + "none."})
    with pytest.raises(WorkerFailed, match="kawat topics create"):
        await Worker(other, chain=CHAIN).run()


async def test_a_broker_that_does_not_answer_is_an_error_that_names_the_setting(settings):
    other = settings.model_copy(update={"bootstrap_servers": "127.0.0.1:1"})
    with pytest.raises(WorkerFailed, match="bootstrap_servers"):
        await Worker(other, chain=CHAIN, startup_timeout_s=0.5).run()


async def test_a_chain_that_can_not_be_loaded_ends_the_worker_with_the_reason(settings):
    with pytest.raises(WorkerFailed, match="gated"):
        await Worker(settings, chain="tests.broker.gated:Missing").run()


async def test_metrics_and_health_tell_what_happens(settings, feed):
    await feed(story("urn:a"))
    async with working(settings) as worker, aiohttp.ClientSession() as session:

        async def ready():
            async with session.get(f"http://{worker.http.address}/readyz") as answer:
                return answer.status == 200

        await until(ready)
        await settled(worker, 1)
        async with session.get(f"http://{worker.http.address}/healthz") as answer:
            assert (answer.status, await answer.text()) == (200, "ok\n")

        async def shown():
            async with session.get(f"http://{worker.http.address}/metrics") as answer:
                text = await answer.text()
            return text if 'kawat_lag_records{partition="0"} 0.0' in text else None

        text = await until(shown)
        assert 'kawat_story_outcomes_total{outcome="enriched"} 1.0' in text
        assert 'kawat_published_records_total{topic="news.articles"} 1.0' in text
        assert "kawat_assigned_partitions 3.0" in text
        await worker._close_lanes()
        async with session.get(f"http://{worker.http.address}/metrics") as answer:
            assert "kawat_lag_records{" not in await answer.text()


async def test_the_ledger_holds_one_entry_a_story_with_the_newest_state(settings, feed):
    await feed(story("urn:a", 1), kill("urn:a", 2))
    async with working(settings) as worker:
        await settled(worker, 2)
    records = await read_all(settings.bootstrap_servers, settings.topic(LEDGER.name))
    newest = {
        record.key: orjson.loads(record.value) for record in records if record.value
    }  # barriers have none
    assert {(key, entry["version"], entry["state"]) for key, entry in newest.items()} == {
        (b"urn:a", 2, "canceled")
    }


async def test_the_elder_of_two_workers_of_one_name_gives_way_and_says_why(settings, feed):
    settings = settings.model_copy(update={"instance_id": "w1"})
    elder = Worker(settings, chain=CHAIN)
    running = asyncio.create_task(elder.run())

    async def claimed():
        return elder._lanes and all(lane.claimed for lane in elder._lanes.values())

    await until(claimed)
    await asyncio.sleep(2.5)
    async with working(settings) as younger:
        with pytest.raises(WorkerFailed, match="w1 \\(instance_id\\)"):
            await asyncio.wait_for(running, 60)
        await feed(story("urn:a"))
        assert await settled(younger, 1) == {"enriched": 1}


async def test_each_batch_is_told_to_a_collector_if_there_is_one(settings, feed):
    told = asyncio.Queue()

    async def take(request):
        told.put_nowait((request.path, await request.read()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/v1/traces", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    trace = "0af7651916cd43dd8448eb211c80319c"
    await feed(story("urn:a"), headers=[("traceparent", f"00-{trace}-b7ad6b7169203331-01".encode())])
    endpoint = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with working(settings.model_copy(update={"otlp_endpoint": endpoint})) as worker:
            await settled(worker, 1)
        path, body = told.get_nowait()  # all is sent by the end
    finally:
        await runner.cleanup()
    assert path == "/v1/traces"
    assert bytes.fromhex(trace) in body
