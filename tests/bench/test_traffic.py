"""The traffic of a chaos run is what the audit takes it for."""

import itertools
from collections import Counter, defaultdict

import orjson
import pytest

from bench.audit import BAD_KEY
from bench.faults import KINDS, plan
from bench.traffic import traffic

MESSAGES = list(traffic(1_000, seed=3))
STORIES = [m for m in MESSAGES if not m.key.startswith(BAD_KEY)]


def by_story():
    found = defaultdict(list)
    for message in STORIES:
        document = orjson.loads(message.value)
        found[message.key].append((int(document["version"]), document["pubStatus"], message.value))
    return found


def test_the_same_seed_gives_the_same_traffic_and_another_seed_another():
    assert list(traffic(50, seed=3)) == list(traffic(50, seed=3)) != list(traffic(50, seed=4))


def test_messages_come_in_order_of_time_within_the_time():
    times = [message.at for message in MESSAGES]
    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= 1.001


def test_every_story_is_there_under_its_key_and_versions_first_appear_in_order():
    stories = by_story()
    assert len(stories) == 1_000
    for versions in stories.values():
        first_seen = list(dict.fromkeys(version for version, _, _ in versions))
        assert first_seen == sorted(first_seen) == list(range(1, len(first_seen) + 1))


def test_there_are_updates_repeats_latecomers_and_kills():
    seen = Counter()
    for versions in by_story().values():
        numbers = [version for version, _, _ in versions]
        values = [value for _, _, value in versions]
        seen["updated"] += max(numbers) > 1
        seen["repeated"] += len(values) > len(set(values))
        seen["late"] += any(b < a for a, b in itertools.pairwise(numbers))
        seen["killed"] += versions[-1][1] == "canceled"
    assert seen["updated"] > 300
    assert min(seen["repeated"], seen["late"], seen["killed"]) > 20


def test_nothing_follows_a_kill():
    assert all(state != "canceled" for versions in by_story().values() for _, state, _ in versions[:-1])


def test_broken_payloads_are_told_by_their_keys_and_each_key_is_used_once():
    bad = [m.key for m in MESSAGES if m.key.startswith(BAD_KEY)]
    assert len(bad) == len(set(bad)) == 10


@pytest.mark.parametrize("count", [5, 7, 35])
def test_a_plan_has_at_least_one_fault_of_each_kind_in_time(count):
    faults = plan(count, 60, seed=1)
    assert len(faults) == count
    assert {fault.kind for fault in faults} == set(KINDS)
    assert [f.at for f in faults] == sorted(f.at for f in faults)
    assert 60 * 0.08 <= faults[0].at < faults[-1].at <= 60 * 0.92
