"""The topics on the broker: made as `config.topics` says, and compared with it.

A lane writes its records to the same partition number on each output topic, on the ledger and to the dead letters,
so these need at least as many partitions as `news.raw`, and readers that join the outputs need exactly as many.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from config.settings import Settings
from config.topics import DEAD_LETTERS, LEDGER, OUTPUTS, RAW, TOPICS, Topic
from consumers.kafka.connection import connection

REQUEST_TIMEOUT_MS = 15_000
_READY_TIMEOUT_S = 15.0
_TOPIC_EXISTS = 36
_DEFAULT_MESSAGE_BYTES = 1_048_588
_WRITTEN_BY_LANES = frozenset(topic.name for topic in (*OUTPUTS, LEDGER, DEAD_LETTERS))


class OperatorError(Exception):
    """What was asked for can't be done; the message says why and what to do."""


class TopicMissing(OperatorError):
    """A topic that is needed is not on the broker."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One way in which a topic is not as it should be.

    Attributes:
        what: "partitions", "replication", or the name of a topic configuration.
        wanted, found: as text.
        advice: what to do.
        breaks: the worker can't run like this, or downstream reads wrongly; else it is a matter of taste.
    """

    what: str
    wanted: str
    found: str
    advice: str
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class TopicState:
    """One topic as it is on the broker; `partitions` is 0 if it is not there.

    Attributes:
        name: with the prefix of the settings.
        config: the configurations that `config.topics` sets, as the broker has them; None if it does not say.
        created: made just now.
    """

    name: str
    partitions: int = 0
    replication: int = 0
    config: dict[str, str] | None = None
    drift: tuple[Drift, ...] = ()
    created: bool = False

    @property
    def exists(self) -> bool:
        return self.partitions > 0


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """An admin client.

    Raises:
        KafkaConnectionError: no broker answers, or none lets us in; `consumers.kafka.reach` tells why.
        NoWayIn: a password or a certificate can't be read.
    """
    client = AIOKafkaAdminClient(**connection(settings), request_timeout_ms=REQUEST_TIMEOUT_MS)
    try:
        await client.start()
        yield client
    finally:
        await client.close()


async def partition_counts(client: AIOKafkaAdminClient) -> dict[str, int]:
    """Partitions of every topic on the broker.

    All are asked for, never one by name: a broker that creates topics on demand would create it.
    """
    return {topic["topic"]: len(topic["partitions"]) for topic in await client.describe_topics()}


async def require(settings: Settings, *names: str) -> dict[str, int]:
    """Partitions of topics that must be there; `names` are full names.

    Raises:
        TopicMissing: naming the command that creates it.
    """
    async with connected(settings) as client:
        counts = await partition_counts(client)
    for name in names:
        if name not in counts:
            ours = name in {settings.topic(topic.name) for topic in TOPICS}
            cure = (
                "`kawat topics create` creates it" if ours else "`kawat topics describe` shows what there is"
            )
            unseen = "" if settings.security_protocol == "PLAINTEXT" else " that we may see"
            raise TopicMissing(f"there is no topic {name}{unseen} at {settings.bootstrap_servers}: {cure}")
    return {name: counts[name] for name in names}


async def max_message_bytes(client: AIOKafkaAdminClient, name: str) -> int:
    """The largest batch of records that a topic (full name) takes, bytes."""
    resource = ConfigResource(ConfigResourceType.TOPIC, name, {"max.message.bytes": None})
    (response,) = await client.describe_configs([resource])
    entries = {entry[0]: entry[1] for entry in response.resources[0][4]}
    return int(entries.get("max.message.bytes", _DEFAULT_MESSAGE_BYTES))


async def describe(settings: Settings, topics: Iterable[Topic] = TOPICS) -> list[TopicState]:
    """The topics as they are, in the order given, with all drift."""
    async with connected(settings) as client:
        return await _describe(client, settings, list(topics), created=frozenset())


async def create(settings: Settings, topics: Iterable[Topic] = TOPICS) -> list[TopicState]:
    """Create what is missing, change nothing that is there, and describe the outcome.

    A missing topic gets as many partitions as `news.raw` has; `settings.partitions` if that is missing, too.

    Raises:
        OperatorError: the broker refuses to create a topic.
    """
    wanted = list(topics)
    made: set[str] = set()
    async with connected(settings) as client:
        # news.raw first: if somebody else has just made it, how many partitions it has is not known yet
        for batch in (
            [topic for topic in wanted if topic == RAW],
            [topic for topic in wanted if topic != RAW],
        ):
            counts = await partition_counts(client)
            missing = [topic for topic in batch if settings.topic(topic.name) not in counts]
            if missing:
                partitions = counts.get(settings.topic(RAW.name), settings.partitions)
                made |= await _create(client, settings, missing, partitions)
                await _until_ready(client, [settings.topic(topic.name) for topic in missing])
        return await _describe(client, settings, wanted, created=frozenset(made))


