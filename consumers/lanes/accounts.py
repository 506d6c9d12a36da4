"""From what was committed to what is counted, for one lane."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import cache

import structlog
from aiokafka import TopicPartition
from prometheus_client import Counter

from config.topics import TOPICS
from consumers.lanes.events import trace_context
from consumers.lanes.transaction import Written
from consumers.lanes.triage import Item, Outcome
from consumers.pool.frames import Facts
from consumers.telemetry.metrics import Metrics
from consumers.telemetry.names import language_name
from consumers.telemetry.traces import Traces

log = structlog.get_logger("kawat.lane")

_TOLD = {True: "true", False: "false"}


class Accounts:
    """Counts for one partition; only what is committed is counted."""

    def __init__(self, metrics: Metrics, partition: TopicPartition, traces: Traces | None = None) -> None:
        """`partition` is the raw topic's; `traces` is told of each batch, if there is one."""
        self._traces = traces
        self._metrics = metrics
        self._partition = partition
        self._log = log.bind(topic=partition.topic, partition=partition.partition)
        self._model: tuple[str, str] | None = None
        self._stage = cache(metrics.stage.labels)  # the client's own look-up costs more than what it leads to

    def intake(self, records: int, *, seconds: float) -> None:
        """A run of raw records was read and decided about; each counts with its share of the time."""
        self._metrics.consumed.inc(records)
        for _ in range(records):
            self._stage("intake").observe(seconds / records)

    def transaction(self, written: Mapping[str, Written], *, seconds: float, records: int) -> None:
        """A transaction was committed; `records` raw records ended with it (0 when it came ahead of its batch)."""
        self._metrics.transactions.labels("committed").inc()
        self._stage("transaction").observe(seconds)
        self._metrics.progress.set_to_current_time()
        if records:
            self._metrics.batch.observe(records)
        for name, place in written.items():
            short = next(topic.name for topic in TOPICS if name.endswith(topic.name))
            self._metrics.published.labels(short).inc(place.records)

    def lag(self, next_offset: int, highwater: int | None) -> None:
        """Where the group stands, and where the partition ends as far as the client knows."""
        if highwater is not None:
            self._metrics.lag.labels(str(self._partition.partition)).set(max(0, highwater - next_offset))

    def items(self, items: Sequence[Item]) -> None:
        """What became of each story, how long it took, how old it is."""
        now, sums = time.time(), _Sums()
        for item in items:
            if item.outcome is None:
                continue
            sums.add(self._metrics.outcomes, item.outcome.value)
            if item.replayed:  # how long ago it came is no measure of how we work
                sums.add(self._metrics.replayed)
            elif not item.released:  # nor is how long an embargo was
                self._times(item, now)
            if item.outcome is Outcome.DEAD:
                self._dead(item)
            elif item.result:
                self._enriched(item.result.facts, sums)
        sums.count()
        if self._traces and items:
            self._traces.batch(self._partition, items)

    def _times(self, item: Item, now: float) -> None:
        latency = max(0.0, now - item.record.timestamp / 1000)
        self._metrics.latency.observe(latency)
        if item.outcome is Outcome.KILLED:
            self._metrics.kill_latency.observe(latency)
        elif (
            item.result and item.article and (made := item.article.version_created or item.article.published)
        ):
            self._metrics.story_age.observe(max(0.0, now - made.timestamp()))

    def _dead(self, item: Item) -> None:
        if error := item.error:
            self._metrics.dead_letters.labels(error.reason, error.stage).inc()
            uri = item.article.uri if item.article else error.uri
            context = trace_context(item.record.headers)
            self._log.warning(
                "dead letter",
                reason=error.reason,
                stage=error.stage,
                error=str(error),
                offset=item.record.offset,
                uri=uri,
                **({"trace": context[0]} if context else {}),
            )

    def _enriched(self, facts: Facts, sums: _Sums) -> None:
        metrics = self._metrics
        for stage, seconds in facts.stages.items():
            self._stage(stage).observe(seconds)
        for label, count in facts.entities.items():
            sums.add(metrics.entities, label, by=count)
        sums.add(metrics.kept, by=facts.kept)
        sums.add(metrics.removed, by=facts.removed)
        if facts.model != self._model:
            self._model = facts.model
            metrics.model.labels(*facts.model).set(1)
        # an outlet whose stories suddenly have few entities or quotes has changed its format
        feed = (metrics.outlets.name(facts.source), language_name(facts.language))
        sums.add(metrics.outlet_stories, *feed)
        sums.add(metrics.outlet_entities, *feed, by=sum(facts.entities.values()))
        for (kind, attributed), count in facts.quotes.items():
            sums.add(metrics.quotes, kind, _TOLD[attributed], by=count)
        for attributed, told in _TOLD.items():
            count = sum([n for (_, named), n in facts.quotes.items() if named is attributed])
            sums.add(metrics.outlet_quotes, *feed, told, by=count)
        sums.add(metrics.outlet_kept, *feed, by=facts.kept)
        sums.add(metrics.outlet_removed, *feed, by=facts.removed)

    def close(self) -> None:
        """The partition is revoked."""
        self._metrics.forget_partition(self._partition.partition)


class _Sums:
    """What a batch adds to counters: each series is looked up once a batch, not once a story."""

    def __init__(self) -> None:
        self._sums: dict[tuple[Counter, tuple[str, ...]], int] = {}

    def add(self, counter: Counter, *labels: str, by: int = 1) -> None:
        series = (counter, labels)
        self._sums[series] = self._sums.get(series, 0) + by

    def count(self) -> None:
        """To the counters."""
        for (counter, labels), amount in self._sums.items():
            (counter.labels(*labels) if labels else counter).inc(amount)
