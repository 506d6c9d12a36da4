"""How many raw records wait for the workers: as the workers say, or as the topics do."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Protocol, Self

import aiohttp
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from prometheus_client.parser import text_string_to_metric_families

from config.settings import Settings
from config.topics import RAW
from consumers.kafka import admin
from consumers.kafka.closing import close
from consumers.kafka.connection import connection

TIMEOUT_S = 5.0
MOST_BYTES = 8_000_000


class Lag(Protocol):
    """Something that can tell; a context manager.

    Attributes:
        source: "workers" or "topics".
    """

    source: str

    async def records(self) -> int | None:
        """How many wait; None if it can't be told now."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class WorkersLag:
    """The sum of what workers report at their `/metrics`."""

    source = "workers"

    def __init__(self, addresses: Sequence[str]) -> None:
        """`addresses` as "http://127.0.0.1:9464" or "127.0.0.1:9464", one a worker."""
        whole = (address if "://" in address else f"http://{address}" for address in addresses)
        self._urls = [address.rstrip("/") + "/metrics" for address in whole]

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def records(self) -> int | None:
        """The sum over all workers; None unless all of them answer: a part of it would look better than it is."""
        total = 0.0
        try:
            for url in self._urls:
                async with self._http.get(url) as answer:
                    answer.raise_for_status()
                    text = (await answer.content.read(MOST_BYTES)).decode()
                total += sum(
                    sample.value
                    for family in text_string_to_metric_families(text)
                    for sample in family.samples
                    if sample.name == "kawat_lag_records"
                )
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return None
        return int(total)


class TopicsLag:
    """From where the group stands to the end of `news.raw`. Marks that transactions left behind the last record
    count, too, until something is read behind them.
    """

    source = "topics"

    def __init__(self, settings: Settings) -> None:
        """The group is the settings' own."""
        self._settings = settings
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        settings, topic = self._settings, self._settings.topic(RAW.name)
        count = (await admin.require(settings, topic))[topic]
        self._partitions = [TopicPartition(topic, number) for number in range(count)]
        self._admin: AIOKafkaAdminClient = await self._stack.enter_async_context(admin.connected(settings))
        # it is assigned nothing and so fetches nothing: it only asks where the partitions begin and end
        self._consumer = AIOKafkaConsumer(**connection(settings), isolation_level="read_committed")
        self._stack.push_async_callback(lambda: close(self._consumer.stop()))
        await self._consumer.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def records(self) -> int | None:
        """The sum over all partitions; None while the broker does not answer."""
        try:
            committed = await self._admin.list_consumer_group_offsets(self._settings.group)
            first = await self._consumer.beginning_offsets(self._partitions)
            end = await self._consumer.end_offsets(self._partitions)
        except (KafkaError, OSError, TimeoutError):
            return None
        at: dict[TopicPartition, int] = {
            tp: known.offset for tp, known in committed.items() if known.offset >= 0
        }
        waiting = 0
        for tp in self._partitions:
            waiting += max(0, end[tp] - max(at.get(tp, 0), first[tp]))
        return waiting
