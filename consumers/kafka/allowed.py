"""Which rights of `consumers.kafka.rights` we don't have, as far as the broker tells."""

from __future__ import annotations

import asyncio

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import IncompatibleBrokerVersion, KafkaError, for_code
from aiokafka.protocol.transaction import InitProducerIdRequest

from config.settings import Settings
from config.topics import RAW
from consumers.kafka.admin import REQUEST_TIMEOUT_MS
from consumers.kafka.connection import connection
from consumers.kafka.protocol import GroupRights, TopicRights
from consumers.kafka.rights import Right

# the bits in which a broker tells what may be done
_BITS = {"Read": 3, "Write": 4, "Create": 5, "Describe": 8, "DescribeConfigs": 10}
_NOT_TOLD = -(2**31)
_FORBIDDEN = {"topic": 29, "group": 30, "transactional-id": 53}
_TRANSACTIONS = 1
_PROBE_MS = 10_000  # the timeout of transactions that are never begun
_ANOTHER = 51  # somebody else asks with the same id just now
_PATIENCE_S = 15.0  # a fresh cluster has no coordinators yet
_RETRY_S = 0.2


async def missing(settings: Settings, rights: list[Right]) -> list[Right] | None:
    """Those of the rights that we don't have; None where the broker does not tell.

    Nothing of ours is changed by asking. A topic that is not there and may be seen lacks nothing. Of topics whose names
    only begin alike, none is asked for. Whether transactional ids may be written is not told: one that no lane has,
    `<group>-preflight`, is taken, and not used.

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
            if not await _may_begin(client, settings, one):
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


async def _may_begin(client: AIOKafkaClient, settings: Settings, lane: str) -> bool:
    """Whether transactions may be begun, by the transactional id of a lane, which is not touched, and one that none has."""
    if await _coordinator(client, lane, _TRANSACTIONS) is None:
        return False
    probe = f"{settings.group}-preflight"
    while (node := await _coordinator(client, probe, _TRANSACTIONS)) is not None:
        code = (await client.send(node, InitProducerIdRequest(probe, _PROBE_MS))).error_code
        if code in _FORBIDDEN.values():
            return False
        if code == 0:
            return True
        if not for_code(code).retriable and code != _ANOTHER:
            raise for_code(code)
        await client.force_metadata_update()
        await asyncio.sleep(_RETRY_S)
    return True  # rights to each lane by its name: the probe has none


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
