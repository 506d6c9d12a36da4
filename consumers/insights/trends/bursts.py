"""Whether more stories name an entity than usual: counts in sliding windows against what came before them."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Burst(StrEnum):
    """How much an entity is in the news, compared with itself."""

    QUIET = "quiet"
    RISING = "rising"
    BURSTING = "bursting"


@dataclass(frozen=True, slots=True)
class Bar:
    """What some window must show: a score, in standard deviations, and so many distinct stories."""

    score: float
    stories: int


WINDOWS: dict[str, int] = {"10m": 600, "1h": 3_600, "24h": 86_400}
"""Length of each window by its name, seconds."""

ENTER: dict[Burst, Bar] = {Burst.BURSTING: Bar(6.0, 5), Burst.RISING: Bar(4.0, 3)}
STAY: dict[Burst, Bar] = {Burst.BURSTING: Bar(5.0, 4), Burst.RISING: Bar(3.0, 2)}
"""A class is left later than it is entered, so that a score at the edge doesn't ring the bell again and again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One window of an entity.

    Attributes:
        window: its name: 10m, 1h or 24h.
        stories: distinct stories in it.
        expected: how many there would be at the rate of the baseline.
        score: how far the stories stand above the baseline, standard deviations; 0 if they don't, or if the wire
            has not been watched for long enough to tell.
    """

    window: str
    stories: int
    expected: float
    score: float


def significance(on: int, off: int, alpha: float) -> float:
    """How many standard deviations `on` events stand above what `off` events elsewhere let expect; 0 if not above.

    The likelihood ratio of two Poisson counts, one rate against two: formula 17 of T.-P. Li and Y.-Q. Ma,
    "Analysis methods for results in gamma-ray astronomy", The Astrophysical Journal 272 (1983), 317-324. Unlike
    (on - expected) / sqrt(expected) it knows that the baseline is a count, too, and holds where it is 0.

    Args:
        on: events in the window.
        off: events in the baseline.
        alpha: the window's length over the baseline's, above 0.
    """
    if on <= alpha * off:
        return 0.0
    both = on + off
    ratio = on * math.log((1 + alpha) / alpha * on / both)
    if off:
        ratio += off * math.log((1 + alpha) * off / both)
    return math.sqrt(2 * max(0.0, ratio))


def measure(times: Sequence[int], *, now: int, since: int, baseline_s: int) -> tuple[Measure, ...]:
    """Each window up to `now`, against the stretch of `baseline_s` seconds before that window.

    Args:
        times: when each distinct story first named the entity, seconds since the epoch, ascending.
        now: the window's end, seconds since the epoch. A story from the future counts as new.
        since: when the wire began to be watched; the baseline begins no earlier.
        baseline_s: length of the baseline. One that is shorter than its window, so far, is none.
    """
    found = []
    for name, length in WINDOWS.items():
        start = now - length
        begin = max(start - baseline_s, since)
        first = bisect_left(times, start)
        on, off = len(times) - first, first - bisect_left(times, begin, 0, first)
        alpha = length / (start - begin) if start - begin >= length else None
        score = significance(on, off, alpha) if alpha else 0.0
        expected = alpha * off if alpha else 0.0
        found.append(Measure(window=name, stories=on, expected=round(expected, 3), score=round(score, 2)))
    return tuple(found)


def classify(measures: Sequence[Measure], current: Burst) -> Burst:
    """The class that the windows call for; `current` is kept while some window still bears it."""
    for burst in (Burst.BURSTING, Burst.RISING):
        staying = burst is current or current is Burst.BURSTING
        if _some(measures, STAY[burst] if staying else ENTER[burst]):
            return burst
    return Burst.QUIET


def _some(measures: Sequence[Measure], bar: Bar) -> bool:
    return any(m.score >= bar.score and m.stories >= bar.stories for m in measures)
