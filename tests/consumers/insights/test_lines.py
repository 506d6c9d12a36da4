from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.insights.lines import LONGEST_S, PATIENCE_S, Lines

P = ("topic", 0)
Q = ("topic", 1)


@pytest.fixture
def lines():
    """Partition P from offset 10 on, sought, with 10, 11 and 14 fetched."""
    lines = Lines()
    lines.begin({P: 10})
    lines.sought(lines.lost(0.0))
    lines.fetched({P: [10, 11, 14]})
    return lines


def do(lines, offset, partition=P):
    """Whether the event was done."""
    line = lines.next(partition, offset)
    if line is None:
        return False
    with line.doing(offset):
        pass
    return True


def test_what_is_committed_follows_what_is_done(lines):
    assert lines.committable() == {}
    assert do(lines, 10)
    assert do(lines, 11)
    assert lines.committable() == {P: 12}
    lines.committed({P: 12})
    assert lines.committable() == {}
    assert do(lines, 14)
    assert lines.committable() == {P: 15}


def test_a_partition_is_sought_before_anything_of_it_is_handed_on():
    lines = Lines()
    lines.begin({P: 10})
    assert lines.fetched({P: [12, 13]}) == set()
    assert lines.lost(0.0) == {P: 10}
    lines.sought({P: 10})
    assert lines.lost(0.0) == {}
    assert lines.fetched({P: [10, 11]}) == {P}


def test_only_what_is_assigned_is_kept(lines):
    lines.begin({Q: 3})
    lines.keep({Q})
    assert not do(lines, 10)
    assert lines.lost(0.0) == {Q: 3}


def test_a_partition_that_begins_anew_while_it_is_sought_is_sought_again():
    lines = Lines()
    lines.begin({P: 10})
    lost = lines.lost(0.0)
    lines.begin({P: 4})
    lines.sought(lost)
    assert lines.fetched({P: [10, 11]}) == set()
    assert lines.lost(0.0) == {P: 4}


def test_a_partition_that_is_not_ready_gives_nothing(lines):
    assert lines.fetched({Q: [0]}) == set()
    assert not do(lines, 0, Q)


def test_an_event_whose_forerunner_was_lost_is_not_done_and_both_are_read_again(lines):
    assert do(lines, 10)
    assert not do(lines, 14)
    assert lines.committable() == {P: 11}
    assert lines.lost(0.0) == {P: 11}


def test_an_event_that_comes_twice_is_done_once(lines):
    assert do(lines, 10)
    assert not do(lines, 10)
    assert lines.lost(0.0) == {}


def test_an_event_that_fails_is_not_done(lines):
    with pytest.raises(ValueError, match="no"), lines.next(P, 10).doing(10):
        raise ValueError("no")
    assert lines.committable() == {}


def test_the_last_event_is_read_again_where_it_does_not_come(lines):
    do(lines, 10)
    do(lines, 11)
    assert lines.lost(100.0) == {}
    assert lines.lost(100.0 + PATIENCE_S - 1) == {}
    assert lines.lost(100.0 + PATIENCE_S) == {P: 12}


def test_an_event_that_stands_in_line_behind_those_of_other_partitions_is_not_lost(lines):
    lines.begin({Q: 0})
    lines.sought(lines.lost(0.0))
    lines.fetched({Q: range(100)})
    now, last = 0.0, LONGEST_S
    assert lines.lost(now) == {}
    for offset in range(100):
        now += PATIENCE_S - 1
        if now >= last:
            break
        assert do(lines, offset, Q)
        assert lines.lost(now) == {}
    assert lines.lost(last) == {P: 10}  # unless nothing else ever tells


def test_an_event_at_work_is_not_lost_however_long_it_takes(lines):
    with lines.next(P, 10).doing(10):
        lines.lost(0.0)
        assert lines.lost(PATIENCE_S * 2) == {}


def test_work_from_before_a_rebalance_counts_no_more(lines):
    old = lines.next(P, 10)
    with old.doing(10):
        lines.end([P])
        lines.begin({P: 10})
    assert lines.committable() == {}
    assert lines.lost(0.0) == {P: 10}


def test_what_is_fetched_again_while_its_first_copy_is_at_work_is_done_once(lines):
    with lines.next(P, 10).doing(10):
        lines.dropped([P])
        lines.sought(lines.lost(0.0))
        lines.fetched({P: [10, 11, 14]})
    assert not do(lines, 10)
    assert do(lines, 11)


FATE = st.sampled_from(["arrives", "arrives", "arrives", "cleared", "interrupted", "rebalanced"])


@given(
    offsets=st.lists(st.integers(0, 60), unique=True, min_size=1).map(sorted),
    fates=st.lists(st.tuples(FATE, st.integers(1, 5)), max_size=60),
)
def test_whatever_is_lost_on_the_way_nothing_is_passed_over(offsets, fates):
    """A log with holes, a reader whose position only seeking mends, a queue that is cleared at any time."""
    lines, queue, done, committed = Lines(), deque(), [], 0
    position, now = 0, 0.0
    lines.begin({P: 0})
    for fate, count in [*fates, *[("arrives", 5)] * (3 * len(offsets) + 6)]:
        now += PATIENCE_S
        if fate == "rebalanced":
            lines.end([P])
            lines.begin({P: committed})
            continue
        lost = lines.lost(now)
        position = lost.get(P, position)
        lines.sought(lost)
        fetched = [offset for offset in offsets if offset >= position][:count]
        position = fetched[-1] + 1 if fetched else position
        if fate == "interrupted":
            lines.dropped([P])
        elif P in lines.fetched({P: fetched}):
            queue.extend(fetched)
        if fate == "cleared":
            queue.clear()
        for _ in range(min(count, len(queue))):
            offset = queue.popleft()
            if do(lines, offset):
                done.append(offset)
        committed = lines.committable().get(P, committed)
        assert set(done) >= {offset for offset in offsets if offset < committed}
    assert set(done) == set(offsets)
    assert committed == offsets[-1] + 1
