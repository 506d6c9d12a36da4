"""The group member: joins, opens a lane for each partition it is given, drains them when they are taken away."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import KafkaError

from config.settings import Settings
from config.topics import RAW
from consumers import preflight
from consumers.kafka.closing import close
from consumers.kafka.connection import NoWayIn, connection
from consumers.kafka.reach import Reached, obstacle
from consumers.lanes.lane import Lane, Shared
from consumers.lanes.state_dir import state_dir
from consumers.pool.keeper import PoolFailed
from consumers.pool.pool import Pool
from consumers.rivals import Rivals
from consumers.telemetry import memory
from consumers.telemetry.health import HttpServer
from consumers.telemetry.metrics import Metrics
from consumers.telemetry.traces import NoTraces, Traces
from consumers.telemetry.traces import opened as open_traces

log = structlog.get_logger("kawat.worker")

HEARTBEATS_A_SESSION = (
    20  # a dead member is replaced soon after its session ends if the others hear of it soon
)
FETCH_BYTES = 256 * 1024  # of each partition at a time (one record may be larger): what waits is memory
FETCH_WAIT_MS = 50  # what comes for one partition may wait so long behind an idle fetch for the others
CLAIMS_AT_ONCE = 16
CLOSE_MS = 10_000  # for producers to stop and locals to close, beside the drain itself
NEVER_MS = (
    2**31 - 1
)  # a lane may wait for NLP as long as it takes, heartbeats go on; /healthz watches the loop
TICK_S = 1.0
STALLED_TICKS = 10
REFUSALS = 3  # of a login or a certificate, before we take them for final: a broker may be starting
PROBE_S = 5.0
WEIGH_S = 10.0


class WorkerFailed(Exception):
    """The worker can't go on; the message says why and what to do."""


