"""What a lane has fetched and not yet taken up.

aiokafka holds back its fetches for all partitions of a broker, up to 100 ms at a time, while one of them has records
that nobody takes. So each lane takes what there is at once, and lets it wait here, where it is in nobody's way.
"""

from __future__ import annotations

import asyncio
from collections import deque

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

ENOUGH = 128  # records that wait before no more are read
POLL_MS = 500


class Inlet:
    """The records of one partition from its claim on, in order."""

    def __init__(self, consumer: AIOKafkaConsumer, partition: TopicPartition) -> None:
        """`consumer` is shared with the other lanes."""
        self._consumer = consumer
        self._partition = partition
        self._waiting: deque[ConsumerRecord] = deque()
        self._room, self._news = asyncio.Event(), asyncio.Event()
        self._room.set()
        self._ended = False

    async def fill(self) -> None:
        """Read as long as there is room; until cancelled."""
        while True:
            await self._room.wait()
            polled = await self._consumer.getmany(self._partition, timeout_ms=POLL_MS)
            if records := polled.get(self._partition):
                self._waiting.extend(records)
                self._news.set()
                if len(self._waiting) >= ENOUGH:
                    self._room.clear()

    async def take(self, most: int, *, timeout_s: float) -> list[ConsumerRecord]:
        """The next records, `most` at most; none when none came in time, or after the end."""
        if not self._waiting and not self._ended:
            self._news.clear()
            try:
                async with asyncio.timeout(timeout_s):
                    await self._news.wait()
            except TimeoutError:
                return []
        taken = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
        if len(self._waiting) < ENOUGH:
            self._room.set()
        return taken

    def end(self) -> None:
        """Nobody waits any more: `take` gives what is there."""
        self._ended = True
        self._news.set()

    async def position(self) -> int:
        """Offset of the first record that was not taken."""
        return (
            self._waiting[0].offset if self._waiting else int(await self._consumer.position(self._partition))
        )
