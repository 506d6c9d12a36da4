"""From what was committed to what is counted, for one lane."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import structlog
from aiokafka import TopicPartition

from config.topics import TOPICS
from consumers.metrics import Metrics
from consumers.names import language_name
from consumers.pool.frames import Facts
from consumers.transaction import Written
from consumers.triage import Item, Outcome

log = structlog.get_logger("kawat.lane")


class Accounts:
    """Counts for one partition; only what is committed is counted."""

    def __init__(self, metrics: Metrics, partition: TopicPartition) -> None:
        """`partition` is the raw topic's."""
        self._metrics = metrics
        self._partition = partition
        self._log = log.bind(topic=partition.topic, partition=partition.partition)

    def intake(self, records: int, *, seconds: float) -> None:
        """A run of raw records was read and decided about; each counts with its share of the time."""
        self._metrics.consumed.inc(records)
        for _ in range(records):
            self._metrics.stage.labels("intake").observe(seconds / records)

    def transaction(self, written: Mapping[str, Written], *, seconds: float, records: int) -> None:
        """A transaction was committed; `records` raw records ended with it (0 when it came ahead of its batch)."""
        self._metrics.transactions.labels("committed").inc()
        self._metrics.stage.labels("transaction").observe(seconds)
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
        now = time.time()
        for item in items:
            if item.outcome is None:
                continue
            self._metrics.outcomes.labels(item.outcome.value).inc()
            latency = max(0.0, now - item.record.timestamp / 1000)
            self._metrics.latency.observe(latency)
            if item.outcome is Outcome.KILLED:
                self._metrics.kill_latency.observe(latency)
            elif item.outcome is Outcome.DEAD:
                self._dead(item)
            elif item.result and item.article:
                self._enriched(item.result.facts)
                if made := item.article.version_created or item.article.published:
                    self._metrics.story_age.observe(max(0.0, now - made.timestamp()))

    def _dead(self, item: Item) -> None:
        if error := item.error:
            self._metrics.dead_letters.labels(error.reason, error.stage).inc()
            uri = item.article.uri if item.article else error.uri
            self._log.warning(
                "dead letter",
                reason=error.reason,
                stage=error.stage,
                error=str(error),
                offset=item.record.offset,
                uri=uri,
            )

    def _enriched(self, facts: Facts) -> None:
        metrics = self._metrics
        for stage, seconds in facts.stages.items():
            metrics.stage.labels(stage).observe(seconds)
        for label, count in facts.entities.items():
            metrics.entities.labels(label).inc(count)
        for (kind, attributed), count in facts.quotes.items():
            metrics.quotes.labels(kind, str(attributed).lower()).inc(count)
        metrics.model.labels(*facts.model).set(1)
        metrics.kept.inc(facts.kept)
        metrics.removed.inc(facts.removed)
        self._by_outlet(facts)

    def _by_outlet(self, facts: Facts) -> None:
        """An outlet whose stories suddenly have few entities or quotes has changed its format."""
        metrics = self._metrics
        feed = (metrics.outlets.name(facts.source), language_name(facts.language))
        metrics.outlet_stories.labels(*feed).inc()
        metrics.outlet_entities.labels(*feed).inc(sum(facts.entities.values()))
        for attributed in (True, False):
            count = sum(n for (_, named), n in facts.quotes.items() if named is attributed)
            metrics.outlet_quotes.labels(*feed, str(attributed).lower()).inc(count)
        metrics.outlet_kept.labels(*feed).inc(facts.kept)
        metrics.outlet_removed.labels(*feed).inc(facts.removed)

    def close(self) -> None:
        """The partition is revoked."""
        self._metrics.forget_partition(self._partition.partition)
