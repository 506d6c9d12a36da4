"""A steady flow of stories, and when each came out: how the benchmarks see delays and gaps from outside."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from bench import stories
from config.settings import Settings
from config.topics import OUTPUTS, RAW

READY = 500  # stories made beforehand; their numbers and keys are fresh each time


@dataclass(slots=True)
class Flight:
    """One story on its way. Times in seconds since the epoch.

    Attributes:
        sent: when it was handed to the producer.
        made: by topic, the time stamp of its output record: enriched, about to be written.
        seen: by topic, when a read_committed reader had it.
    """

    partition: int
    sent: float
    made: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)

    @property
    def out(self) -> float | None:
        """When it was visible on all topics; None before."""
        return max(self.seen.values()) if len(self.seen) == len(OUTPUTS) else None


class Pulse:
    """Sends stories and watches the output topics; `flights` by key in order of sending."""

    def __init__(self, settings: Settings, per_second: float, *, poisson: bool = False) -> None:
        """`poisson`: arrivals independent of each other, else evenly spaced. Partitions take turns."""
        self.flights: dict[bytes, Flight] = {}
        self._landed: list[Flight] = []
        self._settings = settings
        self._per_second = per_second
        self._poisson = poisson
        self._bodies = [stories.ninjs(number) for number in range(READY)]

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """Sends and watches while the block runs; an error of either ends it."""
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(self._watch())
            sending = tasks.create_task(self._send())
            try:
                yield
            finally:
                sending.cancel()
                watching.cancel()

    async def recovered(self, since: float, timeout_s: float = 120) -> float:
        """Seconds from `since` until each partition has brought out a story that was sent after it.

        Raises:
            TimeoutError: one had not in time.
        """
        firsts: dict[int, float] = {}
        looked = 0
        async with asyncio.timeout(timeout_s):
            while len(firsts) < self._settings.partitions:
                await asyncio.sleep(0.01)
                for flight in self._landed[looked:]:
                    if flight.out is not None and flight.sent >= since:
                        firsts.setdefault(flight.partition, flight.out)
                looked = len(self._landed)
        return max(firsts.values()) - since

    async def _send(self) -> None:
        rng = random.Random(1)
        producer = AIOKafkaProducer(bootstrap_servers=self._settings.bootstrap_servers, linger_ms=0)
        await producer.start()
        try:
            due = time.time()
            for number in range(10_000_000):
                due += rng.expovariate(self._per_second) if self._poisson else 1 / self._per_second
                if (early := due - time.time()) > 0:
                    await asyncio.sleep(early)
                key, partition = stories.uri(number).encode(), number % self._settings.partitions
                body = stories.encode({**self._bodies[number % READY], "uri": key.decode()})
                self.flights[key] = Flight(partition, time.time())
                headers = [("content-type", stories.CONTENT_TYPE.encode())]
                await producer.send(
                    self._settings.topic(RAW.name), body, key=key, partition=partition, headers=headers
                )
        finally:
            await producer.stop()

    async def _watch(self) -> None:
        consumer = AIOKafkaConsumer(
            *(self._settings.topic(topic.name) for topic in OUTPUTS),
            bootstrap_servers=self._settings.bootstrap_servers,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
        )
        await consumer.start()
        try:
            while True:
                batches = await consumer.getmany(timeout_ms=1_000)
                now = time.time()
                for records in batches.values():
                    for record in records:
                        with contextlib.suppress(KeyError):
                            flight = self.flights[record.key]
                            flight.seen.setdefault(record.topic, now)
                            flight.made.setdefault(record.topic, record.timestamp / 1000)
                            if flight.out == now:
                                self._landed.append(flight)
        finally:
            await consumer.stop()
