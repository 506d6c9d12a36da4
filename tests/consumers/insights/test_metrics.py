"""What the insights tell those who watch them."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest
from faust.types import TP

from config.settings import Settings
from consumers.insights.lines import Lines
from consumers.insights.metrics import InsightsMetrics, watched

SETTINGS = Settings(topic_prefix="test.", insights_http_port=0)


@pytest.fixture
def app():
    """As much of the app as is asked."""
    monitor = SimpleNamespace(
        messages_received_by_topic=Counter({"test.news.entities": 3, "kawat-insights-tallies-changelog": 4}),
        messages_sent_by_topic=Counter({"test.news.mentions": 5}),
        tp_end_offsets={TP("test.news.entities", 0): 10, TP("test.news.mentions", 0): None},
    )
    tables = {"tallies": type("Table", (dict,), {"name": "tallies"})(a=1, b=2)}
    return SimpleNamespace(
        failure=None, rebalancing=False, rebalancing_count=2, lines=Lines(), monitor=monitor, tables=tables
    )


@pytest.fixture
def metrics(app):
    return InsightsMetrics(app, SETTINGS)


def test_records_are_told_by_the_names_of_our_topics_and_all_changelogs_are_one(metrics):
    value = metrics.registry.get_sample_value
    assert value("kawat_insights_read_records_total", {"topic": "news.entities"}) == 3
    assert value("kawat_insights_read_records_total", {"topic": "changelogs"}) == 4
    assert value("kawat_insights_sent_records_total", {"topic": "news.mentions"}) == 5


def test_lag_is_what_stands_behind_the_last_that_was_done(app, metrics):
    app.lines.begin(
        {TP("test.news.entities", 0): 4, TP("test.news.entities", 1): 7, TP("test.news.mentions", 0): 1}
    )
    value = metrics.registry.get_sample_value
    assert value("kawat_insights_lag_records", {"topic": "news.entities"}) == 6
    assert value("kawat_insights_lag_records", {"topic": "news.mentions"}) == 0
    assert value("kawat_insights_assigned_partitions") == 3
    assert value("kawat_insights_table_keys", {"table": "tallies"}) == 2
    assert value("kawat_insights_rebalances_total") == 2


def test_it_is_ready_with_partitions_and_not_while_they_come_or_when_it_ends(app, metrics):
    def ready():
        return metrics.registry.get_sample_value("kawat_insights_ready"), metrics.problems()

    assert ready() == (0, ["no partitions yet: the group rebalances, or tables are restored"])
    app.lines.begin({TP("test.news.entities", 0): 0})
    assert ready() == (1, [])
    app.rebalancing = True
    assert ready()[0] == 0
    app.rebalancing, app.failure = False, ValueError("never shown")
    assert ready() == (0, ["it ends: ValueError"])


async def test_it_serves_them(app):
    server = watched(app, SETTINGS)
    await server.start()
    assert server.address.startswith("127.0.0.1:")
    await server.stop()
