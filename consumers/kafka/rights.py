"""What each part of Kawat must be allowed to do on the broker, and what of it is not allowed.

The tables below are the single source: for docs/security.md, for `kawat doctor`, and for the error of a worker that
lacks a right.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import IncompatibleBrokerVersion, KafkaError

from config.settings import Settings
from config.topics import (
    ARTICLES,
    DEAD_LETTERS,
    ENTITIES,
    LEDGER,
    MENTIONS,
    OUTPUTS,
    QUOTES,
    RAW,
    SAYINGS,
    SPEAKERS,
    TOPICS,
    TRENDS,
    Topic,
)
from consumers.kafka.admin import REQUEST_TIMEOUT_MS
from consumers.kafka.connection import connection
from consumers.kafka.protocol import GroupRights, TopicRights

# the bits in which a broker tells what may be done
_BITS = {"Read": 3, "Write": 4, "Create": 5, "Describe": 8, "DescribeConfigs": 10}
_NOT_TOLD = -(2**31)
_FORBIDDEN = {"topic": 29, "group": 30, "transactional-id": 53}
_TRANSACTIONS = 1
_PATIENCE_S = 15.0  # a fresh cluster has no coordinators yet
_RETRY_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One operation on one thing.

    Attributes:
        kind: "topic", "group" or "transactional-id".
        name: its full name, or with `prefixed` how the names begin.
        operation: as Kafka calls it; Read and Write let describe as well.
        why: what it is for.
        needed: without it nothing works; else something is only seen less well.
    """

    kind: str
    name: str
    operation: str
    why: str
    prefixed: bool = False
    needed: bool = True

    def __str__(self) -> str:
        pattern = "*" if self.prefixed else ""
        return f"{self.operation} on {self.kind} {self.name}{pattern} ({self.why})"

    def command(self, settings: Settings) -> str:
        """What grants it."""
        user = settings.sasl_username or "NAME"
        pattern = " --resource-pattern-type prefixed" if self.prefixed else ""
        return (
            f"kafka-acls.sh --bootstrap-server {settings.bootstrap_servers} --add --allow-principal User:{user} "
            f"--operation {self.operation} --{self.kind} {self.name}{pattern}"
        )


def worker(settings: Settings) -> list[Right]:
    """`kawat run`."""
    return [
        *_topic(settings, RAW, Read="stories come from there"),
        *(right for topic in OUTPUTS for right in _topic(settings, topic, Write="results go there")),
        *_topic(settings, LEDGER, Read="what is known of each story", Write="what is known of each story"),
        *_topic(settings, DEAD_LETTERS, Write="what can't be processed goes there"),
        *(
            Right(
                kind="topic",
                name=settings.topic(topic.name),
                operation="DescribeConfigs",
                why="to see whether it is set up as it should be",
                needed=False,
            )
            for topic in (RAW, *OUTPUTS, LEDGER, DEAD_LETTERS)
        ),
        Right(kind="group", name=settings.group, operation="Read", why="workers share the partitions"),
        _transactions(settings),
    ]


def feed(settings: Settings) -> list[Right]:
    """`kawat feed`, and a newsroom that writes by itself."""
    return [*_topic(settings, RAW, Write="stories go there"), _sizes(settings)]


def repair(settings: Settings) -> list[Right]:
    """`kawat dlq`, `kawat replay` and `kawat tap`."""
    looked_at = (topic for topic in TOPICS if topic not in (RAW, DEAD_LETTERS))
    return [
        *_topic(settings, RAW, Read="replay reads it", Write="letters and replays go back there"),
        *_topic(settings, DEAD_LETTERS, Read="the letters", Write="marks beside letters that went back"),
        *(right for topic in looked_at for right in _topic(settings, topic, Read="to look into it")),
        _sizes(settings),
        Right(kind="group", name=settings.group, operation="Describe", why="how far the workers are"),
        _transactions(settings),
    ]


def insights(settings: Settings) -> list[Right]:
    """`kawat insights`. It creates the topics of its own state, whose names begin with its group's."""
    group = f"{settings.group}-insights"
    state = {"kind": "topic", "name": f"{group}-", "prefixed": True}
    return [
        *_topic(settings, ENTITIES, Read="what it counts"),
        *_topic(settings, MENTIONS, Read="between its two steps", Write="between its two steps"),
        *_topic(settings, TRENDS, Read="Faust asks for it", Write="results go there"),
        *_topic(settings, QUOTES, Read="who says what"),
        *_topic(settings, SAYINGS, Read="between its two steps", Write="between its two steps"),
        *_topic(settings, SPEAKERS, Read="Faust asks for it", Write="results go there"),
        *(
            Right(**state, operation=operation, why="its state")  # type: ignore[arg-type]
            for operation in ("Create", "Read", "Write")
        ),
        Right(kind="group", name=group, operation="Read", why="its members share the partitions"),
    ]


