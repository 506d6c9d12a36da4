from __future__ import annotations

from types import SimpleNamespace

import pytest
from faust.types import TP

from consumers.insights import committed
from consumers.insights.committed import STALL_S, CommittedApp, CommittedTable, Stalled

STORIES = TP("news.entities", 0)
CHANGES = TP("group-tallies-changelog", 0)


def later(one, other):
    return one if int(one) > int(other) else other


@pytest.fixture
async def app(tmp_path):
    """An app with one table, not started."""
    app = CommittedApp("group", broker="kafka://127.0.0.1:1", store="memory://", datadir=tmp_path)
    table = CommittedTable(app, later=later, name="tallies", partitions=1, key_type=bytes, value_type=bytes)
    app.tables.add(table)
    return app


class Thread:
    """Stands for the thread around the Kafka consumer: a log by partition, and where it is read."""

    def __init__(self, log):
        self.log = log
        self.positions = dict.fromkeys(log, 0)
        self.committed = dict.fromkeys(log, 0)
        self.revoked = set()
        self.during_fetch = lambda: None

    async def getmany(self, *_):
        found = {
            tp: [SimpleNamespace(offset=offset) for offset in offsets if offset >= self.positions[tp]]
            for tp, offsets in self.log.items()
        }
        self.positions |= {tp: records[-1].offset + 1 for tp, records in found.items() if records}
        self.during_fetch()
        return {tp: records for tp, records in found.items() if records}

    async def seek_ours(self, positions):
        ours = {tp: offset for tp, offset in positions.items() if tp not in self.revoked}
        self.positions |= ours
        return ours

    async def seek_wait(self, positions):
        self.positions |= positions

    async def seek_to_committed(self):
        return {tp: self.committed[tp] for tp in self.log}

    def assignment(self):
        return set(self.log)


@pytest.fixture
def thread():
    return Thread({STORIES: [10, 12, 14], CHANGES: [0, 1, 2]})


@pytest.fixture
async def consumer(app, thread):
    """The app's consumer on that log, in the middle of a rebalance, with the flow open."""
    consumer = app.consumer
    consumer._thread = thread
    app.rebalancing = True
    consumer.resume_flow()
    return consumer


async def fetched(consumer):
    records = await consumer._getmany(active_partitions=None, timeout=0.1)
    return {tp: [record.offset for record in found] for tp, found in records.items()}


def do(app, tp, offset):
    line = app.lines.next(tp, offset)
    if line is None:
        return False
    with line.doing(offset):
        pass
    return True


async def test_what_streams_give_before_a_rebalance_is_over_is_read_when_it_is(app, consumer, thread):
    thread.committed[STORIES] = 12
    assert await fetched(consumer) == {}
    await consumer.seek_to_committed()
    assert await fetched(consumer) == {}  # Faust would hand these on, and clear the queue they are in
    app.rebalancing = False
    assert await fetched(consumer) == {STORIES: [12, 14]}
    assert do(app, STORIES, 12)


async def test_what_was_on_the_way_when_the_rebalance_ended_is_read_again(app, consumer, thread):
    await consumer.seek_to_committed()
    thread.during_fetch = lambda: setattr(app, "rebalancing", False)
    assert await fetched(consumer) == {}
    assert await fetched(consumer) == {STORIES: [10, 12, 14]}


async def test_a_changelog_whose_records_came_while_the_flow_stood_still_is_read_again(consumer):
    await consumer.seek_wait({CHANGES: 0})
    consumer.stop_flow()
    assert await fetched(consumer) == {}
    consumer.resume_flow()
    assert await fetched(consumer) == {CHANGES: [0, 1, 2]}


async def test_a_partition_that_is_ours_no_longer_keeps_no_other_from_being_read(consumer, thread):
    await consumer.seek_to_committed()
    consumer.app.rebalancing = False
    await consumer.seek_wait({CHANGES: 0})
    thread.revoked = {STORIES}
    assert await fetched(consumer) == {CHANGES: [0, 1, 2]}
    thread.revoked = set()
    assert await fetched(consumer) == {STORIES: [10, 12, 14]}


