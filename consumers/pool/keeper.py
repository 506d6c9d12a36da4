"""Keeps the processes of a pool alive: the nursery that forks them, and a new one for each that ends.

A chain that can't be loaded, or processes that die as they start, must not turn into a fork bomb: starts after a
failed one go one at a time and wait longer and longer. A pool that was never ready gives up soon, as its chain is
broken and people must look; one that has worked before goes on trying, as stories wait for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from itertools import count
from time import monotonic
from typing import Any, Protocol

import structlog

from consumers.pool.frames import Frame, Kind
from consumers.pool.handles import NurseryHandle, ProcessHandle

START_S = 60.0  # a forked process must be ready by then
SHORT_LIFE_S = 1.0  # a process that ends sooner without having met a story is a failed start
START_TRIES = 3  # failed starts before a pool that was never ready gives up
BACKOFF_S, MOST_BACKOFF_S = 0.1, 30.0
STOP_S = 0.5  # for processes to end by themselves

log = structlog.get_logger()


class PoolFailed(Exception):
    """The pool can't work at all: its chain can't be loaded, or it was stopped. No story is to blame."""


class PoolWatch(Protocol):
    """What the metrics are told."""

    def chain_loaded(self, seconds: float) -> None:
        """The nursery has loaded the chain."""

    def process_started(self, seconds: float) -> None:
        """A process is ready, so long after it was asked for."""

    def process_ended(self, reason: str) -> None:
        """A process is no more: timeout, crash, memory (of its story), grown (kept too much), start (never got
        going), nursery (lost with it).
        """


class Owner(Protocol):
    """Whom the processes work for."""

    def process_ready(self, process: ProcessHandle) -> None:
        """It can take stories."""

    def process_answered(self, process: ProcessHandle, frame: Frame) -> None:
        """It has finished a story."""

    def process_lost(self, process: ProcessHandle, *, died: bool, peak_kb: int = 0) -> None:
        """It is no more, and what is in its window is to be done again; `died`: while working on the first."""

    def dispatch(self) -> None:
        """Processes may have room again."""

    def pool_failed(self, error: PoolFailed) -> None:
        """No process will come."""


class Keeper:
    """Keeps `size` processes of a chain."""

    def __init__(
        self, chain: str, *, size: int, story_memory_mb: int, owner: Owner, watch: PoolWatch | None
    ) -> None:
        self.size = size
        self.processes: dict[int, ProcessHandle] = {}
        self.restarts = 0
        self._chain = chain
        self._story_memory_mb = story_memory_mb
        self._owner = owner
        self._watch = watch
        self._numbers = count(1)
        self._nursery: NurseryHandle | None = None
        self._loaded = False
        self._was_ready = False
        self._why = ""  # why the nursery could not load the chain
        self._failures = 0  # failed starts in a row
        self._next_start: asyncio.TimerHandle | None = None
        self._stopped = False
        self._empty = asyncio.Event()

    @property
    def failing(self) -> bool:
        """The last start failed, and none has worked since."""
        return self._failures > 0

    def start(self) -> None:
        """Start what is missing."""
        self._next_start = None
        if self._stopped:
            return
        if self._nursery is None:
            self._loaded = False
            self._nursery = NurseryHandle(
                self._chain, story_memory_mb=self._story_memory_mb, on_event=self._on_event
            )
        elif self._loaded:
            missing = self.size - len(self.processes)
            for _ in range(min(missing, 1) if self._failures else missing):
                number = next(self._numbers)
                process = ProcessHandle(number, self._nursery.fork(number), self._on_frames)
                self.processes[number] = process
                asyncio.get_running_loop().call_later(START_S, self._check_start, process)

    def end(self, process: ProcessHandle, reason: str) -> None:
        """Kill a process, and start another in its place. The owner sees to its window."""
        self._remove(process, reason)
        process.kill()

    async def stop(self) -> None:
        """Let the processes end, then kill what is left."""
        self._stopped = True
        if self._next_start:
            self._next_start.cancel()
        for process in self.processes.values():
            process.finish()
        self._empty.clear()
        if self.processes and self._nursery:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), STOP_S)
        for process in self.processes.values():
            process.kill()
        self.processes.clear()
        if self._nursery:
            self._nursery.kill()
            self._nursery = None

    def _remove(self, process: ProcessHandle, reason: str) -> None:
        del self.processes[process.number]
        if not self.processes:
            self._empty.set()
        if self._stopped:
            return
        log.warning("nlp process ended", reason=reason, pid=process.pid, served=process.served)
        self.restarts += 1
        if self._watch:
            self._watch.process_ended(reason)
        self._schedule()

    def _schedule(self) -> None:
        if self._next_start or self._stopped:
            return
        delay = min(BACKOFF_S * 2 ** (self._failures - 1), MOST_BACKOFF_S) if self._failures else 0.0
        self._next_start = asyncio.get_running_loop().call_later(delay, self.start)

    def _start_failed(self, why: str) -> None:
        self._failures += 1
        log.error("no nlp process could be started", why=why, failures=self._failures)
        if self._failures >= START_TRIES and not self._was_ready:
            self._give_up(why)

    def _give_up(self, why: str) -> None:
        self._stopped = True
        self._owner.pool_failed(PoolFailed(f"{self._chain}: {why}"))

    def _check_start(self, process: ProcessHandle) -> None:
        if process.number in self.processes and not process.ready:
            self._start_failed(f"not ready after {START_S:.0f} s")
            self.end(process, "start")

    def _on_frames(self, process: ProcessHandle, frames: list[Frame]) -> None:
        for frame in frames:
            match frame.kind:
                case Kind.READY:
                    self._process_ready(process, int(frame.parts[0]))
                case Kind.BROKEN:
                    process.why = frame.parts[0].decode()
                case Kind.RETIRING:
                    self._remove(process, frame.parts[0].decode())
                    process.close()
                    self._owner.process_lost(process, died=False)
                case _:
                    process.served += 1
                    if process.served == 1:  # later answers say nothing about starts
                        self._start_proven()
                    self._owner.process_answered(process, frame)
        self._owner.dispatch()

    def _process_ready(self, process: ProcessHandle, resident_kb: int) -> None:
        self._was_ready = process.ready = True
        process.resident_kb = resident_kb
        if self._watch:
            self._watch.process_started(monotonic() - process.started)
        if self._failures:
            asyncio.get_running_loop().call_later(SHORT_LIFE_S, self._check_life, process)
        self._owner.process_ready(process)

    def _check_life(self, process: ProcessHandle) -> None:
        if process.number in self.processes:
            self._start_proven()

    def _start_proven(self) -> None:
        if self._failures:
            self._failures = 0
            if self._next_start:
                self._next_start.cancel()
                self._next_start = None
            self._schedule()

    def _on_event(self, event: dict[str, Any]) -> None:
        match event:
            case {"event": "loaded", "seconds": float(seconds)}:
                self._loaded = True
                log.info("chain loaded", chain=self._chain, seconds=round(seconds, 3))
                if self._watch:
                    self._watch.chain_loaded(seconds)
                self.start()
            case {"event": "failed", "error": str(error)}:
                self._why = error
            case {"event": "gone", "code": int(code)}:
                self._nursery_lost(code)
            case {"number": int(number), **rest} if number in self.processes:
                self._process_event(self.processes[number], rest)
            case {"event": "forked", "pid": int(pid)}:  # given up before we knew its pid
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _process_event(self, process: ProcessHandle, event: dict[str, Any]) -> None:
        match event:
            case {"event": "forked", "pid": int(pid)}:
                process.pid = pid
            case {"event": "unforked", "error": str(error)}:
                self._start_failed(error)
                self._remove(process, "start")
                process.close()
            case {"event": "ended", "code": int(code), "peak_kb": int(peak_kb)}:
                self._process_ended(process, code, peak_kb)

    def _process_ended(self, process: ProcessHandle, code: int, peak_kb: int) -> None:
        while process.read():  # what it had still said
            pass
        if process.number not in self.processes:  # it had said goodbye
            return
        process.close()
        if self._stopped:
            self._remove(process, "stopped")
            return
        met_work = process.window or process.served
        if not met_work and not (process.ready and monotonic() - process.started > SHORT_LIFE_S):
            self._start_failed(process.why or f"its process {how(code)}")
            self._remove(process, "start")
        else:
            self._remove(process, "crash")
        self._owner.process_lost(process, died=True, peak_kb=peak_kb)

    def _nursery_lost(self, code: int) -> None:
        self._nursery = None
        if not self._loaded:
            self._start_failed(self._why or f"its loader {how(code)}")
            if self._why and not self._was_ready:  # it raised, and would again
                self._give_up(self._why)
        self._why = ""
        for process in list(self.processes.values()):
            while process.read():
                pass
            self._remove(process, "nursery")
            process.close()  # the kernel has ended it with its parent
            self._owner.process_lost(process, died=False)
        self._schedule()


def how(code: int) -> str:
    """How a process ended, in words."""
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
