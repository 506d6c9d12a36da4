from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.insights.trends.bursts import (
    ENTER,
    STAY,
    WINDOWS,
    Burst,
    Measure,
    classify,
    measure,
    significance,
)

NOW = 1_790_000_000
DAY = 86_400
counts = st.integers(0, 2_000)
alphas = st.floats(1e-4, 2.0)


def measured(times, **changed):
    how = {"now": NOW, "since": NOW - 30 * DAY, "baseline_s": 3 * DAY} | changed
    return {m.window: m for m in measure(sorted(times), **how)}


@pytest.mark.parametrize(
    ("on", "off", "alpha", "expected"),
    [
        # worked by hand from formula 17
        (10, 10, 0.5, math.sqrt(2 * (10 * math.log(3 * 10 / 20) + 10 * math.log(1.5 * 10 / 20)))),
        (5, 0, 1.0, math.sqrt(2 * 5 * math.log(2))),
        (7, 0, 0.01, math.sqrt(2 * 7 * math.log(101))),
    ],
)
def test_the_score_is_that_of_li_and_ma(on, off, alpha, expected):
    assert significance(on, off, alpha) == pytest.approx(expected)


def test_with_many_events_the_score_is_that_of_a_gaussian():
    """(on - alpha off) / sqrt(on + alpha² off), which the paper's formula 5 gives for large counts."""
    on, off, alpha = 10_300, 20_000, 0.5
    assert significance(on, off, alpha) == pytest.approx(300 / math.sqrt(on + alpha**2 * off), rel=0.03)


@given(counts, counts, alphas)
def test_what_is_not_above_the_baseline_has_no_score_and_nothing_has_a_negative_one(on, off, alpha):
    score = significance(on, off, alpha)
    assert score >= 0
    if on <= alpha * off:
        assert score == 0


@given(counts, counts, alphas)
def test_one_more_story_never_lowers_the_score_and_one_more_before_never_raises_it(on, off, alpha):
    score = significance(on, off, alpha)
    assert significance(on + 1, off, alpha) >= score - 1e-6
    assert significance(on, off + 1, alpha) <= score + 1e-6


def test_a_story_counts_in_the_windows_that_reach_back_to_it():
    found = measured([NOW - 601, NOW - 600, NOW - 3_600, NOW - DAY, NOW - DAY - 1])
    assert [found[window].stories for window in WINDOWS] == [1, 3, 4]


def test_the_baseline_is_what_came_before_the_window_not_before_its_length():
    found = measured([NOW - 700, NOW - 600 - 3 * DAY, NOW - 600 - 3 * DAY - 1])
    assert found["10m"].expected == pytest.approx(2 / 432, abs=1e-3)


def test_without_a_baseline_as_long_as_the_window_there_is_no_score():
    times = [NOW - 1] * 50
    found = measured(times, since=NOW - 2 * 3_600)
    assert found["10m"].score > 0
    assert found["1h"].score > 0
    assert found["24h"].score == 0
    assert all(m.score == 0 for m in measured(times, since=NOW).values())


@given(st.lists(st.integers(NOW - 5 * DAY, NOW), max_size=60), st.integers(0, 10 * DAY))
def test_the_count_of_a_window_never_rises_by_time_alone(times, later):
    now, then = measured(times), measured(times, now=NOW + later)
    for window in WINDOWS:
        assert then[window].stories <= now[window].stories


def one(score, stories):
    return [Measure(window="10m", stories=stories, expected=0.0, score=score)]


@pytest.mark.parametrize(
    ("score", "stories", "current", "expected"),
    [
        (3.9, 9, Burst.QUIET, Burst.QUIET),
        (4.0, 3, Burst.QUIET, Burst.RISING),
        (9.0, 2, Burst.QUIET, Burst.QUIET),
        (9.0, 4, Burst.QUIET, Burst.RISING),
        (6.0, 5, Burst.QUIET, Burst.BURSTING),
        (3.0, 2, Burst.RISING, Burst.RISING),
        (2.9, 9, Burst.RISING, Burst.QUIET),
        (9.0, 1, Burst.RISING, Burst.QUIET),
        (5.0, 4, Burst.RISING, Burst.RISING),
        (5.0, 4, Burst.BURSTING, Burst.BURSTING),
        (4.9, 4, Burst.BURSTING, Burst.RISING),
        (3.0, 2, Burst.BURSTING, Burst.RISING),
        (0.0, 0, Burst.BURSTING, Burst.QUIET),
    ],
)
def test_a_class_is_entered_at_its_bar_and_left_below_a_lower_one(score, stories, current, expected):
    assert classify(one(score, stories), current) is expected


def test_one_window_must_show_both_the_score_and_the_stories():
    split = one(9.0, 1) + one(0.0, 50)
    assert classify(split, Burst.QUIET) is Burst.QUIET


def test_every_bar_to_stay_is_below_the_bar_to_enter():
    for burst, bar in ENTER.items():
        assert STAY[burst].score < bar.score
        assert STAY[burst].stories < bar.stories


@given(st.lists(st.tuples(st.floats(0, 12), st.integers(0, 9)), max_size=3), st.sampled_from(Burst))
def test_judging_the_same_counts_again_changes_nothing(windows, current):
    measures = [one(score, stories)[0] for score, stories in windows]
    first = classify(measures, current)
    assert classify(measures, first) is first


def test_an_entity_in_a_steady_stream_of_stories_stays_quiet():
    every_20_minutes = range(NOW - 5 * DAY, NOW, 1_200)
    assert classify(list(measured(every_20_minutes).values()), Burst.QUIET) is Burst.QUIET


def test_a_rare_name_in_five_stories_at_once_bursts():
    assert classify(list(measured([NOW - 60] * 5).values()), Burst.QUIET) is Burst.BURSTING
