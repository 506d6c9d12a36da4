"""What a lane says of itself; its work is tested with a broker."""

import asyncio

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError

from config.settings import load
from consumers.lanes.lane import Lane, Shared
from consumers.telemetry.metrics import Metrics

RAW = TopicPartition("news.raw", 0)


class Consumer:
    """At a position, with so many records on the partition; `gone`: the partition was revoked."""

    def __init__(self, position, end, *, gone=False):
        self._position, self._end, self._gone = position, end, gone

    async def position(self, partition):
        if self._gone:
            raise IllegalStateError(f"{partition} is not assigned")
        return self._position

    def highwater(self, _):
        return self._end


async def lag(tmp_path, consumer, *, committed, in_flight=0):
    settings, _ = load(environ={})
    shared = Shared(settings, consumer, None, Metrics(), tmp_path, asyncio.Semaphore())
    lane = Lane(RAW, shared)
    lane.claimed, lane._next_offset, lane._in_flight = True, committed, in_flight
    await lane.report_lag()
    return shared.metrics.registry.get_sample_value("kawat_lag_records", {"partition": "0"})


@pytest.mark.parametrize(
    ("position", "in_flight", "expected"),
    [
        (7, 1, 5),  # two are in hand, three not yet read
        (5, 0, 5),
        (10, 0, 0),  # what lies behind the last record is the mark of a transaction
    ],
)
async def test_lag_is_what_is_not_committed_and_marks_of_transactions_do_not_count(
    tmp_path, position, in_flight, expected
):
    assert await lag(tmp_path, Consumer(position, 10), committed=5, in_flight=in_flight) == expected


async def test_a_partition_that_was_just_revoked_does_no_harm(tmp_path):
    assert await lag(tmp_path, Consumer(7, 10, gone=True), committed=5) == 5
