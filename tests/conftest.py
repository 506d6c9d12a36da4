"""Fixtures for all tests. The real Apache Kafka is in `tests/broker`."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from consumers.kafka.broker import EmbeddedBroker


@pytest.fixture(scope="session")
def broker() -> Iterator[EmbeddedBroker]:
    """The session's embedded broker: transactions and fencing, but no rebalances or crashes to be tested on it."""
    with EmbeddedBroker() as running:
        yield running


@pytest.fixture
def topic_prefix() -> str:
    """A prefix of this test's own: tests share the broker, never a topic or a group."""
    return f"t{uuid.uuid4().hex[:10]}."
