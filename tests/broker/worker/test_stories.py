"""What becomes of stories, on a real Apache Kafka: what comes out, what is counted only, what is a dead letter."""

from __future__ import annotations

import orjson

from bench.wire import read_all
from config.topics import ARTICLES, DEAD_LETTERS, ENTITIES, LEDGER, OUTPUTS, QUOTES, RAW
from tests.broker.worker.acts import kill, published, settled, states, story, working


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