def live(settings: Settings) -> list[Right]:
    """`kawat live`."""
    return [
        *_topic(settings, ARTICLES, Read="the stories"),
        *_topic(settings, TRENDS, Read="the trends"),
        *_topic(settings, DEAD_LETTERS, Read="to count them"),
        *_topic(settings, RAW, Describe="how much waits"),
        Right(kind="group", name=settings.group, operation="Describe", why="how far the workers are"),
    ]


ROLES = {"worker": worker, "feed": feed, "repair": repair, "insights": insights, "live": live}


def _topic(settings: Settings, topic: Topic, **operations: str) -> Iterator[Right]:
    for operation, why in operations.items():
        yield Right(kind="topic", name=settings.topic(topic.name), operation=operation, why=why)


def _sizes(settings: Settings) -> Right:
    return Right(
        kind="topic",
        name=settings.topic(RAW.name),
        operation="DescribeConfigs",
        why="how large a record it takes; unseen, a megabyte is assumed",
        needed=False,
    )


def _transactions(settings: Settings) -> Right:
    return Right(
        kind="transactional-id",
        name=f"{settings.group}-",
        prefixed=True,
        operation="Write",
        why="what is written together comes out together",
    )


# --- what is not allowed ------------------------------------------------------------------------------------------


async def missing(settings: Settings, rights: list[Right]) -> list[Right] | None:
    """Those of the rights that we don't have; None where the broker does not tell.

    Nothing is changed by asking. A topic that is not there and may be seen lacks nothing. Of names that only begin
    alike, one is asked for; and whether transactional ids may be written or only seen, is not told.

    Raises:
        KafkaError, TimeoutError: the broker failed.
    """
    client = AIOKafkaClient(**connection(settings), request_timeout_ms=REQUEST_TIMEOUT_MS)
    try:
        await client.bootstrap()
        async with asyncio.timeout(_PATIENCE_S):
            return await _missing(client, settings, rights)
    except (IncompatibleBrokerVersion, NotImplementedError):  # the latter: no version of a request in common
        return None
    finally:
        await client.close()


async def _missing(client: AIOKafkaClient, settings: Settings, rights: list[Right]) -> list[Right]:
    topics = {right.name for right in rights if right.kind == "topic" and not right.prefixed}
    groups = {right.name for right in rights if right.kind == "group"}
    allowed = await _topics(client, sorted(topics))
    for group in groups:
        allowed["group", group] = await _group(client, group)
    # a lane's, so that a right to each by name is seen as well
    one = f"{settings.group}-{settings.topic(RAW.name)}-0"
    lacking = []
    for right in rights:
        if right.kind == "transactional-id":
            if await _coordinator(client, one, _TRANSACTIONS) is None:
                lacking.append(right)
        elif not right.prefixed and not _holds(allowed.get((right.kind, right.name)), right.operation):
            lacking.append(right)
    return lacking


def _holds(bits: int | None, operation: str) -> bool:
    return bits is None or bits == _NOT_TOLD or bool(bits >> _BITS[operation] & 1)


async def _topics(client: AIOKafkaClient, names: list[str]) -> dict[tuple[str, str], int | None]:
    """What may be done with each topic, as bits; None for one that is not there."""
    if not names:
        return {}
    answer = await client.send(client.get_random_node(), TopicRights(names))
    return {
        ("topic", topic[1]): topic[-1] if topic[0] == 0 else 0 if topic[0] == _FORBIDDEN["topic"] else None
        for topic in answer.topics
    }


async def _group(client: AIOKafkaClient, name: str) -> int | None:
    node = await _coordinator(client, name, 0)
    if node is None:
        return 0
    answer = (await client.send(node, GroupRights(name))).groups[0]
    if answer[0] == _FORBIDDEN["group"]:
        return 0
    bits: int | None = answer[-1] if answer[0] == 0 else None
    return bits


async def _coordinator(client: AIOKafkaClient, name: str, kind: int) -> int | None:
    """The broker that coordinates a group (0) or a transactional id (1); None if we may not even know of it."""
    while True:
        try:
            node: int = await client.coordinator_lookup(kind, name)
            if await client.ready(node):
                return node
            await client.force_metadata_update()
        except KafkaError as error:
            if getattr(error, "errno", None) in _FORBIDDEN.values():
                return None
            if not error.retriable:
                raise
        await asyncio.sleep(_RETRY_S)


def denied(error: KafkaError) -> bool:
    """Whether an error says that a right is missing."""
    codes = {*_FORBIDDEN.values(), 31}  # 31: the cluster as a whole
    return getattr(error, "errno", None) in codes