async def _create(
    client: AIOKafkaAdminClient, settings: Settings, topics: list[Topic], partitions: int
) -> set[str]:
    """Create topics; the full names of those that were not there."""
    response = await client.create_topics(
        [
            NewTopic(
                settings.topic(topic.name),
                partitions,
                settings.replication_factor,
                topic_configs=topic.config,
            )
            for topic in topics
        ]
    )
    # somebody else may have been quicker
    refused = [
        f"{name}: {message or f'error {code}'}"
        for name, code, message in response.topic_errors
        if code not in (0, _TOPIC_EXISTS)
    ]
    if refused:
        raise OperatorError(
            f"the broker refuses to create topics (partitions={partitions}, "
            f"replication_factor={settings.replication_factor})\n" + "\n".join(refused)
        )
    return {name for name, code, _ in response.topic_errors if code == 0}


async def _until_ready(client: AIOKafkaAdminClient, names: list[str]) -> None:
    """A broker answers before all its parts know the new topics."""
    async with asyncio.timeout(_READY_TIMEOUT_S):
        while not set(names) <= (await partition_counts(client)).keys():  # noqa: ASYNC110 - only asking tells
            await asyncio.sleep(0.1)


async def _describe(
    client: AIOKafkaAdminClient, settings: Settings, topics: list[Topic], created: frozenset[str]
) -> list[TopicState]:
    found = {topic["topic"]: topic["partitions"] for topic in await client.describe_topics()}
    there = [topic for topic in topics if settings.topic(topic.name) in found]
    configs = await _configs(client, settings, there)
    raw = found.get(settings.topic(RAW.name))
    states = []
    for topic in topics:
        name = settings.topic(topic.name)
        if name not in found:
            states.append(TopicState(name))
            continue
        partitions = found[name]
        replication = min(len(partition["replicas"]) for partition in partitions)
        state = TopicState(name, len(partitions), replication, configs.get(name), created=name in created)
        drift = _drift(settings, topic, state, raw_partitions=len(raw) if raw else None)
        states.append(replace(state, drift=tuple(drift)))
    return states


async def _configs(
    client: AIOKafkaAdminClient, settings: Settings, topics: list[Topic]
) -> dict[str, dict[str, str]]:
    resources = [
        ConfigResource(ConfigResourceType.TOPIC, settings.topic(topic.name), dict.fromkeys(topic.config))
        for topic in topics
        if topic.config
    ]
    if not resources:
        return {}
    configs: dict[str, dict[str, str]] = {}
    for response in await client.describe_configs(resources):
        for code, _message, _kind, name, entries in (resource[:5] for resource in response.resources):
            if code == 0:
                configs[name] = {entry[0]: entry[1] for entry in entries}
    return configs


def _drift(
    settings: Settings, topic: Topic, state: TopicState, *, raw_partitions: int | None
) -> Iterable[Drift]:
    tool = f"--bootstrap-server {settings.bootstrap_servers} --alter"
    if topic.name in _WRITTEN_BY_LANES and raw_partitions is not None:
        yield from _partition_drift(state, raw_partitions, settings.topic(RAW.name), tool)
    elif topic.name == RAW.name and state.partitions != settings.partitions:
        yield Drift(
            "partitions",
            str(settings.partitions),
            str(state.partitions),
            f"set partitions: {state.partitions}; more partitions would move stories to others and break their "
            "order, so add them only to an empty topic",
        )
    if state.replication < settings.replication_factor:
        yield Drift(
            "replication",
            str(settings.replication_factor),
            str(state.replication),
            "give it more replicas with kafka-reassign-partitions.sh",
        )
    if state.config is None:  # the broker does not let us see it
        return
    for key, value in topic.config.items():
        found = state.config.get(key, "")
        if _same(value, found):
            continue
        yield Drift(
            key,
            value,
            found,
            f"kafka-configs.sh {tool} --topic {state.name} --add-config {key}=[{value}]",
            # a ledger that forgets lets old versions and killed stories pass again
            breaks=topic.name == LEDGER.name and key == "cleanup.policy",
        )


def _partition_drift(state: TopicState, wanted: int, raw: str, tool: str) -> Iterable[Drift]:
    if state.partitions < wanted:
        advice = f"kafka-topics.sh {tool} --topic {state.name} --partitions {wanted}"
    elif state.partitions > wanted:
        advice = (
            f"partitions can't be taken away: delete and create it, or give {raw} as many while it is empty"
        )
    else:
        return
    yield Drift("partitions", f"{wanted}, as {raw}", str(state.partitions), advice, breaks=True)


def _same(wanted: str, found: str) -> bool:
    """Whether two configurations say the same: a list ("compact,delete") has no order."""
    return sorted(wanted.split(",")) == sorted(found.split(","))
