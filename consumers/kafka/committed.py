"""Where a group has got to in a partition, from an answer that can be relied on."""

from __future__ import annotations

import asyncio

import structlog
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

log = structlog.get_logger("kawat.lane")

RETRY_S = 0.1


async def committed(
    client: AIOKafkaAdminClient, group: str, partition: TopicPartition, *, mark: tuple[TopicPartition, int]
) -> int | None:
    """The group's committed offset in `partition`; None if it never committed one there.

    Asks until the answer holds the mark: an offset that was just committed for the group in another partition.
    Without it two kinds of answers would send a lane back, as far as the beginning of the topic:

    - While the group's coordinator loads or moves, the broker answers with an error for the whole group and no
      partitions; `AIOKafkaConsumer.committed` looks at the partitions only, and says None.
    - A coordinator that has been started again may take itself for loaded before it has read all of its log, and
      answer with offsets of long ago or none (seen on Apache Kafka 4.4.0: "out of sync with the underlying log").
      The next write makes it notice, and the mark was one.

    Raises:
        KafkaError: one that asking again does not cure.
    """
    marked, position = mark
    while True:
        try:
            found = await client.list_consumer_group_offsets(group, partitions=[partition, marked])
        except KafkaError as error:
            if not error.retriable:
                raise
            found = {}
        if marked in found and found[marked].offset == position and partition in found:
            offset: int = found[partition].offset
            return None if offset < 0 else offset
        log.debug("the group's coordinator does not know what was just committed", group=group)
        await asyncio.sleep(RETRY_S)
