"""Kafka for those who watch the worker from outside: make the topics, read them whole, ask how far a group is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from config.settings import Settings
from config.topics import TOPICS

# every record that was ever written stays countable: no compaction while we watch
COUNTABLE = {"cleanup.policy": "delete"}


class NotReadable(RuntimeError):
    """A topic could not be read to its end: a transaction is still open, or the broker is gone."""


@asynccontextmanager
async def admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """An admin client that waits for a broker which is still starting."""
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        for attempt in range(100):
            try:
                await client.start()
                break
            except KafkaError:
                if attempt == 99:
                    raise
                await asyncio.sleep(0.2)
        yield client
    finally:
        await client.close()


async def create_topics(settings: Settings, config: Mapping[str, Mapping[str, str]] | None = None) -> None:
    """All topics of `config.topics` under the settings' prefix, ready to be written to.

    Args:
        settings: broker, prefix, partitions, copies.
        config: by topic name without prefix: broker configuration on top of the topic's own.

    Raises:
        KafkaError: the broker refused one.
    """
    names = [settings.topic(topic.name) for topic in TOPICS]
    made = [
        NewTopic(
            settings.topic(topic.name),
            settings.partitions,
            settings.replication_factor,
            topic_configs={**topic.config, **(config or {}).get(topic.name, {})},
        )
        for topic in TOPICS
    ]
    async with admin(settings.bootstrap_servers) as client:
        answer = await client.create_topics(made)
        for name, code, message in answer.topic_errors:
            if code not in (0, TopicAlreadyExistsError.errno):
                raise for_code(code)(f"{name}: {message}")
        while not all(
            topic["error_code"] == 0
            and len(topic["partitions"]) >= settings.partitions
            and all(part["leader"] >= 0 for part in topic["partitions"])
            for topic in await client.describe_topics(names)
        ):
            await asyncio.sleep(0.1)
        for kind in (0, 1):  # groups, transactions: their topics are made at the first question
            await _coordinator(client, settings.group, kind)


async def _coordinator(client: AIOKafkaAdminClient, name: str, kind: int) -> None:
    for attempt in range(100):
        try:
            await client.find_coordinator(name, kind)
        except KafkaError:
            if attempt == 99:
                raise
            await asyncio.sleep(0.1)
        else:
            return


async def read_all(
    bootstrap: str, topic: str, *, isolation: str = "read_committed", timeout_s: float = 60
) -> list[ConsumerRecord]:
    """Every record of a topic up to its end at the time of the call, by partition and offset.

    With read_committed the end is the first offset of the oldest open transaction: what lies behind it is not
    there yet. `unsettled` tells whether there is such a transaction.

    Raises:
        NotReadable: the end was not reached in time.
    """
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        isolation_level=isolation,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=100,
    )
    records: list[ConsumerRecord] = []
    await consumer.start()
    try:
        async with asyncio.timeout(timeout_s):
            parts = sorted(consumer.assignment())
            ends = await consumer.end_offsets(parts)
            while not all([await consumer.position(part) >= ends[part] for part in parts]):
                for batch in (await consumer.getmany(timeout_ms=200)).values():
                    records += batch
    except TimeoutError:
        raise NotReadable(
            f"{topic}: {len(records)} records read, its end not reached in {timeout_s} s"
        ) from None
    finally:
        await consumer.stop()
    return sorted(records, key=lambda record: (record.partition, record.offset))


async def unsettled(bootstrap: str, topic: str) -> dict[int, int]:
    """By partition: how many offsets lie behind the first open transaction; empty when none is open."""
    ends = {}
    for isolation in ("read_committed", "read_uncommitted"):
        consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, isolation_level=isolation)
        await consumer.start()
        try:
            ends[isolation] = await consumer.end_offsets(sorted(consumer.assignment()))
        finally:
            await consumer.stop()
    stable, high = ends["read_committed"], ends["read_uncommitted"]
    return {part.partition: high[part] - stable[part] for part in high if high[part] > stable[part]}


async def settle(bootstrap: str, topic: str, timeout_s: float = 90) -> None:
    """Waits until no transaction on the topic is open.

    Raises:
        NotReadable: one stayed open.
    """
    for _ in range(int(timeout_s * 2)):
        if not (behind := await unsettled(bootstrap, topic)):
            return
        await asyncio.sleep(0.5)
    raise NotReadable(f"{topic}: a transaction stays open; offsets behind it by partition: {behind}")


async def lag(bootstrap: str, group: str, topic: str) -> int:
    """How many records of the topic the group has not committed yet (control records count)."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap)
    await consumer.start()
    try:
        parts = sorted(consumer.assignment())
        ends = await consumer.end_offsets(parts)
        starts = await consumer.beginning_offsets(parts)
    finally:
        await consumer.stop()
    async with admin(bootstrap) as client:
        done = await client.list_consumer_group_offsets(group)
    return sum(
        end - (done[part].offset if part in done and done[part].offset >= 0 else starts[part])
        for part, end in ends.items()
    )