class Worker(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka ships no types
    """Reads `news.raw` as a member of the group and publishes what the chain makes of it, exactly once.

    Args:
        settings: everything that can be set.
        chain: "module:factory" of what runs in the NLP processes; None: what the settings name.
        startup_timeout_s: how long to wait for a broker that does not answer before giving up.
    """

    def __init__(
        self, settings: Settings, *, chain: str | None = None, startup_timeout_s: float = 60.0
    ) -> None:
        self._settings = settings
        self._startup_timeout_s = startup_timeout_s
        self._raw = settings.topic(RAW.name)
        self._shared: Shared | None = None
        self._lanes: dict[TopicPartition, Lane] = {}
        self._assigned = False
        self._traces: Traces | None = None
        self._rivals = Rivals()
        self._stopping = asyncio.Event()
        self._listening: asyncio.Task[object] | None = None
        self._ticked = self._probed = time.monotonic()
        self._weighed = -WEIGH_S
        self.metrics = Metrics()
        self._pool = Pool(
            chain or settings.chain,
            size=settings.pool_size or os.cpu_count() or 1,
            story_timeout_s=settings.story_timeout_s,
            story_memory_mb=settings.story_memory_mb,
            watch=self.metrics,
        )
        self.http = HttpServer(
            host=settings.http_host,
            port=settings.http_port,
            registry=self.metrics.registry,
            alive=lambda: list(self._stalls()),
            ready=lambda: list(self._not_ready()),
        )

    def stop(self) -> None:
        """Ask for a graceful end: drain, leave the group, stop the processes. For signal handlers."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until `stop`.

        Raises:
            WorkerFailed: no broker, no way in, a missing right or topic, a chain that can't be loaded, a port that
                is taken.
        """
        async with contextlib.AsyncExitStack() as stack:
            try:
                folder = stack.enter_context(state_dir(self._settings))
            except OSError as error:
                raise WorkerFailed(f"can't make {error.filename} (state_dir): {error.strerror}") from None
            try:
                await self.http.start()
            except OSError as error:
                where = f"{self._settings.http_host}:{self._settings.http_port}"
                raise WorkerFailed(
                    f"can't listen on {where} (http_host, http_port): {error.strerror}"
                ) from None
            stack.push_async_callback(self.http.stop)
            stack.push_async_callback(self._pool.stop)
            try:
                if traces := open_traces(self._settings):
                    self._traces = traces
                    stack.push_async_callback(asyncio.to_thread, traces.stop)
                await self._pool.start()  # loads while we join
                await self._patiently(lambda: preflight.check(self._settings))
                await self._consume(folder)
            except (PoolFailed, NoWayIn, NoTraces, preflight.Unfit) as error:
                raise WorkerFailed(str(error)) from None

    async def _patiently(self, attempt: Callable[[], Awaitable[None]]) -> None:
        """Try at each tick until the broker answers: it may be starting, or starting again."""
        deadline = time.monotonic() + self._startup_timeout_s
        servers, refusals = self._settings.bootstrap_servers, 0
        while not self._stopping.is_set():
            try:
                return await attempt()
            except (KafkaError, OSError) as error:
                why = await self._why_not()
                refusals += why is not None and why.lasting
                if why and refusals >= REFUSALS:
                    raise WorkerFailed(str(why)) from error
                if time.monotonic() > deadline:
                    raise WorkerFailed(
                        f"no broker answers at {servers} (bootstrap_servers): {why or error}"
                    ) from error
                log.warning("no broker yet", bootstrap_servers=servers, why=str(why or error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), TICK_S)
        return None

    async def _why_not(self) -> Reached | None:
        """What is in the way to the brokers, as far as can be told."""
        with contextlib.suppress(KafkaError, OSError):
            return await obstacle(self._settings)
        return None

    # --- the group ----------------------------------------------------------------------------------------------

    async def _consume(self, folder: Path) -> None:
        loaded = asyncio.create_task(self._pool.ready())
        try:
            await self._patiently(lambda: self._join(folder))
            log.info("worker started", group=self._settings.group, topic=self._raw, http=self.http.address)
            while not self._stopping.is_set():
                await self._tick()
                if loaded.done():
                    loaded.result()
        finally:
            loaded.cancel()
            log.info("worker stops")
            await self._leave()

    async def _join(self, folder: Path) -> None:
        self._shared = Shared(
            settings=self._settings,
            consumer=self._new_consumer(),
            pool=self._pool,
            metrics=self.metrics,
            state_dir=folder,
            claims=asyncio.Semaphore(CLAIMS_AT_ONCE),
            traces=self._traces,
        )
        self._consumer.subscribe([self._raw], listener=self)
        try:
            await self._consumer.start()
        except BaseException:
            await self._leave()  # a consumer that failed to start can't start again
            raise

    async def _leave(self) -> None:
        """Drain while still a member, then go."""
        await self._close_lanes()
        if self._shared:
            await close(self._consumer.stop(), timeout_s=CLOSE_MS / 1000)
            self._shared = None

    def _new_consumer(self) -> AIOKafkaConsumer:
        settings = self._settings
        session_ms = settings.session_timeout_ms
        return AIOKafkaConsumer(
            **connection(settings),
            group_id=settings.group,
            group_instance_id=settings.instance_id,
            enable_auto_commit=False,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            session_timeout_ms=session_ms,
            heartbeat_interval_ms=session_ms // HEARTBEATS_A_SESSION,
            # revoked lanes are drained before the group goes on: the group must wait for that
            rebalance_timeout_ms=max(session_ms, settings.drain_timeout_ms + CLOSE_MS),
            max_poll_interval_ms=NEVER_MS,
            fetch_max_wait_ms=FETCH_WAIT_MS,
            max_partition_fetch_bytes=FETCH_BYTES,
            partition_assignment_strategy=(StickyPartitionAssignor,),
        )

    @property
    def _consumer(self) -> AIOKafkaConsumer:
        assert self._shared is not None  # noqa: S101 - there from `_join` to `_leave`
        return self._shared.consumer

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """All lanes end before this returns: the group goes on only then, and what they hold is void."""
        await self._close_lanes()
        self._assigned = False
        log.info("revoked", partitions=sorted(tp.partition for tp in revoked))

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Opens a lane for each partition. Claiming goes on beside this: no heartbeat is sent until this returns."""
        if self._listening:
            self._listening.cancel()
        await self._close_lanes()
        partitions = list(assigned)
        assert self._shared is not None  # noqa: S101 - called by its consumer
        if partitions:
            self._consumer.pause(*partitions)  # nothing may be read before the former owner is fenced
        self._lanes = {partition: Lane(partition, self._shared) for partition in partitions}
        for lane in self._lanes.values():
            lane.start()
        self._assigned = True
        self._rivals.assigned(time.monotonic())
        self.metrics.rebalances.inc()
        self.metrics.assigned.set(len(partitions))
        log.info("assigned", partitions=sorted(tp.partition for tp in partitions))

    async def _close_lanes(self) -> None:
        lanes, self._lanes = self._lanes, {}
        self.metrics.assigned.set(0)
        await asyncio.gather(*(lane.drain(self._settings.drain_timeout_ms / 1000) for lane in lanes.values()))

    # --- the watch ----------------------------------------------------------------------------------------------

    async def _tick(self) -> None:
        """Once a second: the gauges, the broker, and errors of the group that no lane is there to hear."""
        due = time.monotonic() + TICK_S
        if self._lanes:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), TICK_S)
        else:
            await self._listen()
        now = time.monotonic()
        self.metrics.loop_lag.set(max(0.0, now - due))
        self._ticked = now
        self.metrics.pool_size.set(self._pool.size)
        self.metrics.pool_alive.set(self._pool.alive)
        self.metrics.pool_busy.set(self._pool.busy)
        self.metrics.pool_queued.set(self._pool.queued)
        for lane in list(self._lanes.values()):
            await lane.report_lag()
        self._check_rival()
        await self._probe()
        await self._weigh()
        self.metrics.ready.set(not list(self._not_ready()))

    def _check_rival(self) -> None:
        if self._settings.instance_id is not None and self._rivals.must_give_way():
            raise WorkerFailed(self._rival())

    def _rival(self) -> str:
        name = self._settings.instance_id
        return f"another worker has joined as {name} (instance_id); each needs a name of its own"

    async def _listen(self) -> None:
        """The client tells errors of the group (no access, a second member of our name) only to those who poll."""
        self._listening = asyncio.create_task(self._consumer.getmany(timeout_ms=int(TICK_S * 1000)))
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({self._listening, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in (self._listening, stopping):
            task.cancel()
        try:
            await self._listening
        except KafkaError as error:
            if not error.retriable:
                # FENCED_INSTANCE_ID is a word of the broker's that the client does not know
                fenced = self._settings.instance_id is not None and "UnknownError" in str(error)
                refusal = f"the group {self._settings.group} refuses this worker: {error}"
                raise WorkerFailed(self._rival() if fenced else refusal) from error
        except asyncio.CancelledError:
            pass
        finally:
            self._listening = None

    async def _probe(self) -> None:
        """Whether the broker answers, from time to time, for /readyz."""
        if not self._lanes or time.monotonic() < self._probed + PROBE_S:
            return
        with contextlib.suppress(KafkaError, TimeoutError):
            partition = next(iter(self._lanes))
            async with asyncio.timeout(PROBE_S):
                await self._consumer.end_offsets([partition])
            self._probed = time.monotonic()

    async def _weigh(self) -> None:
        """Memory, from time to time and beside the loop: the kernel takes some milliseconds to add it up."""
        now = time.monotonic()
        if now < self._weighed + WEIGH_S:
            return
        self._weighed = now
        used, limit = await asyncio.to_thread(lambda: (memory.used_bytes(), memory.limit_bytes()))
        self.metrics.memory.set(used or 0)
        self.metrics.memory_limit.set(limit or 0)

    def _stalls(self) -> Iterator[str]:
        late = time.monotonic() - self._ticked
        if late > STALLED_TICKS * TICK_S:
            yield f"the event loop has not come round for {late:.0f} s"

    def _not_ready(self) -> Iterator[str]:
        yield from self._stalls()
        if not self._assigned:
            yield "no assignment from the group yet"
        claiming = sorted(tp.partition for tp, lane in self._lanes.items() if not lane.claimed)
        if claiming:
            yield f"partitions not claimed or not restored yet: {claiming}"
        if self._lanes and time.monotonic() - self._probed > 3 * PROBE_S:
            yield f"the broker does not answer at {self._settings.bootstrap_servers}"
        if not self._pool.alive:
            yield "no NLP process is ready"
