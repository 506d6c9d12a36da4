"""How many raw records wait for the workers of a group."""

from __future__ import annotations

from dataclasses import dataclass

from config.settings import Settings
from config.topics import RAW
from consumers.kafka import admin
from consumers.tap import opened


@dataclass(frozen=True, slots=True)
class Backlog:
    """Records that wait, markers of transactions among them; `begun`: the group has committed an offset."""

    records: int
    begun: bool


async def backlog(settings: Settings) -> Backlog:
    """Where the settings' group stands.

    Raises:
        KafkaError: the broker failed, or the group may not be looked at.
        TopicMissing: there is no `news.raw`.
    """
    async with opened(settings, settings.topic(RAW.name)) as (consumer, partitions):
        first = await consumer.beginning_offsets(partitions)
        end = await consumer.end_offsets(partitions)
    async with admin.connected(settings) as client:
        committed = await client.list_consumer_group_offsets(settings.group)
    at = {tp: committed[tp].offset for tp in partitions if tp in committed and committed[tp].offset >= 0}
    waiting = sum(max(0, end[tp] - max(at.get(tp, 0), first[tp])) for tp in partitions)
    return Backlog(waiting, bool(at))
