"""The topics of the tables' changes, made before Faust starts.

Faust makes them itself when it starts, but two members that start at once get in each other's way: one sees a topic
that is half made, and ends with a PartitionsMismatch.
"""

from __future__ import annotations

import asyncio
import contextlib

from aiokafka.admin import NewTopic

from config.settings import Settings
from consumers.insights.committed import CommittedApp
from consumers.kafka import admin

_EXISTS = 36
_READY_TIMEOUT_S = 15.0


class ChangelogUnfit(admin.OperatorError):
    """A changelog can't be made, or has other partitions than what it stands beside."""


async def ensure(app: CommittedApp, settings: Settings, partitions: int) -> None:
    """Makes the changelogs that are missing; returns when the broker knows them all.

    Raises:
        ChangelogUnfit: see there; the message says what to do.
        KafkaConnectionError: no broker answers.
    """
    names = [table.changelog_topic_name for table in app.tables.values()]
    async with admin.connected(settings) as client:
        counts = await admin.partition_counts(client)
        missing = [name for name in names if name not in counts]
        if missing:
            policy = {"cleanup.policy": "compact"}
            response = await client.create_topics(
                [
                    NewTopic(name, partitions, settings.replication_factor, topic_configs=policy)
                    for name in missing
                ]
            )
            refused = [
                f"{name}: {message or f'error {code}'}"
                for name, code, message in response.topic_errors
                if code not in (0, _EXISTS)  # somebody else may have been quicker
            ]
            if refused:
                raise ChangelogUnfit(
                    f"the broker refuses to create topics (partitions={partitions}, "
                    f"replication_factor={settings.replication_factor}, {policy}); make them by hand\n"
                    + "\n".join(refused)
                )
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_READY_TIMEOUT_S):
                    while any(counts.get(name) != partitions for name in names):
                        await asyncio.sleep(0.1)
                        counts = await admin.partition_counts(client)
    for name in names:
        if counts.get(name) != partitions:
            raise ChangelogUnfit(
                f"{name} has {counts.get(name, 0)} partitions and the topics beside it {partitions}: stop all of "
                "`kawat insights`, delete it, and let its group begin anew (docs/insights.md)"
            )
