"""How the wire is doing: how many stories come, how fresh they are, how much died."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from statistics import median

from aiokafka import ConsumerRecord

from consumers.repair.letters import letter_of, marked

WINDOW_S = 60
DAY_MS = 86_400_000
MOST_LETTERS = 10_000
_MOST_AGES = 1_000


class Pulse:
    """Counts of the last minute, of what came while somebody watched."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """`clock` gives seconds since the epoch."""
        self._clock = clock
        self._began = clock()
        self._counts: deque[tuple[int, int]] = deque()  # second, stories in it
        self._ages: deque[tuple[float, float]] = deque(maxlen=_MOST_AGES)  # when, age
        self._newest: float | None = None

    def story(self, came_ms: int, *, new: bool) -> None:
        """A story is here that came over the wire at a moment; `new`: just now, and not read again at our start."""
        self._newest = max(self._newest or 0.0, came_ms / 1_000)
        if not new:
            return
        now = self._clock()
        second = int(now)
        count = self._counts.pop()[1] if self._counts and self._counts[-1][0] == second else 0
        self._counts.append((second, count + 1))
        self._ages.append((now, max(0.0, now - came_ms / 1_000)))
        self._drop(now)

    def _drop(self, now: float) -> None:
        while self._counts and self._counts[0][0] <= now - WINDOW_S:
            self._counts.popleft()
        while self._ages and self._ages[0][0] <= now - WINDOW_S:
            self._ages.popleft()

    def told(self) -> dict[str, float | None]:
        """rate: stories a second; freshness: from the raw record's time stamp until it is here, median, seconds;
        newest: how long ago the newest story came over the wire, seconds. None where nothing came.
        """
        now = self._clock()
        self._drop(now)
        watched = min(WINDOW_S, max(1.0, now - self._began))
        return {
            "rate": round(sum(count for _, count in self._counts) / watched, 3),
            "freshness": round(median(age for _, age in self._ages), 3) if self._ages else None,
            "newest": None if self._newest is None else round(max(0.0, now - self._newest), 1),
        }


class Letters:
    """The dead letters of the last day that did not go back yet."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """`clock` gives seconds since the epoch."""
        self._clock = clock
        self._waiting: OrderedDict[tuple[int, int], int] = OrderedDict()  # place, time stamp

    def take(self, record: ConsumerRecord) -> None:
        """A record of `news.dlq`."""
        if letter := letter_of(record):
            self._waiting[letter.place] = letter.timestamp
            if len(self._waiting) > MOST_LETTERS:
                self._waiting.popitem(last=False)
        elif (offset := marked(record)) is not None:
            self._waiting.pop((record.partition, offset), None)

    def count(self) -> int:
        """How many; at most `MOST_LETTERS`."""
        since = self._clock() * 1_000 - DAY_MS
        for place in [place for place, stamp in self._waiting.items() if stamp < since]:
            del self._waiting[place]
        return len(self._waiting)
