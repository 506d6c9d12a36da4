"""What Faust lacks at "at least once": it reads what was never committed, and commits what is not yet written.

Four things are mended here, each found on faust-streaming 0.15.3:

- outside `exactly_once`, which is broken, its consumer reads aborted transactions: here it reads committed ones;
- it commits an offset while the changelog of its tables is still on the way to the broker: here the commit waits for
  everything that was sent before it;
- it books the offset after a transaction's marker twice, so that each commit gets past one marker only, and falls
  behind for good where each story has a transaction of its own;
- after a rebalance it may never come to an event whose followers it has done: its offset then stands still. Nothing is
  lost, but only a restart reads that event again: so offsets that stand still end the process.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Iterable, Mapping
from functools import cached_property
from typing import Any, cast

import faust
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport

STALL_S = 60.0


class Stalled(Exception):
    """Events were done, but not one before them, for so long that it will not be."""


class Stalls:
    """Since when the offsets of partitions wait for an event before them."""

    def __init__(self) -> None:
        self._since: dict[Any, float] = {}

    def see(self, waiting: Iterable[Any], now: float) -> list[Any]:
        """Takes in which partitions wait at `now` (seconds of any clock); those that have for `STALL_S`."""
        self._since = {partition: self._since.get(partition, now) for partition in waiting}
        return [partition for partition, since in self._since.items() if now - since >= STALL_S]


class _ReadCommitted(AIOKafkaConsumerThread):
    def _create_worker_consumer(self, transport: Any) -> Any:
        # Faust asks whether it is in a transaction, and reads committed records only then
        consumer = self.consumer
        consumer.in_transaction = True
        try:
            return super()._create_worker_consumer(transport)
        finally:
            consumer.in_transaction = False


class _Consumer(Consumer):
    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return _ReadCommitted(self, loop=self.loop, beacon=self.beacon)

    @cached_property
    def _stalls(self) -> Stalls:
        return Stalls()

    def _filter_committable_offsets(self, tps: Iterable[Any]) -> dict[Any, int]:
        looked_at = list(tps)
        found = dict(super()._filter_committable_offsets(looked_at))
        waiting = [tp for tp in looked_at if self._acked[tp] and tp not in found]
        for tp in self._stalls.see(waiting, time.monotonic()):
            stalled = Stalled(f"{tp.topic}-{tp.partition}: an event was never done")
            cast(CommittedApp, self.app).fail(stalled)
        return found

    async def _add_gap(self, tp: Any, offset_from: int, offset_to: int) -> None:
        # `offset_to` is the next record itself, which is booked when it is done
        await super()._add_gap(tp, offset_from, offset_to - 1)

    async def _handle_attached(self, commit_offsets: Mapping[Any, int]) -> None:
        await super()._handle_attached(commit_offsets)
        await cast(CommittedApp, self.app).written()

    async def _commit_offsets(self, offsets: Mapping[Any, int], start_new_transaction: bool = True) -> bool:
        if cast(CommittedApp, self.app).failure is not None:  # what is lost must be read again
            return False
        return bool(await super()._commit_offsets(offsets, start_new_transaction))


class _Transport(Transport):
    Consumer = _Consumer


class CommittedApp(faust.App):
    """A Faust app that is right at least once.

    Attributes:
        failure: what went wrong; from then on no offset is committed, and `failed` is set: end the process.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.failure: BaseException | None = None
        self.failed = asyncio.Event()
        self._sending: set[asyncio.Future[Any]] = set()
        # a table that is restored before its last changes are written would lose them
        self.on_partitions_revoked.connect(self._revoked)

    def _new_transport(self) -> Transport:
        return _Transport(self.conf.broker_consumer, self)

    def fail(self, error: BaseException) -> None:
        """Nothing can be relied on any more."""
        self.failure = self.failure or error
        self.failed.set()

    def keep(self, sent: Awaitable[Any]) -> None:
        """Something was sent: no offset is committed until the broker has it."""
        future = asyncio.ensure_future(sent)
        self._sending.add(future)
        future.add_done_callback(self._kept)

    async def _revoked(self, *_: Any, **__: Any) -> None:
        await self.written()

    def _kept(self, future: asyncio.Future[Any]) -> None:
        self._sending.discard(future)
        if not future.cancelled() and (error := future.exception()) is not None:
            self.fail(error)

    async def written(self) -> None:
        """Returns when everything that was sent so far is on the broker, or has failed."""
        if self._sending:
            await asyncio.wait(set(self._sending))


class CommittedTable(faust.Table[bytes, bytes]):
    """A table whose changelog is on the broker before the offsets that led to it are committed."""

    def send_changelog(self, *args: Any, **options: Any) -> Any:
        sent = super().send_changelog(*args, **options)
        cast(CommittedApp, self.app).keep(sent)
        return sent
