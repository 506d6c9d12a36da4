"""What goes again, and how; that workers do it again is tested on a real Apache Kafka (tests/broker)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import orjson
import pytest

from config.topics import LEDGER, RAW
from consumers.lanes.ledger import entry_of
from consumers.repair import replay
from consumers.repair.backlog import Backlog
from consumers.repair.replay import Selection
from processors.records import Article, State

NOON_MS = int(datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp() * 1000)


def story(uri, version=1):
    return orjson.dumps({"uri": uri, "version": version, "text": "Hujan turun."})


@pytest.fixture
def wire(topics, write):  # noqa: ARG001 - the topics are there
    """Writes raw records of partition 0, a minute apart from noon on, and what the ledger knows of stories."""

    async def wire(*values, known=(), **more):
        await write(
            *(
                (RAW.name, value, {"key": b"k", "timestamp_ms": NOON_MS + 60_000 * n, **more})
                for n, value in enumerate(values)
            )
        )
        for uri, offset in dict(known).items():
            entry = (
                None if offset is None else entry_of(Article(uri=uri, state=State.USABLE), offset).encode()
            )
            await write((LEDGER.name, entry, {"key": uri.encode()}))

    return wire


@pytest.fixture(autouse=True)
def idle(monkeypatch):
    """No worker is there, and so nothing to wait for."""

    async def nothing(_):
        return Backlog(0, True)

    monkeypatch.setattr(replay, "backlog", nothing)


def places(plan):
    return [place.offset for place in plan.places]


async def test_what_the_ledger_s_newest_versions_came_from_goes_again(topics, wire):
    await wire(
        *(story("urn:a"), story("urn:a", 2), story("urn:b"), b"{ broken", story("urn:c"), story("urn:d")),
        known={"urn:a": 1, "urn:b": 2, "urn:d": 99},
    )
    plan = await replay.plan(topics, Selection())
    assert places(plan) == [1, 2]
    assert (plan.superseded, plan.unknown, plan.unreadable, plan.replays) == (2, 1, 1, 0)


async def test_the_last_word_of_the_ledger_counts(topics, wire, write):
    await wire(story("urn:a"), story("urn:b"), known={"urn:a": 0, "urn:b": 1})
    await write((LEDGER.name, None, {"key": b"urn:a"}))
    await write((LEDGER.name, entry_of(Article(uri="urn:b"), 7).encode(), {"key": b"urn:b"}))
    plan = await replay.plan(topics, Selection())
    assert (places(plan), plan.unknown, plan.superseded) == ([], 1, 1)


async def test_from_a_time_to_a_time(topics, wire):
    await wire(*(story(f"urn:{n}") for n in range(6)), known={f"urn:{n}": n for n in range(6)})
    times = [datetime.fromtimestamp(NOON_MS / 1000 + 60 * n, UTC) for n in (2, 4)]
    assert places(await replay.plan(topics, Selection(since=times[0], until=times[1]))) == [2, 3, 4]
    assert places(await replay.plan(topics, Selection(since=times[1]))) == [4, 5]
    assert places(await replay.plan(topics, Selection(until=times[0]))) == [0, 1, 2]
    late = datetime.fromtimestamp(NOON_MS / 1000 + 3_600, UTC)
    assert places(await replay.plan(topics, Selection(since=late))) == []


async def test_one_story_by_its_uri_whatever_its_key(topics, wire):
    await wire(story("urn:a"), story("urn:b"), known={"urn:a": 0, "urn:b": 1})
    plan = await replay.plan(topics, Selection(keys=frozenset({"urn:b"})))
    assert (places(plan), plan.superseded, plan.unreadable) == ([1], 0, 0)


async def test_records_go_to_their_partition_with_all_they_had_and_where_they_stood(topics, wire, read):
    trace = [("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    await wire(story("urn:a"), story("urn:b"), known={"urn:b": 1}, headers=trace)
    plan = await replay.plan(topics, Selection())
    sent = []
    await replay.replay(topics, plan, rate=1_000, most_waiting=10, on_sent=sent.append)
    assert sent == plan.places
    records = await read(RAW.name)
    first, last = records[1], records[-1]
    assert (last.key, last.value, last.partition, last.timestamp) == (
        first.key,
        first.value,
        first.partition,
        first.timestamp,
    )
    assert list(last.headers) == [*trace, ("kawat-replay", b"1")]


async def test_replays_do_not_go_again_but_their_originals_do(topics, wire):
    await wire(story("urn:a"), known={"urn:a": 0})
    for replays in (0, 1, 2):
        plan = await replay.plan(topics, Selection())
        assert (places(plan), plan.replays) == ([0], replays)
        await replay.replay(topics, plan, rate=1_000, most_waiting=10)


async def test_while_workers_have_enough_to_do_nothing_is_sent(topics, wire, read, monkeypatch):
    monkeypatch.setattr(replay, "BREATH_S", 0.01)
    await wire(story("urn:a"), known={"urn:a": 0})
    waits, sizes = [], iter([30, 20, 10])

    async def busy(_):
        assert len(await read(RAW.name)) == 1
        return Backlog(next(sizes), True)

    monkeypatch.setattr(replay, "backlog", busy)
    plan = await replay.plan(topics, Selection())
    await replay.replay(topics, plan, rate=1_000, most_waiting=10, on_wait=waits.append)
    assert waits == [30, 20]
    assert len(await read(RAW.name)) == 2


async def test_the_rate_is_kept_by_waiting_between_transactions(topics, wire, monkeypatch):
    await wire(*(story(f"urn:{n}") for n in range(6)), known={f"urn:{n}": n for n in range(6)})
    slept, sleep = [], asyncio.sleep

    async def noted(seconds):
        slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr(replay.asyncio, "sleep", noted)
    await replay.replay(topics, await replay.plan(topics, Selection()), rate=0.5, most_waiting=10)
    # one record a transaction; each but the first waits for the two seconds of the one before
    assert [seconds for seconds in slept if seconds > 1] != []
    assert max(slept) <= 2 * 6


async def test_of_two_replays_the_later_one_goes_on(topics, wire):
    await wire(story("urn:a"), story("urn:b"), known={"urn:a": 0, "urn:b": 1})
    plan = await replay.plan(topics, Selection())

    async def overtaken():
        other = asyncio.Event()

        def start_another(_):
            other.set()

        first = asyncio.create_task(
            replay.replay(topics, plan, rate=1, most_waiting=10, on_sent=start_another)
        )
        await other.wait()
        await replay.replay(topics, plan, rate=1_000, most_waiting=10)
        await first

    with pytest.raises(replay.ReplayStopped, match="took over"):
        await overtaken()
