"""Where a group has got to in a partition, so that "nothing committed" is never mistaken for "no answer"."""

from __future__ import annotations

import asyncio

import structlog
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

log = structlog.get_logger("kawat.lane")

RETRY_S = 0.1


async def committed(client: AIOKafkaAdminClient, group: str, partition: TopicPartition) -> int | None:
    """The group's committed offset; None if it never committed one there. Waits while the broker can't tell.

    While the group's coordinator loads or moves, the broker answers with an error for the whole group and no
    partitions. `AIOKafkaConsumer.committed` looks at the partitions only and says None then, and whoever believes
    it starts at the beginning of the topic. The admin client's answer shows the difference: a partition without an
    offset is there, with -1.

    Raises:
        KafkaError: one that asking again does not cure.
    """
    while True:
        try:
            found = await client.list_consumer_group_offsets(group, partitions=[partition])
        except KafkaError as error:
            if not error.retriable:
                raise
            found = {}
        if partition in found:
            offset: int = found[partition].offset
            return None if offset < 0 else offset
        log.debug("the group's coordinator can't tell its offsets yet", group=group)
        await asyncio.sleep(RETRY_S)
