"""One input partition, from assignment to revocation: fence, fetch, enrich, one transaction, commit.

A lane is alive for one assignment only: what it fetched is void once the partition is revoked, because its tasks are
ended before the group goes on. Exactly-once rests on the order of steps in `claim` and in
`TransactionalProducer.commit`; see docs/architecture.md for the argument.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, ProducerFenced

from config.settings import Settings
from consumers.kafka.reader import read_range
from consumers.lanes.accounts import Accounts
from consumers.lanes.claim import claim, new_producer
from consumers.lanes.inlet import Inlet
from consumers.lanes.ledger_store import LedgerStore
from consumers.lanes.outbox import Outbox
from consumers.lanes.transaction import TransactionalProducer
from consumers.lanes.triage import Batch, Item, Outcome, Triage
from consumers.pool.pool import Pool
from consumers.telemetry.metrics import Metrics
from consumers.telemetry.traces import Traces
from processors.errors import StoryError

log = structlog.get_logger("kawat.lane")

BATCHES_IN_HAND = 3
BATCH_S = 1.0  # of NLP in one batch: its stories wait for each other, and a drain for all
RETRY_S = (0.1, 5.0)
EMBARGO_CHECK_S = 1.0
LOOK_AHEAD_S = 1.0


@dataclass(frozen=True, slots=True)
class Shared:
    """What all lanes of a worker share. `claims` bounds how many producers start at a time."""

    settings: Settings
    consumer: AIOKafkaConsumer
    pool: Pool
    metrics: Metrics
    state_dir: Path
    claims: asyncio.Semaphore
    traces: Traces | None = None


class Lane:
    """The work on one assigned partition. `start`, then `drain` when it is revoked or the worker stops."""

    def __init__(self, partition: TopicPartition, shared: Shared) -> None:
        """`partition` must be assigned and paused."""
        self.partition = partition
        self.claimed = False
        self._shared = shared
        self._settings = shared.settings
        self._log = log.bind(topic=partition.topic, partition=partition.partition)
        self._draining = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._producer: TransactionalProducer | None = None
        self._writing = asyncio.Lock()
        self._in_flight = 0
        self._enriching_since: float | None = None
        self._next_offset: int | None = None
        self._store = LedgerStore(
            shared.state_dir / f"{self._settings.group}-{partition.topic}-{partition.partition}.sqlite"
        )
        self._triage = self._new_triage()
        self._outbox = Outbox(self._settings)
        self._accounts = Accounts(shared.metrics, partition, shared.traces)
        self._overdue: set[str] = set()
        self._inlet = self._new_inlet()

    def _new_triage(self) -> Triage:
        return Triage(self._store, max_story_bytes=self._settings.max_story_bytes)

    def _new_inlet(self) -> Inlet:
        return Inlet(self._shared.consumer, self.partition)

    def start(self) -> None:
        self._task = asyncio.create_task(self._live(), name=f"lane-{self.partition.partition}")

    async def drain(self, timeout_s: float) -> None:
        """Fetch nothing more, finish what is in hand within `timeout_s`, give up the rest, close.

        What is given up was not committed: the partition's next owner does it.
        """
        self._draining.set()
        self._inlet.end()
        if self._task:
            await asyncio.wait({self._task}, timeout=timeout_s)
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._drop_producer()
        self._store.close()
        self._accounts.close()

    async def report_lag(self) -> None:
        """How far the group is behind the end of the partition, as far as the client knows.

        Who writes to the raw topic in transactions (a redrive does) leaves marks behind the records, which count in
        the end of the partition though nobody can read them: past all that was read stands the inlet's position.
        """
        reached = self._next_offset
        if reached is None:
            return
        if self.claimed and not self._in_flight:
            with contextlib.suppress(KafkaError):  # revoked just now
                reached = max(reached, await self._inlet.position())
        self._accounts.lag(reached, self._shared.consumer.highwater(self.partition))

    # --- life ---------------------------------------------------------------------------------------------------

    async def _live(self) -> None:
        """Claim and work; after any failure start over from the broker's word."""
        pause = RETRY_S[0]
        while not self._draining.is_set():
            try:
                await self._claim()
                pause = RETRY_S[0]
                await self._work()
            except* ProducerFenced:
                # Another worker owns the partition, and our heartbeat will tell; or the broker ended a
                # transaction that took too long, and the partition is still ours. Waiting tells which.
                self._shared.metrics.fenced.inc()
                self._log.warning("fenced")
                pause = RETRY_S[1]
            except* (KafkaError, TimeoutError, OSError) as failures:
                self._log.warning("lane starts over", error=_names(failures))
            except* Exception as failures:  # noqa: BLE001 - a defect must not end the lane in silence
                self._log.exception("lane starts over after a defect", error=_names(failures))
            finally:
                self.claimed = False
            if not self._draining.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._draining.wait(), pause)
                pause = min(pause * 2, RETRY_S[1])

    async def _claim(self) -> None:
        started = time.monotonic()
        shared = self._shared
        async with shared.claims:
            shared.consumer.pause(self.partition)
            await self._drop_producer()
            self._producer = new_producer(self._settings, self.partition)
            self._next_offset = await claim(
                self._settings, shared.consumer, self.partition, self._producer, self._store
            )
            self._triage = self._new_triage()
        self.claimed = True
        shared.metrics.claims.observe(time.monotonic() - started)

    async def _drop_producer(self) -> None:
        if self._producer:
            producer, self._producer = self._producer, None
            await producer.drop()

    # --- work ---------------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        """Some batches in hand: while one is being written, the next are being enriched."""
        ready: asyncio.Queue[Batch | None] = asyncio.Queue()
        room = asyncio.Semaphore(BATCHES_IN_HAND)
        self._in_flight, self._enriching_since = 0, None
        self._inlet = self._new_inlet()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._fetch(ready, room, tasks))
            writing = tasks.create_task(self._write(ready, room))
            beside = [tasks.create_task(self._inlet.fill()), tasks.create_task(self._look_ahead())]
            writing.add_done_callback(lambda _: [task.cancel() for task in beside])

    async def _fetch(
        self, ready: asyncio.Queue[Batch | None], room: asyncio.Semaphore, tasks: asyncio.TaskGroup
    ) -> None:
        next_check = 0.0
        while True:
            await room.acquire()
            most = min(self._settings.batch_stories, self._shared.pool.in_time(BATCH_S))
            batch = None
            while batch is None and not self._draining.is_set():
                if time.monotonic() >= next_check:
                    batch = await self._released()
                    next_check = time.monotonic() + EMBARGO_CHECK_S
                if batch is None and (records := await self._inlet.take(most, timeout_s=EMBARGO_CHECK_S)):
                    started = time.perf_counter()
                    batch = await self._triage.batch(records)
                    self._accounts.intake(len(records), seconds=time.perf_counter() - started)
            if batch is None:
                ready.put_nowait(None)
                return
            if waiting := batch.waiting():
                stories = [item.article for item in waiting if item.article]
                batch.enriching = tasks.create_task(self._shared.pool.enrich(stories))
            if batch.bodyless() and (waiting or self._in_flight):
                await self._write_ahead(batch)
            self._in_flight += 1
            ready.put_nowait(batch)

    async def _write(self, ready: asyncio.Queue[Batch | None], room: asyncio.Semaphore) -> None:
        """Batches in order. Those that are enriched by the time the first is share its transaction, whose price is
        that of its steps more than of its records.
        """
        behind: deque[Batch | None] = deque()
        while (batch := behind.popleft() if behind else await ready.get()) is not None:
            together = [batch]
            await self._settle_enriched(batch)
            while not ready.empty():
                behind.append(ready.get_nowait())
            while behind and (batch := behind[0]) is not None and batch.enriched:
                await self._settle_enriched(batch)
                together.append(batch)
                behind.popleft()
            await self._commit(
                [item for batch in together for item in batch.items],
                max((batch.next_offset for batch in together if batch.next_offset is not None), default=None),
                sum(batch.records for batch in together),
            )
            for _ in together:
                self._in_flight -= 1
                room.release()

    async def _settle_enriched(self, batch: Batch) -> None:
        """What the pool made of the batch's stories, once it is there."""
        if batch.enriching:
            self._enriching_since = time.monotonic()
            results = await batch.enriching
            self._enriching_since = None
            for item, result in zip(batch.waiting(), results, strict=True):
                if isinstance(result, StoryError):
                    self._triage.forget(item)
                    item.die(result)
                else:
                    item.outcome, item.result = Outcome.ENRICHED, result

    async def _write_ahead(self, batch: Batch) -> None:
        """Kills do not wait for the stories around them: a transaction of their own that commits no offset.

        The batch that they came in finds them done; were the worker to die before it is committed, the ledger
        finds them known.
        """
        ahead = batch.bodyless()
        await self._commit(ahead, None, 0)
        for item in ahead:
            item.done = True

    async def _released(self) -> Batch | None:
        """Stories whose embargo is over, read once more from the raw topic."""
        items: list[Item] = []
        for uri, entry in self._store.embargoed(datetime.now(UTC)):
            if self._triage.is_pending(uri) or uri in self._overdue:
                continue
            raw = read_range(self._settings, self.partition, entry.offset, entry.offset + 1)
            released = [item async for records in raw for item in await self._triage.release(records[0], uri)]
            if not released:
                self._overdue.add(uri)
                self._log.error(
                    "an embargo is over, but the raw record is gone: send the story again", uri=uri
                )
            items += released
        return Batch(items=items, records=0, next_offset=None) if items else None

    async def _look_ahead(self) -> None:
        """While NLP is slow or down, find the kills among what has not even been fetched, and publish them."""
        looked = 0
        consumer = self._shared.consumer
        while True:
            await asyncio.sleep(LOOK_AHEAD_S)
            if not self._is_stuck():
                continue
            start = max(looked, await self._inlet.position())
            end = (await consumer.end_offsets([self.partition]))[self.partition]
            async for records in read_range(self._settings, self.partition, start, end):
                kills = [item for record in records for item in await self._triage.kills(record)]
                if kills:
                    await self._commit(kills, None, 0)
                looked = records[-1].offset + 1
                if not self._is_stuck():
                    break

    def _is_stuck(self) -> bool:
        since = self._enriching_since
        return since is not None and time.monotonic() - since > LOOK_AHEAD_S

    # --- one transaction ----------------------------------------------------------------------------------------

    async def _commit(self, items: Sequence[Item], next_offset: int | None, records: int) -> None:
        """Everything that became of the items, and the offset, in one transaction; then the local ledger."""
        async with self._writing:
            assert self._producer is not None  # noqa: S101 - claimed before work
            fresh = [item for item in items if not item.done]
            self._triage.settle(fresh)
            outgoing = [record for item in fresh for record in self._outbox.records(item)]
            started = time.perf_counter()
            try:
                written = await self._producer.commit(
                    outgoing, offsets=None if next_offset is None else {self.partition: next_offset}
                )
            except BaseException:
                self._shared.metrics.transactions.labels("failed").inc()
                raise
            self._store.add((item.article.uri, item.entry) for item in fresh if item.article and item.entry)
            for item in fresh:
                self._triage.forget(item)
        self._accounts.transaction(written, seconds=time.perf_counter() - started, records=records)
        self._accounts.items(fresh)
        self._next_offset = self._next_offset if next_offset is None else next_offset


def _names(failures: BaseExceptionGroup[Any]) -> str:
    """The kinds of errors in a group, and Kafka's own words for them, which hold no story text."""
    return "; ".join(
        f"{type(e).__name__}: {e}" if isinstance(e, (KafkaError, OSError)) else type(e).__name__
        for e in failures.exceptions
    )
