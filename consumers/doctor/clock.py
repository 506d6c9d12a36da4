"""What time it is on a broker: it says when a transaction began, so one is begun, asked about, and aborted.

Nothing is written to any topic of ours, and no lane is disturbed: the transactional id is the doctor's own.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.transaction import AddOffsetsToTxnRequest, EndTxnRequest, InitProducerIdRequest
from aiokafka.protocol.types import CompactArray, CompactString, Int16, Int32, Int64, Schema, TaggedFields

from config.settings import Settings
from consumers.kafka.admin import REQUEST_TIMEOUT_MS
from consumers.kafka.connection import connection

PATIENCE_S = 15.0
_TRANSACTION_MS = 10_000
_TRANSACTIONS = 1
_RETRY_S = 0.1
_TEXT = CompactString("utf-8")


@dataclass(frozen=True, slots=True)
class Skew:
    """Seconds by which a broker's clock is ahead of ours; it may be more or less by `within`."""

    seconds: float
    within: float


class _Described(Response):  # type: ignore[misc] # aiokafka ships no types
    API_KEY = 65
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "transactions",
            CompactArray(
                ("error_code", Int16),
                ("transactional_id", _TEXT),
                ("state", _TEXT),
                ("timeout_ms", Int32),
                ("start_ms", Int64),
                ("producer_id", Int64),
                ("producer_epoch", Int16),
                (
                    "topics",
                    CompactArray(
                        ("topic", _TEXT), ("partitions", CompactArray(Int32)), ("tags", TaggedFields)
                    ),
                ),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _DescribeStruct(RequestStruct):  # type: ignore[misc]
    FLEXIBLE_VERSION = True
    API_KEY = 65
    API_VERSION = 0
    RESPONSE_TYPE = _Described
    SCHEMA = Schema(("transactional_ids", CompactArray(_TEXT)), ("tags", TaggedFields))


class _Describe(Request[_DescribeStruct]):  # type: ignore[misc]
    API_KEY = 65

    def __init__(self, transactional_id: str) -> None:
        self._id = transactional_id

    def build(self, struct: type[_DescribeStruct]) -> _DescribeStruct:
        return struct([self._id], {})


async def skew(settings: Settings) -> Skew:
    """How far a broker's clock is from ours.

    Raises:
        KafkaError, TimeoutError: it can't be told; a transactional id that is not allowed is one of the reasons.
        IncompatibleBrokerVersion, NotImplementedError: the broker does not tell; the latter is the client's word for a
            broker that has no version of a request in common with it.
    """
    client = AIOKafkaClient(**connection(settings), request_timeout_ms=REQUEST_TIMEOUT_MS)
    try:
        await client.bootstrap()
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    return await _skew(client, settings.group)
                except KafkaError as error:
                    if not error.retriable:
                        raise
                    await client.force_metadata_update()
                await asyncio.sleep(_RETRY_S)
    finally:
        await client.close()


async def _skew(client: AIOKafkaClient, group: str) -> Skew:
    name = f"{group}-doctor"
    node = await client.coordinator_lookup(_TRANSACTIONS, name)
    made = await client.send(node, InitProducerIdRequest(name, _TRANSACTION_MS))
    _check(made.error_code)
    producer = (name, made.producer_id, made.producer_epoch)
    before = time.time()
    _check((await client.send(node, AddOffsetsToTxnRequest(*producer, group))).error_code)
    after = time.time()
    try:
        (described,) = (await client.send(node, _Describe(name))).transactions
        _check(described[0])
    finally:
        await client.send(node, EndTxnRequest(*producer, False))
    began = described[4] / 1000
    return Skew(began - (before + after) / 2, (after - before) / 2)


def _check(code: int) -> None:
    if code:
        raise for_code(code)
