"""Trends from a real Apache Kafka, whatever is sent twice, aborted or killed."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import signal
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import aiohttp
import orjson
import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from bench.apache_kafka import free_port
from bench.wire import admin, read_all
from config.topics import ENTITIES, TRENDS
from consumers.insights.app import group_of
from consumers.insights.trends.records import key_of
from consumers.insights.trends.tally import Tally
from processors.records import EntitiesRecord, Entity, Label, Model, Span, State

RANU = "Ranu Sadewo"
NAMES = [RANU, "Sari Wening", "Bayu Laksono", "Mira Danurwenda", "Tegar Wiratma"]


def record(uri, *names, version=1, state=State.USABLE):
    entities = tuple(
        Entity(
            id=f"e{number}",
            label=Label.PERSON,
            name=name,
            mentions=(Span(start=0, end=len(name), text=name),),
            salience=0.5,
        )
        for number, name in enumerate(names)
    )
    return EntitiesRecord(
        uri=uri,
        version=str(version),
        state=state,
        source="warta.example",
        language="id",
        model=Model(name="m", version="1"),
        entities=entities,
    )


def gone(uri):
    return record(uri, version=9, state=State.CANCELED)


@pytest.fixture
async def feed(settings):
    """Writes each record in a transaction of its own, as an idle worker does: to the partition of its uri."""
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers, transactional_id=f"{settings.group}-feed"
    )
    await producer.start()

    async def send(*records, ago=0, abort=False):
        for each in records:
            at = datetime.fromtimestamp(time.time() - ago, UTC).isoformat().encode()
            await producer.begin_transaction()
            await producer.send_and_wait(
                settings.topic(ENTITIES.name),
                orjson.dumps(each),
                key=each.uri.encode(),
                partition=int(each.uri.rpartition(":")[2]) % settings.partitions,
                headers=[("ce_time", at)],
            )
            await (producer.abort_transaction() if abort else producer.commit_transaction())

    yield send
    await producer.stop()


@pytest.fixture
def trends(settings):
    """The changes of one entity so far (once each), or of all."""

    async def trends(name=None):
        found = {}
        for each in await read_all(settings.bootstrap_servers, settings.topic(TRENDS.name)):
            if name is None or each.key.decode() == key_of(Label.PERSON, name):
                found[dict(each.headers)["ce_id"]] = orjson.loads(each.value)
        return list(found.values())

    return trends


async def until(condition, timeout_s=60):
    """Waits for what `condition` gives to be true, and gives it."""
    async with asyncio.timeout(timeout_s):
        while not (found := await condition()):  # noqa: ASYNC110 - only asking the broker tells
            await asyncio.sleep(0.3)
    return found


@pytest.fixture
def state_of(trends):
    def wait_for(name, state):
        async def reached():
            changes = await trends(name)
            return changes[-1] if changes and changes[-1]["state"] == state else None

        return until(reached)

    return wait_for


async def test_a_trend_rises_and_ends_whatever_comes_twice_is_aborted_or_killed(
    feed, started, trends, state_of
):
    await feed(record("urn:0", "Kota Lama"), ago=30 * 3_600)  # since when the wire is watched
    await feed(*(record(f"urn:{number}", RANU) for number in range(1, 4)))
    process = await started()
    rising = await state_of(RANU, "rising")
    assert rising["windows"][0] == {**rising["windows"][0], "window": "10m", "stories": 3}
    process.send_signal(signal.SIGKILL)
    await process.wait()
    await feed(record("urn:1", RANU), record("urn:2", RANU, version=2))  # the same stories
    await feed(*(record(f"urn:{number}", RANU, "Hantu") for number in range(20, 30)), abort=True)
    process = await started()
    await feed(record("urn:4", RANU), record("urn:5", RANU))
    bursting = await state_of(RANU, "bursting")
    assert bursting["windows"][0]["stories"] == 5
    await feed(gone("urn:1"), record("urn:2", "Orang Lain", version=3), gone("urn:3"), gone("urn:4"))
    ended = await state_of(RANU, "ended")
    assert ended["windows"][0]["stories"] == 1
    assert [change["state"] for change in await trends(RANU)] == ["rising", "bursting", "rising", "ended"]
    assert {change["name"] for change in await trends()} == {RANU}  # nothing of what was aborted
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0


async def test_a_trend_ends_by_time_alone(feed, started, trends, state_of):
    await feed(record("urn:0", "Kota Lama"), ago=26 * 3_600)
    await feed(*(record(f"urn:{number}", "Sari Wening") for number in range(10, 13)))
    port = free_port()
    await started(insights_http_port=port)
    await state_of("Sari Wening", "rising")  # it is at work
    await reads_it_all(port)
    # six in the last ten minutes against 40 five hours ago: in a few seconds the first of the six leave the window
    await feed(*(record(f"urn:{number}", RANU) for number in range(20, 60)), ago=5 * 3_600)
    await feed(*(record(f"urn:{number}", RANU) for number in range(1, 7)), ago=585)
    ended = await state_of(RANU, "ended")
    assert ended["windows"][0]["stories"] < 6
    assert "rising" in [change["state"] for change in await trends(RANU)]


async def reads_it_all(port):
    """Until its metrics say that it has read what it was fed and lags behind by no more than marks of transactions."""
    async with aiohttp.ClientSession() as http, asyncio.timeout(60):
        while True:
            async with http.get(f"http://127.0.0.1:{port}/metrics") as answer:
                told = dict(
                    re.findall(
                        r'^kawat_insights_(\w+(?:{topic="news.entities"})?) (\S+)$',
                        await answer.text(),
                        re.MULTILINE,
                    )
                )
            lag = float(told.get('lag_records{topic="news.entities"}', "inf"))
            read = float(told.get('read_records_total{topic="news.entities"}', 0))
            if read >= 4 and lag <= 3 and told["ready"] == "1.0":
                return
            await asyncio.sleep(0.2)


async def tallies(settings):
    """By entity the number of stories, as the changelog of the table says."""
    newest = {}
    for each in await read_all(settings.bootstrap_servers, f"{group_of(settings)}-tallies-changelog"):
        newest[each.key.decode()] = each.value
    return {
        key: found for key, value in newest.items() if value and (found := len(Tally.unpack(value).times()))
    }


@pytest.fixture
async def supervised(started):
    """Two processes, and what may be done to them; one that ends by itself is started again."""
    members = [await started(), await started()]

    async def supervise():
        while True:
            for member in [member for member in members if member.returncode is not None]:
                members.remove(member)
                members.append(await started())
            await asyncio.sleep(0.2)

    async def kill():
        members[0].send_signal(signal.SIGKILL)
        await members.pop(0).wait()
        members.append(await started())

    async def freeze(seconds):
        frozen = members[0]
        frozen.send_signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        frozen.send_signal(signal.SIGCONT)

    watch = asyncio.ensure_future(supervise())
    yield SimpleNamespace(kill=kill, freeze=freeze)
    watch.cancel()
    await asyncio.wait([watch])


@pytest.mark.parametrize("harm", ["kills", "freezes"])
async def test_no_harm_to_the_processes_changes_a_count_and_their_offsets_keep_up(
    feed, supervised, settings, harm
):
    chance = random.Random(7)
    names = {}
    for step in range(160):
        uri = f"urn:{chance.randrange(40)}"
        chosen = [] if chance.random() < 0.1 else chance.sample(NAMES, chance.randrange(1, 4))
        names[uri] = chosen
        await feed(record(uri, *chosen, version=step) if chosen else gone(uri))
        if step % 40 == 30:
            await asyncio.sleep(chance.uniform(0.5, 6))  # while it works, joins, or restores its tables
            if harm == "kills":
                await supervised.kill()
            else:  # another takes its place, which it does not know
                await supervised.freeze(2 * settings.session_timeout_ms / 1000)
    keys = [key_of(Label.PERSON, name) for chosen in names.values() for name in chosen]
    expected = {key: keys.count(key) for key in set(keys)}

    async def settled():
        return await tallies(settings) == expected

    with contextlib.suppress(TimeoutError):
        await until(settled, 120)
    assert await tallies(settings) == expected
    last = {}
    for each in await read_all(settings.bootstrap_servers, settings.topic(ENTITIES.name)):
        last[TopicPartition(each.topic, each.partition)] = each.offset

    async def caught_up():
        async with admin(settings.bootstrap_servers) as client:
            done = await client.list_consumer_group_offsets(group_of(settings))
        return all(part in done and done[part].offset > offset for part, offset in last.items())

    await until(caught_up, 60)
    assert await tallies(settings) == expected
