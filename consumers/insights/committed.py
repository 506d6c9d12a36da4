"""What Faust lacks at "at least once": it reads what was never committed, and commits what was never done.

Mended here, each found on faust-streaming 0.15.3:

- outside `exactly_once`, which is broken, its consumer reads aborted transactions: here it reads committed ones;
- it commits an offset while the changelog of its tables is still on the way to the broker: here the commit waits for
  everything that was sent before it;
- it loses events at rebalances, and commits past them. After a restore it resumes its partitions first and seeks them
  to their offsets later; what arrives in between is thrown out of the agents' queues, while the offset that it reads
  next has moved on; and what it never handed on counts as a gap in the log, which is as good as done. A stream
  acknowledges events that it skips, too. So positions are our own (`lines`): fetching begins when the rebalance is
  over, only the next event in line is done, where it is missing the partition is read again, and the offset that is
  committed is the one after the last that was done;
- a fetch that was under way while it sought the changelogs makes it drop what it then needs: it waits for ever, or
  restores a table with a hole. So changelogs are read in line, too;
- a worker that was frozen writes to its changelogs after another has taken its place: the value that knows more is kept;
- where its fetching or its restoring ends for good without an error, so does the process: whatever runs it starts it
  again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, cast

import faust
import structlog
from faust.tables.manager import TableManager
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from mode.utils.queues import ThrowableQueue

from consumers.insights.lines import Lines

STALL_S = 60.0

log = structlog.get_logger("kawat.insights")


class Stalled(Exception):
    """Partitions are assigned, but for `STALL_S` seconds nobody has fetched from them, or restored their tables."""


class _ReadCommitted(AIOKafkaConsumerThread):
    def _create_worker_consumer(self, transport: Any) -> Any:
        # Faust asks whether it is in a transaction, and reads committed records only then
        consumer = self.consumer
        consumer.in_transaction = True
        try:
            return super()._create_worker_consumer(transport)
        finally:
            consumer.in_transaction = False

    async def seek_ours(self, positions: Mapping[Any, int]) -> dict[Any, int]:
        """Seeks those of the partitions that are assigned, and says which these are."""
        sought: dict[Any, int] = await self.call_thread(self._seek_ours, positions)
        return sought

    async def _seek_ours(self, positions: Mapping[Any, int]) -> dict[Any, int]:
        consumer = self._ensure_consumer()
        ours = {tp: offset for tp, offset in positions.items() if tp in consumer.assignment()}
        for tp, offset in ours.items():
            consumer.seek(tp, offset)  # before the log's start it begins there
        return ours


class _Consumer(Consumer):
    """The two ends of the fetching, with `lines` in between.

    A record comes to an agent by `_getmany`; what it did is committed by `_filter_committable_offsets`.
    """

    _alive: float | None = None  # when something was last seen to go on; None without partitions

    @property
    def _lines(self) -> Lines:
        return cast(CommittedApp, self.app).lines

    @property
    def _restoring(self) -> Lines:
        return cast(CommittedApp, self.app).restoring

    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return _ReadCommitted(self, loop=self.loop, beacon=self.beacon)

    def _streams(self, tps: Iterable[Any]) -> list[Any]:
        return [tp for tp in tps if not self._is_changelog_tp(tp)]

    async def seek_to_committed(self) -> Mapping[Any, int]:
        """Called when tables are restored, and by Faust's fetching where it finds itself interrupted."""
        found: Mapping[Any, int | None] = await super().seek_to_committed()
        self._lines.begin({tp: found[tp] or 0 for tp in self._streams(found)})
        return cast(Mapping[Any, int], found)

    async def seek_wait(self, partitions: Mapping[Any, int]) -> None:
        """Called before tables are restored, with partitions of changelogs."""
        await super().seek_wait(partitions)
        self._restoring.begin(partitions)

    async def on_partitions_assigned(self, assigned: set[Any], generation_id: int = 0) -> None:
        self._alive = time.monotonic() if assigned else None
        self._restoring.keep(assigned)
        self._lines.keep(assigned)
        await super().on_partitions_assigned(assigned, generation_id)

    async def on_partitions_revoked(self, revoked: set[Any]) -> None:
        self._alive = None
        self._restoring.end(revoked)
        await super().on_partitions_revoked(revoked)  # waits for what is being done, and commits
        self._lines.end(revoked)

    async def _getmany(self, active_partitions: set[Any] | None, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's
        # tables may be half restored: whatever streams give before the end of a rebalance is too early
        early, now = self.app.rebalancing, time.monotonic()
        lost = self._restoring.lost(now) | ({} if early else self._lines.lost(now))
        if lost:  # here, since no fetch is under way
            sought = await cast(_ReadCommitted, self._thread).seek_ours(lost)
            self._restoring.sought(sought)
            self._lines.sought(sought)
            self._read_offset.update(sought)
        records = await super()._getmany(active_partitions, timeout)
        streams = set(self._streams(records))
        early = early or self.app.rebalancing
        offsets = {tp: [record.offset for record in records[tp]] for tp in records}
        ready: set[Any] = set()
        if self.flow_active:  # else Faust would throw them away, and seek streams only
            ready |= self._restoring.fetched({tp: offsets[tp] for tp in offsets if tp not in streams})
            ready |= set() if early else self._lines.fetched({tp: offsets[tp] for tp in streams})
        if self._alive is not None and (ready or not early):
            self._alive = now
        self._restoring.dropped(offsets.keys() - ready)
        self._lines.dropped(offsets.keys() - ready)
        return {tp: records[tp] for tp in records if tp in ready}

    async def _add_gap(self, tp: Any, offset_from: int, offset_to: int) -> None:
        """Nothing to book: offsets between two events that were fetched one after the other hold no event."""

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[Any]:
        if self._alive is not None and time.monotonic() - self._alive >= STALL_S:
            cast(CommittedApp, self.app).fail(Stalled(f"nothing was fetched for {STALL_S:.0f} s"))
        self._acked.clear()  # Faust's own books: nobody reads them any more
        self._acked_index.clear()
        return (tp for tp in self._lines.committable() if topics is None or tp in topics or tp[0] in topics)

    def _filter_committable_offsets(self, tps: Iterable[Any]) -> dict[Any, int]:
        committable = self._lines.committable()
        return {tp: committable[tp] for tp in tps if tp in committable}

    async def _handle_attached(self, commit_offsets: Mapping[Any, int]) -> None:
        await super()._handle_attached(commit_offsets)
        await cast(CommittedApp, self.app).written()

    async def _commit_offsets(self, offsets: Mapping[Any, int], start_new_transaction: bool = True) -> bool:
        if cast(CommittedApp, self.app).failure is not None:  # what is lost must be read again
            return False
        done = bool(await super()._commit_offsets(offsets, start_new_transaction))
        if done:
            self._lines.committed(offsets)
        return done


class _Transport(Transport):
    Consumer = _Consumer


class _ChangelogQueue(ThrowableQueue[Any]):
    """What tables are restored from: the next event of a changelog, or none."""

    def __init__(self, restoring: Lines, **options: Any) -> None:
        super().__init__(**options)
        self._restoring = restoring

    async def get(self) -> Any:
        while True:
            event = await super().get()
            line = self._restoring.next(event.message.tp, event.message.offset)
            if line is not None:
                with line.doing(event.message.offset):
                    return event


class _Tables(TableManager):
    @cached_property
    def changelog_queue(self) -> _ChangelogQueue:
        app = cast(CommittedApp, self.app)
        size = app.conf.stream_buffer_maxsize
        return _ChangelogQueue(
            app.restoring, maxsize=size, flow_control=app.flow_control, clear_on_resume=True
        )


class CommittedApp(faust.App):
    """A Faust app that is right at least once.

    Attributes:
        failure: what went wrong; from then on no offset is committed, and `failed` is set: end the process.
        lines: what was fetched of streams and what is done; agents do only what is next there.
        restoring: the same for changelogs, while tables are restored.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, TableManager=_Tables, **options)
        self.failure: BaseException | None = None
        self.lines = Lines()
        self.restoring = Lines()
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


Later = Callable[[bytes, bytes], bytes]


class CommittedTable(faust.Table[bytes, bytes]):
    """A table whose changelog is on the broker before the offsets that led to it are committed.

    `later` says which of two values of a key knows more, the second where they are the same. A worker that was frozen,
    and whose place another took, may write what it knew then after what the other knows now; where that shows when
    tables are restored, the value that counts is written again, for a changelog keeps the last one of a key.
    """

    def __init__(self, app: CommittedApp, *, later: Later, **options: Any) -> None:
        super().__init__(app, **options)
        self._later = later
        self._disputed: dict[bytes, int] = {}

    def send_changelog(self, *args: Any, **options: Any) -> Any:
        sent = super().send_changelog(*args, **options)
        cast(CommittedApp, self.app).keep(sent)
        return sent

    def apply_changelog_batch(self, batch: Iterable[Any]) -> None:
        for event in batch:
            key, value = event.key, event.value
            known = self.data.get(key)
            super().apply_changelog_batch([event])
            self._disputed.pop(key, None)
            if known and value and self._later(known, value) is known:
                self.data[key] = known
                self._disputed[key] = event.message.partition

    async def on_recovery_completed(self, active_tps: set[Any], standby_tps: set[Any]) -> None:
        await super().on_recovery_completed(active_tps, standby_tps)
        disputed, self._disputed = self._disputed, {}
        for key, partition in disputed.items():
            if key in self.data:
                self.send_changelog(partition, key, self.data[key])
