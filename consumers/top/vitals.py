"""From scrapes to figures: what came of the time between two of them, and how things stand."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from consumers.top.scrape import Scrape

QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """Figures of one worker, or of several taken together.

    Attributes:
        window_s: what rates and latencies are about, seconds; 0 when there is only one scrape: they are then about
            all the time since the workers started, and rates are None.
        workers: how many answer.
        ready: how many of them say that they are at work.
        stories: stories a second that an outcome was found for.
        outcomes, dead_letters: totals since the workers started, by outcome and by reason.
        outcome_rates: a second.
        latency, kill_latency: seconds, by quantile (p50, p95, p99); None: no story in the window.
        lag: raw records that wait, by partition.
        idle_s: since the last commit of any of them; None: there was none.
        memory_limit: bytes; 0 when it is not known.
        loop_lag_s: the worst.
    """

    window_s: float
    workers: int
    ready: int
    stories: float | None
    outcomes: dict[str, float]
    outcome_rates: dict[str, float | None]
    dead_letters: dict[str, float]
    latency: dict[str, float | None]
    kill_latency: dict[str, float | None]
    lag: dict[str, float]
    partitions: float
    pool_wanted: float
    pool_alive: float
    pool_busy: float
    pool_queued: float
    pool_ended: dict[str, float]
    committed: float | None
    failed: float
    fenced: float
    rebalances: float
    replayed: float
    memory: float
    memory_limit: float
    loop_lag_s: float
    idle_s: float | None
    models: tuple[str, ...]

    @property
    def waiting(self) -> float:
        """Raw records that wait, in all partitions."""
        return sum(self.lag.values())


@dataclass(frozen=True, slots=True)
class Seen:
    """A worker now, and some time before (None: it was not there)."""

    now: Scrape
    before: Scrape | None = None

    def gained(self, name: str, labels: Mapping[str, str] | None = None) -> float:
        """By how much a counter rose; one that has fallen belongs to a worker that started anew."""
        now = self.now.value(name, **(labels or {})) or 0.0
        was = (self.before.value(name, **(labels or {})) if self.before else None) or 0.0
        return now - was if now >= was else now


def vitals(workers: Iterable[Seen]) -> Vitals:
    """Figures of workers taken together."""
    seen = list(workers)
    spans = [one.now.at - one.before.at for one in seen if one.before]
    window = max(spans, default=0.0)
    latest = max((one.now.value("kawat_last_progress_timestamp_seconds") or 0.0 for one in seen), default=0.0)
    outcomes = _by(seen, "kawat_story_outcomes_total", "outcome")
    rates = {
        outcome: _rate(seen, "kawat_story_outcomes_total", window, {"outcome": outcome})
        for outcome in outcomes
    }
    known = [rate for rate in rates.values() if rate is not None]
    return Vitals(
        window_s=window,
        workers=len(seen),
        ready=int(_sum(seen, "kawat_ready")),
        stories=sum(known) if known else None,
        outcomes=outcomes,
        outcome_rates=rates,
        dead_letters=_by(seen, "kawat_dead_letters_total", "reason"),
        latency=_quantiles(seen, "kawat_latency_seconds"),
        kill_latency=_quantiles(seen, "kawat_kill_latency_seconds"),
        lag=_by(seen, "kawat_lag_records", "partition"),
        partitions=_sum(seen, "kawat_assigned_partitions"),
        pool_wanted=_sum(seen, "kawat_pool_processes"),
        pool_alive=_sum(seen, "kawat_pool_processes_alive"),
        pool_busy=_sum(seen, "kawat_pool_processes_busy"),
        pool_queued=_sum(seen, "kawat_pool_queued_stories"),
        pool_ended=_by(seen, "kawat_pool_process_ends_total", "reason"),
        committed=_rate(seen, "kawat_transactions_total", window, {"result": "committed"}),
        failed=sum(one.now.value("kawat_transactions_total", result="failed") or 0.0 for one in seen),
        fenced=_sum(seen, "kawat_lanes_fenced_total"),
        rebalances=_sum(seen, "kawat_rebalances_total"),
        replayed=_sum(seen, "kawat_replayed_stories_total"),
        memory=_sum(seen, "kawat_memory_bytes"),
        memory_limit=_sum(seen, "kawat_memory_limit_bytes"),
        loop_lag_s=max((one.now.value("kawat_event_loop_lag_seconds") or 0.0 for one in seen), default=0.0),
        idle_s=max(0.0, time.time() - latest) if latest else None,
        models=tuple(sorted(_models(seen))),
    )


def _sum(seen: list[Seen], name: str) -> float:
    return sum(one.now.value(name) or 0.0 for one in seen)


def _by(seen: list[Seen], name: str, label: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in seen:
        for key, value in one.now.by(name, label).items():
            found[key] = found.get(key, 0.0) + value
    return found


def _rate(seen: list[Seen], name: str, window: float, labels: Mapping[str, str]) -> float | None:
    return sum(one.gained(name, labels) for one in seen if one.before) / window if window else None


def _models(seen: list[Seen]) -> set[str]:
    labels = (dict(labels) for one in seen for (name, labels) in one.now.values if name == "kawat_model_info")
    return {f"{found['name']} {found['version']}" for found in labels}


def _quantiles(seen: list[Seen], name: str) -> dict[str, float | None]:
    bounds = {bound for one in seen for bound in one.now.by(f"{name}_bucket", "le")}
    buckets = {
        float(bound): sum(one.gained(f"{name}_bucket", {"le": bound}) for one in seen) for bound in bounds
    }
    return {key: quantile(buckets, share) for key, share in QUANTILES.items()}


def quantile(buckets: Mapping[float, float], share: float) -> float | None:
    """A quantile by a histogram, linear within a bucket, as Prometheus has it.

    Args:
        buckets: how many values were at most each bound, the last bound being infinite.
        share: in (0, 1).

    Returns:
        None if there were no values; the greatest finite bound if the quantile lies beyond it.
    """
    total = buckets.get(math.inf, 0.0)
    if not total:
        return None
    low, below = 0.0, 0.0
    for bound in sorted(buckets):
        if buckets[bound] >= share * total:
            if math.isinf(bound):
                return low
            inside = buckets[bound] - below
            return low + (bound - low) * ((share * total - below) / inside if inside else 1.0)
        low, below = bound, buckets[bound]
    return low
