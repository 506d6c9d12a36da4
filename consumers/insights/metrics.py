"""What the insights tell those who watch them: what they read and send, how far they are behind, how much they keep.

Faust's own monitor counts; here it is put into words. Base units, prefix `kawat_insights_`, no unbounded labels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from faust.types import TP
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from config.settings import Settings
from config.topics import TOPICS
from consumers.insights.committed import CommittedApp
from consumers.telemetry.health import HttpServer

CHANGELOGS = "changelogs"


class InsightsMetrics(Collector):
    """What is known of an app when somebody asks."""

    def __init__(self, app: CommittedApp, settings: Settings) -> None:
        """On a registry of its own, which `registry` is."""
        self._app = app
        self._names = {settings.topic(topic.name): topic.name for topic in TOPICS}
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.registry.register(self)

    def problems(self) -> list[str]:
        """What is wrong; nothing when it is at work."""
        if self._app.failure is not None:
            return [f"it ends: {type(self._app.failure).__name__}"]
        if self._app.rebalancing or not self._app.lines:
            return ["no partitions yet: the group rebalances, or tables are restored"]
        return []

    def describe(self) -> Iterator[Metric]:
        """Without values: the app may not have started when it is registered."""
        yield from self._families().values()

    def collect(self) -> Iterator[Metric]:
        app, families = self._app, self._families()
        for name, counted in (
            ("read_records", app.monitor.messages_received_by_topic),
            ("sent_records", app.monitor.messages_sent_by_topic),
        ):
            for topic, count in self._by_topic(counted).items():
                families[name].add_metric([topic], count)
        for topic, count in self._by_topic(self._lag()).items():
            families["lag_records"].add_metric([topic], count)
        for table in app.tables.values():
            families["table_keys"].add_metric([table.name], len(table))
        families["assigned_partitions"].add_metric([], len(app.lines.positions()))
        families["rebalances"].add_metric([], app.rebalancing_count)
        families["ready"].add_metric([], not self.problems())
        yield from families.values()

    def _lag(self) -> Counter[str]:
        """Offsets that are not done, by topic's full name."""
        lag: Counter[str] = Counter()
        for (topic, partition), position in self._app.lines.positions().items():
            end = self._app.monitor.tp_end_offsets.get(TP(topic, partition)) or position
            lag[topic] += max(0, end - position)
        return lag

    def _by_topic(self, counted: dict[str, int]) -> Counter[str]:
        found: Counter[str] = Counter()
        for topic, count in counted.items():
            found[self._names.get(topic, CHANGELOGS)] += count
        return found

    @staticmethod
    def _families() -> dict[str, Any]:
        told: dict[str, Any] = {
            "read_records": CounterMetricFamily(
                "kawat_insights_read_records", "Records read, by topic", labels=["topic"]
            ),
            "sent_records": CounterMetricFamily(
                "kawat_insights_sent_records", "Records sent, by topic", labels=["topic"]
            ),
            "lag_records": GaugeMetricFamily(
                "kawat_insights_lag_records",
                "Offsets of assigned partitions that are not done, by topic; marks of transactions count too",
                labels=["topic"],
            ),
            "table_keys": GaugeMetricFamily(
                "kawat_insights_table_keys", "Keys kept in memory, by table", labels=["table"]
            ),
            "assigned_partitions": GaugeMetricFamily(
                "kawat_insights_assigned_partitions", "Partitions that this process reads"
            ),
            "rebalances": CounterMetricFamily(
                "kawat_insights_rebalances", "Assignments received from the group"
            ),
            "ready": GaugeMetricFamily("kawat_insights_ready", "1 while /readyz says ok, else 0"),
        }
        return told


def watched(app: CommittedApp, settings: Settings) -> HttpServer:
    """`/metrics`, `/healthz` and `/readyz` of the app, not started."""
    metrics = InsightsMetrics(app, settings)
    return HttpServer(
        host=settings.http_host,
        port=settings.insights_http_port,
        registry=metrics.registry,
        alive=list,  # who gets an answer, sees that the loop turns
        ready=metrics.problems,
    )
