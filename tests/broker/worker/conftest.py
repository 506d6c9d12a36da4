"""Feeds what a worker reads."""

from __future__ import annotations

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from config.topics import RAW


@pytest.fixture
async def feed(settings):
    """Writes raw records: dictionaries as JSON, bytes as they are; all to partition 0 unless told."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers, acks="all")
    await producer.start()

    async def send(*payloads, partition=0, key=None, headers=()):
        for payload in payloads:
            raw = payload if isinstance(payload, bytes) else orjson.dumps(payload)
            mine = key or (payload["uri"].encode() if isinstance(payload, dict) else None)
            await producer.send_and_wait(
                settings.topic(RAW.name), raw, key=mine, partition=partition, headers=list(headers)
            )

    yield send
    await producer.stop()
