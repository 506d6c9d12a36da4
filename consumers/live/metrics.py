"""What the live page counts, for the people who watch it. Base units, prefix `kawat_live_`, no unbounded labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

from consumers.live.board import Board

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class LiveMetrics:
    """All metrics of one live page, on a registry of their own."""

    def __init__(self, topics: Iterable[str]) -> None:
        """`topics`: the names, without prefix, of those that are read; they are shown as zero from the start."""
        self.registry = r = CollectorRegistry()
        ProcessCollector(registry=r)
        PlatformCollector(registry=r)
        self.read = Counter("kawat_live_read_records_total", "Records read, by topic", ["topic"], registry=r)
        self.unreadable = Counter(
            "kawat_live_unreadable_records_total", "Records passed over that are none of ours", registry=r
        )
        self.latency = Histogram(
            "kawat_live_latency_seconds",
            "From a raw record's time stamp until its story is on the page; of what came since the start",
            buckets=_SECONDS,
            registry=r,
        )
        self.behind = Gauge(
            "kawat_live_behind_records",
            "Offsets from where the page reads to the ends of its topics",
            registry=r,
        )
        self.refused = Counter(
            "kawat_live_refused_readers_total", "Readers sent away, since there were too many", registry=r
        )
        self._readers = Gauge("kawat_live_readers", "Browsers that are connected", registry=r)
        self._shown = Gauge(
            "kawat_live_shown_records", "What stands on the page, by kind", ["kind"], registry=r
        )
        self._ready = Gauge("kawat_live_ready", "1 while /readyz says ok, else 0", registry=r)
        for topic in topics:
            self.read.labels(topic)

    def ask(self, board: Board, *, readers: Callable[[], int], problems: Callable[[], list[str]]) -> None:
        """Say where the gauges are read when somebody asks."""
        for kind in board.limits:
            self._shown.labels(kind).set_function(partial(board.count, kind))
        self._readers.set_function(readers)
        self._ready.set_function(lambda: not problems())
