"""What workers, insights and live page tell at their `/metrics`."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from config.settings import Settings
from config.topics import TOPICS
from consumers.insights.metrics import InsightsMetrics
from consumers.live.metrics import LiveMetrics
from consumers.telemetry.metrics import Metrics

SUFFIXES = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"], "gauge": [""], "info": [""]}


class Family(NamedTuple):
    """A metric: its name without suffix, the names of its series, its own labels."""

    name: str
    series: tuple[str, ...]
    labels: frozenset[str]


@pytest.fixture(scope="session")
def families():
    """All of them."""
    found = []
    for registry in (Metrics().registry, LiveMetrics(topic.name for topic in TOPICS).registry):
        for collector in registry._collector_to_names:
            labels = getattr(collector, "_labelnames", ())
            found += [(family, labels) for family in collector.collect()]
    told = InsightsMetrics(None, Settings()).describe()
    found += [(family, family._labelnames) for family in told]
    return [
        Family(
            family.name, tuple(family.name + suffix for suffix in SUFFIXES[family.type]), frozenset(labels)
        )
        for family, labels in found
    ]
