from __future__ import annotations

import math
import time
from types import SimpleNamespace

import pytest
from aiokafka import TopicPartition
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import generate_latest

from consumers.lanes.accounts import Accounts
from consumers.lanes.triage import Item, Outcome
from consumers.telemetry.metrics import Metrics
from consumers.top.scrape import NoWorker, Scrape
from consumers.top.vitals import Seen, quantile, vitals
from processors.errors import Malformed
from processors.records import Article


class Worker:
    """A worker's metrics, which tell what it is made to have done."""

    def __init__(self):
        self.metrics = Metrics()
        self.accounts = Accounts(self.metrics, TopicPartition("news.raw", 2))

    def does(self, outcome, *, seconds=0.0, times=1):
        record = SimpleNamespace(timestamp=(time.time() - seconds) * 1000, offset=0, headers=())
        error = Malformed("not JSON") if outcome is Outcome.DEAD else None
        self.accounts.items([Item(record, Article(uri="urn:a"), outcome=outcome, error=error)] * times)

    def scraped(self, at):
        return Scrape.parse(generate_latest(self.metrics.registry).decode(), at=at)


def test_rates_are_of_the_time_between_two_looks_and_totals_of_all_time():
    worker = Worker()
    worker.does(Outcome.ENRICHED, times=100)
    before = worker.scraped(10.0)
    worker.does(Outcome.ENRICHED, times=20)
    worker.does(Outcome.DEAD, times=4)
    found = vitals([Seen(worker.scraped(14.0), before)])
    assert (found.window_s, found.stories, found.outcome_rates["enriched"]) == (4.0, 6.0, 5.0)
    assert (found.outcomes["enriched"], found.dead_letters) == (120, {"malformed": 4})


def test_the_first_look_has_no_rates():
    worker = Worker()
    worker.does(Outcome.ENRICHED, times=7)
    found = vitals([Seen(worker.scraped(0.0))])
    assert (found.stories, found.outcomes["enriched"], found.window_s) == (None, 7, 0.0)


def test_latencies_are_of_the_window_alone():
    worker = Worker()
    worker.does(Outcome.ENRICHED, seconds=200, times=50)
    before = worker.scraped(0.0)
    worker.does(Outcome.KILLED, seconds=0.2, times=50)
    found = vitals([Seen(worker.scraped(1.0), before)])
    assert 0.1 < found.latency["p95"] < 2.5
    assert 0.1 < found.kill_latency["p50"] < 2.5
    assert vitals([Seen(before)]).latency["p50"] > 60


def test_without_stories_there_is_no_latency():
    assert set(vitals([Seen(Worker().scraped(0.0))]).latency.values()) == {None}


def test_workers_are_added_up_and_the_worst_is_told_where_sums_mean_nothing():
    one, two = Worker(), Worker()
    one.accounts.lag(5, 12)
    two.accounts = Accounts(two.metrics, TopicPartition("news.raw", 3))
    two.accounts.lag(5, 8)
    one.metrics.loop_lag.set(0.5)
    one.metrics.ready.set(1)
    one.metrics.progress.set(time.time() - 100)
    two.metrics.progress.set(time.time() - 7)
    found = vitals([Seen(one.scraped(0.0)), Seen(two.scraped(0.0))])
    assert (found.lag, found.waiting) == ({"2": 7, "3": 3}, 10)
    assert (found.workers, found.ready, found.loop_lag_s) == (2, 1, 0.5)
    assert 6 < found.idle_s < 60


def test_a_worker_that_started_anew_counts_from_nothing():
    old, new = Worker(), Worker()
    old.does(Outcome.ENRICHED, times=1_000)
    new.does(Outcome.ENRICHED, times=6)
    assert vitals([Seen(new.scraped(2.0), old.scraped(0.0))]).stories == 3.0


def test_nobody_is_no_error():
    found = vitals([])
    assert (found.workers, found.waiting, found.idle_s) == (0, 0, None)


@pytest.mark.parametrize("text", ["<html>", "up 1\n", ""])
def test_what_is_not_a_worker_s_is_refused(text):
    with pytest.raises(NoWorker):
        Scrape.parse(text, at=0.0)


BOUNDS = (0.1, 1.0, 10.0, math.inf)


@given(st.lists(st.floats(0, 9.9), min_size=1, max_size=50), st.sampled_from([0.5, 0.95, 0.99]))
def test_a_quantile_lies_in_the_bucket_of_the_value_that_it_means(values, share):
    buckets = {bound: float(sum(value <= bound for value in values)) for bound in BOUNDS}
    meant = sorted(values)[math.ceil(share * len(values)) - 1]
    upper = next(bound for bound in BOUNDS if meant <= bound)
    lower = max((bound for bound in BOUNDS if bound < upper), default=0.0)
    assert lower <= quantile(buckets, share) <= upper


def test_a_quantile_beyond_the_last_bound_is_that_bound():
    assert quantile({1.0: 1.0, math.inf: 10.0}, 0.9) == 1.0
    assert quantile({1.0: 0.0, math.inf: 0.0}, 0.9) is None
