"""What is counted, for the people who watch. Base units, prefix `kawat_`, no unbounded labels.

Story labels are closed sets (outcomes, reasons, stages, entity labels, quote kinds), or bounded ones (outlets, see
`consumers.telemetry.names`); labels of a partition go away when the partition is revoked.
"""

from __future__ import annotations

import contextlib
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

from consumers.telemetry.names import OutletNames

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_STAGE_SECONDS = (
    0.0001,
    0.00025,
    0.0005,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1,
    2.5,
    5,
    10,
)
_AGE_SECONDS = (1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600, 7 * 24 * 3600)

ENDS = ("timeout", "crash", "memory", "grown", "start", "nursery")  # of NLP processes, see `PoolWatch`


class Metrics:
    """All metrics of one worker, on a registry of their own."""

    def __init__(self) -> None:
        """Register everything, so that every series with a closed set of labels exists from the start."""
        self.registry = CollectorRegistry()
        self.outlets = OutletNames()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        r = self.registry

        self.consumed = Counter("kawat_consumed_records_total", "Raw records read", registry=r)
        self.published = Counter(
            "kawat_published_records_total", "Records committed, by topic", ["topic"], registry=r
        )
        self.outcomes = Counter(
            "kawat_story_outcomes_total",
            "What became of each story: enriched, duplicate, stale, killed, withheld, dead",
            ["outcome"],
            registry=r,
        )
        self.replayed = Counter(
            "kawat_replayed_stories_total",
            "Stories that `kawat replay` sent once more; they count in no latency",
            registry=r,
        )
        self.dead_letters = Counter(
            "kawat_dead_letters_total", "Dead letters by reason and stage", ["reason", "stage"], registry=r
        )
        self.stage = Histogram(
            "kawat_stage_duration_seconds",
            "Time of one stage for one story (intake, clean, language, entities, quotes, document) or, for "
            "the stage transaction, for one batch",
            ["stage"],
            buckets=_STAGE_SECONDS,
            registry=r,
        )
        self.latency = Histogram(
            "kawat_latency_seconds",
            "From a raw record's time stamp until its results are committed",
            buckets=_SECONDS,
            registry=r,
        )
        self.kill_latency = Histogram(
            "kawat_kill_latency_seconds",
            "From a kill's time stamp until it is committed",
            buckets=_SECONDS,
            registry=r,
        )
        self.story_age = Histogram(
            "kawat_story_age_seconds",
            "Age of a story (since the newsroom made this version) when its results are committed",
            buckets=_AGE_SECONDS,
            registry=r,
        )
        self.lag = Gauge(
            "kawat_lag_records",
            "Raw records not yet committed, by the client's high-water mark",
            ["partition"],
            registry=r,
        )
        self.batch = Histogram(
            "kawat_batch_records",
            "Raw records in one transaction",
            buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
            registry=r,
        )
        self.transactions = Counter(
            "kawat_transactions_total", "Transactions by result: committed, failed", ["result"], registry=r
        )
        self.fenced = Counter(
            "kawat_lanes_fenced_total", "Lanes whose producer was fenced by another", registry=r
        )
        self.claims = Histogram(
            "kawat_lane_claim_seconds",
            "From a partition's assignment until its first record may be read",
            buckets=_SECONDS,
            registry=r,
        )
        self.rebalances = Counter("kawat_rebalances_total", "Assignments received from the group", registry=r)
        self.assigned = Gauge(
            "kawat_assigned_partitions", "Partitions of the raw topic that this worker owns", registry=r
        )
        self.entities = Counter("kawat_entities_total", "Entities found, by label", ["label"], registry=r)
        self.quotes = Counter(
            "kawat_quotes_total",
            "Quotes found, by kind and whether a speaker was named",
            ["kind", "attributed"],
            registry=r,
        )
        self.removed = Counter(
            "kawat_removed_characters_total", "Characters taken out as boilerplate", registry=r
        )
        self.kept = Counter("kawat_kept_characters_total", "Characters of clean text", registry=r)

        feed = ["outlet", "language"]
        self.outlet_stories = Counter(
            "kawat_outlet_stories_total", "Stories enriched, by outlet and language", feed, registry=r
        )
        self.outlet_entities = Counter(
            "kawat_outlet_entities_total", "Entities found, by outlet and language", feed, registry=r
        )
        self.outlet_quotes = Counter(
            "kawat_outlet_quotes_total",
            "Quotes found, by outlet, language and whether a speaker was named",
            [*feed, "attributed"],
            registry=r,
        )
        self.outlet_kept = Counter(
            "kawat_outlet_kept_characters_total",
            "Characters of clean text, by outlet and language",
            feed,
            registry=r,
        )
        self.outlet_removed = Counter(
            "kawat_outlet_removed_characters_total",
            "Characters taken out as boilerplate, by outlet and language",
            feed,
            registry=r,
        )

        self.pool_size = Gauge("kawat_pool_processes", "NLP processes that are wanted", registry=r)
        self.pool_alive = Gauge(
            "kawat_pool_processes_alive", "NLP processes that are loaded and well", registry=r
        )
        self.pool_busy = Gauge("kawat_pool_processes_busy", "NLP processes with a story in hand", registry=r)
        self.pool_queued = Gauge(
            "kawat_pool_queued_stories", "Stories that wait for an NLP process", registry=r
        )
        self.pool_started = Histogram(
            "kawat_pool_process_start_seconds",
            "Time until a new NLP process is ready",
            buckets=_SECONDS,
            registry=r,
        )
        self.pool_loaded = Gauge(
            "kawat_chain_load_seconds", "Time it took to load the chain and its model", registry=r
        )
        self.pool_ended = Counter(
            "kawat_pool_process_ends_total", "NLP processes that ended, by reason", ["reason"], registry=r
        )

        self.progress = Gauge(
            "kawat_last_progress_timestamp_seconds",
            "When this worker last committed a transaction",
            registry=r,
        )
        self.ready = Gauge("kawat_ready", "1 while /readyz says ok, else 0", registry=r)
        self.memory = Gauge(
            "kawat_memory_bytes", "Memory of the worker and its NLP processes, shared pages once", registry=r
        )
        self.memory_limit = Gauge(
            "kawat_memory_limit_bytes", "What the container, else the machine, has of it", registry=r
        )
        self.loop_lag = Gauge(
            "kawat_event_loop_lag_seconds", "How late the event loop last woke up", registry=r
        )
        self.model = Gauge(
            "kawat_model_info", "The model that enriches stories", ["name", "version"], registry=r
        )
        Gauge("kawat_build_info", "Version of Kawat", ["version"], registry=r).labels(version("kawat")).set(1)
        self._preset()

    def _preset(self) -> None:
        """Series that are zero are shown as zero, so that rates and alerts see the first event."""
        for outcome in ("enriched", "duplicate", "stale", "killed", "withheld", "dead"):
            self.outcomes.labels(outcome)
        for result in ("committed", "failed"):
            self.transactions.labels(result)
        for reason in ENDS:
            self.pool_ended.labels(reason)

    def forget_partition(self, partition: int) -> None:
        """A revoked partition is another worker's to report."""
        with contextlib.suppress(KeyError):
            self.lag.remove(str(partition))

    # the pool's watch (`consumers.pool.keeper.PoolWatch`)

    def chain_loaded(self, seconds: float) -> None:
        self.pool_loaded.set(seconds)

    def process_started(self, seconds: float) -> None:
        self.pool_started.observe(seconds)

    def process_ended(self, reason: str) -> None:
        self.pool_ended.labels(reason).inc()
