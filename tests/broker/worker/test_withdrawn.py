"""Kills, embargoes and withheld stories, on a real Apache Kafka: no word gets out that should not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bench.wire import read_all
from config.topics import ARTICLES, OUTPUTS
from tests.broker.worker.acts import kill, published, settled, states, story, working


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
