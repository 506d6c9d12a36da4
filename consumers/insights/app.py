"""The Faust app of the insights: one group, one process or several, and the studies that it runs."""

from __future__ import annotations

from pathlib import Path

from config.settings import Settings
from config.topics import Topic
from consumers.insights.boilerplate.study import Boilerplate
from consumers.insights.committed import CommittedApp
from consumers.insights.credentials import credentials
from consumers.insights.speakers.study import Speakers
from consumers.insights.stories.study import Stories
from consumers.insights.study import Study, attend
from consumers.insights.trends.study import Trends

STUDIES: tuple[type[Study], ...] = (Trends, Speakers, Stories, Boilerplate)
"""All that run. Every member of the group must run the same."""


READ: tuple[Topic, ...] = tuple({topic.name: topic for study in STUDIES for topic in study.READS}.values())
WRITTEN: tuple[Topic, ...] = tuple(
    {topic.name: topic for study in STUDIES for topic in study.WRITES}.values()
)


def group_of(settings: Settings) -> str:
    """The consumer group of the insights; the changelogs' names begin with it, too."""
    return f"{settings.group}-insights"


def build(settings: Settings, partitions: int, folder: Path) -> CommittedApp:
    """The app, not started.

    Args:
        settings: broker, names, times.
        partitions: of every topic that is read, and so of the changelogs.
        folder: an existing folder for Faust's own use.
    """
    app = CommittedApp(
        group_of(settings),
        broker=[f"kafka://{server.strip()}" for server in settings.bootstrap_servers.split(",")],
        broker_credentials=credentials(settings),
        broker_session_timeout=settings.session_timeout_ms / 1000,
        broker_heartbeat_interval=settings.session_timeout_ms / 4000,
        broker_commit_interval=1.0,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=settings.instance_id,
        datadir=folder,
        store="memory://",
        producer_linger=0.01,
        stream_ack_exceptions=False,
        stream_ack_cancelled_tasks=False,
        table_standby_replicas=0,
        topic_disable_leader=True,
        topic_partitions=partitions,
        topic_replication_factor=settings.replication_factor,
        web_enabled=settings.insights_web_port > 0,
        web_bind=settings.insights_web_host,
        web_host=settings.insights_web_host,
        web_port=settings.insights_web_port or None,
        canonical_url=settings.insights_web_url or None,
        web_graph_enabled=False,
        web_router_enabled=False,
        web_stats_enabled=False,
        web_tables_enabled=False,  # Faust's own pages show what is in the tables
    )
    attend(app, settings, [study(app, settings, partitions) for study in STUDIES])
    return app
