"""From the topics to the board: first the newest that are there, then all that comes, outside any group."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from config.settings import Settings
from config.topics import ARTICLES, DEAD_LETTERS, TRENDS
from consumers.kafka import admin
from consumers.kafka.closing import close
from consumers.kafka.connection import connection
from consumers.live import told
from consumers.live.board import Board, Kind
from consumers.live.metrics import LiveMetrics
from consumers.live.pulse import Letters, Pulse
from consumers.tap import stretch

KINDS: dict[str, Kind] = {ARTICLES.name: "story", TRENDS.name: "trend"}
READ = (ARTICLES, TRENDS, DEAD_LETTERS)
LETTERS_BACK = 1_000  # offsets of each partition
RETRY_S = 1.0
PROBE_S = 5.0
_POLL_MS = 250
_POLL_RECORDS = 200
_MARGIN = 20  # offsets: marks of transactions have one, too

log = structlog.get_logger("kawat.live")


class Follower:
    """Reads `news.articles`, `news.trends` and `news.dlq` for as long as it is let.

    Attributes:
        reading: whether the broker answers.
        caught_up: set when all that was there at the start is on the board.
    """

    def __init__(
        self, settings: Settings, board: Board, pulse: Pulse, letters: Letters, metrics: LiveMetrics
    ) -> None:
        """What is read goes to the board; pulse, letters and metrics are told."""
        self._settings = settings
        self._board = board
        self._pulse = pulse
        self._letters = letters
        self._metrics = metrics
        self._names = {settings.topic(topic.name): topic.name for topic in READ}
        self._next: dict[TopicPartition, int] = {}  # where to go on
        self.reading = False
        self.caught_up = asyncio.Event()

    async def run(self) -> None:
        """Read what is there and then what comes. Once it has begun, failures of the broker are waited out.

        Raises:
            OperatorError: a topic is missing.
            KafkaError: no broker, or no right to read.
        """
        while True:
            try:
                async with self._opened() as consumer:
                    self.reading = True
                    self.caught_up.set()
                    await self._follow(consumer)
            except (KafkaError, OSError, admin.OperatorError) as error:
                self.reading = False
                if not self.caught_up.is_set():
                    raise
                log.warning("can't read; will try again", why=type(error).__name__)
                await asyncio.sleep(RETRY_S)

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[AIOKafkaConsumer]:
        """A consumer that stands where we go on; the first time, what is there is read before."""
        counts = await admin.require(self._settings, *self._names)
        partitions = [TopicPartition(name, number) for name in counts for number in range(counts[name])]
        consumer = AIOKafkaConsumer(
            **connection(self._settings),
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            request_timeout_ms=admin.REQUEST_TIMEOUT_MS,
            fetch_max_wait_ms=_POLL_MS,
        )
        try:
            await consumer.start()
            beginning = await consumer.beginning_offsets(partitions)
            end = await consumer.end_offsets(partitions)
            consumer.assign(partitions)
            if not self._next:
                first = {tp: max(beginning[tp], end[tp] - self._back(tp)) for tp in partitions}
                await self._read_what_is_there(stretch(consumer, first, end))
                self._next = dict(end)
            for tp in partitions:
                consumer.seek(tp, self._next.setdefault(tp, 0))
            await asyncio.sleep(0)  # the client can't be stopped before its tasks had their first turn
            yield consumer
        finally:
            await close(consumer.stop())

    def _back(self, partition: TopicPartition) -> int:
        """How many offsets before the end to begin: a story and the mark of its transaction take two."""
        kind = KINDS.get(self._names[partition.topic])
        return LETTERS_BACK if kind is None else 2 * self._board.limits[kind] + _MARGIN

    async def _read_what_is_there(self, records: AsyncIterator[ConsumerRecord]) -> None:
        """All partitions' newest by time. The last record of a key counts, whatever its time stamp says."""
        newest: dict[Kind, dict[bytes | None, ConsumerRecord]] = {kind: {} for kind in KINDS.values()}
        async for record in records:
            kind = KINDS.get(self._names[record.topic])
            if kind is None:
                self._letters.take(record)
                continue
            kept, limit = newest[kind], self._board.limits[kind]
            kept[record.key] = record
            if len(kept) > 2 * limit:
                newest[kind] = {one.key: one for one in heapq.nlargest(limit, kept.values(), key=_moment)}
        for kind, kept in newest.items():
            for record in sorted(
                heapq.nlargest(self._board.limits[kind], kept.values(), key=_moment), key=_moment
            ):
                self._tell(record, new=False)

    async def _follow(self, consumer: AIOKafkaConsumer) -> None:
        probed = time.monotonic()
        while True:
            batch = await consumer.getmany(timeout_ms=_POLL_MS, max_records=_POLL_RECORDS)
            # each partition in its own order: a kill comes after its story, whatever their time stamps say
            for record in heapq.merge(*batch.values(), key=_moment):
                self._tell(record, new=True)
            self._next.update({tp: records[-1].offset + 1 for tp, records in batch.items() if records})
            if time.monotonic() > probed + PROBE_S:
                await self._probe(consumer)
                probed = time.monotonic()

    async def _probe(self, consumer: AIOKafkaConsumer) -> None:
        """A broker that is gone looks like one that has nothing new."""
        try:
            async with asyncio.timeout(PROBE_S):
                ends = await consumer.end_offsets(list(self._next))
                # its position, unlike where we go on, passes the marks of transactions at the end
                behind = [max(0, end - await consumer.position(tp)) for tp, end in ends.items()]
            self._metrics.behind.set(sum(behind))
            self.reading = True
        except (KafkaError, OSError):
            self.reading = False

    def _tell(self, record: ConsumerRecord, *, new: bool) -> None:
        topic = self._names[record.topic]
        self._metrics.read.labels(topic).inc()
        kind = KINDS.get(topic)
        if kind is None:
            self._letters.take(record)
            return
        try:
            self._board.put(kind, *(told.story(record) if kind == "story" else told.trend(record)))
        except told.Unreadable as error:
            place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
            log.warning("not a record of ours", why=str(error), **place)
            self._metrics.unreadable.inc()
        else:
            if kind == "story":
                came = told.came(record)
                self._pulse.story(came, new=new)
                if new:
                    self._metrics.latency.observe(max(0.0, time.time() - came / 1_000))


def _moment(record: ConsumerRecord) -> tuple[int, int, int]:
    return record.timestamp, record.partition, record.offset