async def test_only_what_was_done_in_line_is_committed(app, consumer):
    await consumer.seek_to_committed()
    app.rebalancing = False
    await fetched(consumer)
    assert list(consumer._filter_tps_with_pending_acks()) == []
    assert do(app, STORIES, 10)
    assert not do(app, STORIES, 14)  # 12 was lost between the consumer and the agent
    tps = list(consumer._filter_tps_with_pending_acks())
    assert consumer._filter_committable_offsets(tps) == {STORIES: 11}
    assert await fetched(consumer) == {STORIES: [12, 14]}
    assert do(app, STORIES, 12)
    assert do(app, STORIES, 14)
    assert consumer._filter_committable_offsets(tps) == {STORIES: 15}


async def test_what_an_agent_acknowledges_without_doing_it_is_not_committed(app, consumer):
    await consumer.seek_to_committed()
    app.rebalancing = False
    await fetched(consumer)
    consumer._acked[STORIES].extend([10, 12, 14])  # as a stream does with events that it skips
    consumer._acked_index[STORIES].update([10, 12, 14])
    assert list(consumer._filter_tps_with_pending_acks()) == []
    assert not consumer._acked


async def test_a_consumer_that_fetches_no_more_ends_the_app(app, consumer, monkeypatch):
    now = 1_000.0
    monkeypatch.setattr(committed.time, "monotonic", lambda: now)
    consumer._alive = now
    now += STALL_S - 1
    list(consumer._filter_tps_with_pending_acks())
    assert app.failure is None
    now += 1
    list(consumer._filter_tps_with_pending_acks())
    assert isinstance(app.failure, Stalled)
    assert app.failed.is_set()


def event(key, value, offset, tp=CHANGES):
    message = SimpleNamespace(tp=tp, topic=tp.topic, partition=tp.partition, offset=offset, value=value)
    return SimpleNamespace(key=key, value=value, message=message)


async def test_tables_are_restored_from_changes_in_line(app, consumer):
    queue = app.tables.changelog_queue
    app.flow_control.resume()
    await consumer.seek_wait({CHANGES: 0})
    await fetched(consumer)
    for offset in (0, 2):  # 1 was lost
        await queue.put(event(b"a", b"1", offset))
    assert (await queue.get()).message.offset == 0
    await queue.put(event(b"a", b"1", 1))
    assert (await queue.get()).message.offset == 1
    assert await fetched(consumer) == {CHANGES: [2]}
    await queue.put(event(b"a", b"1", 2))
    assert (await queue.get()).message.offset == 2


@pytest.fixture
def table(app, monkeypatch):
    """The table, with what it sends to its changelog."""
    table = app.tables["tallies"]
    table.sent = []
    monkeypatch.setattr(table, "send_changelog", lambda *change: table.sent.append(change))
    return table


async def test_a_value_that_knows_less_does_not_replace_one_that_knows_more(table):
    changes = [(b"a", b"1"), (b"b", b"5"), (b"a", b"7"), (b"b", b"6"), (b"a", b"3")]
    table.apply_changelog_batch([event(key, value, at) for at, (key, value) in enumerate(changes)])
    assert dict(table.data.items()) == {b"a": b"7", b"b": b"6"}
    await table.on_recovery_completed({CHANGES}, set())
    assert table.sent == [(0, b"a", b"7")]  # the changelog itself ended with less


async def test_a_value_that_was_deleted_is_gone(table):
    changes = [(b"a", b"7"), (b"a", b"3"), (b"a", None)]
    table.apply_changelog_batch([event(key, value, at) for at, (key, value) in enumerate(changes)])
    assert dict(table.data.items()) == {}
    await table.on_recovery_completed({CHANGES}, set())
    assert table.sent == []
