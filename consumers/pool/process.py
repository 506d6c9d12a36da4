"""One NLP process: reads stories from its socket, enriches one at a time, and answers each as soon as it is done.

Runs in a fork of the nursery, so the chain is there already. It ends when the socket does.
"""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import sys
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any, Protocol

from consumers.pool.frames import (
    NO_STORY,
    Frame,
    Kind,
    Unpacker,
    pack,
    pack_done,
    pack_failed,
    read_article,
)
from processors.errors import ProcessorFailed, StoryError, StoryMemory
from processors.records import Article, Enriched

READ_BYTES = 1 << 18
RESIDENT, DATA = 1, 5  # columns of /proc/self/statm, in pages
_PAGE_KB = resource.getpagesize() // 1024


class Chain(Protocol):
    """What a factory returns. A method `after_fork()`, when there is one, is called once in each process: the
    place to start threads, which a fork does not inherit.
    """

    def enrich(self, article: Article, on_stage: Callable[[str], None] | None = None) -> Enriched:
        """The records of a story. `on_stage` is called with the name of each stage as it begins.

        Raises:
            StoryError: this story can't be processed.
        """


def serve(sock: socket.socket, chain: Chain, *, story_memory_mb: int) -> int:
    """Answer stories until the socket ends; the exit status of the process."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the consumer is gone
        after_fork = getattr(chain, "after_fork", None)
        if after_fork is not None:
            try:
                after_fork()
            except Exception as error:  # noqa: BLE001 - whatever it is, the consumer has to be told
                sock.sendall(pack(NO_STORY, Kind.BROKEN, f"{type(error).__name__}: {error}".encode()))
                return 1
        memory = MemoryLimit(story_memory_mb)
        sock.sendall(pack(NO_STORY, Kind.READY, b"%d" % memory.resident_kb()))
        frames = Unpacker()
        while data := sock.recv(READ_BYTES):
            for frame in frames.feed(data):
                retire = b"" if memory.arm() else b"grown"
                if not retire:
                    answer, retire = _work(chain, frame, memory)
                    sock.sendall(answer)
                if retire:
                    sock.sendall(pack(NO_STORY, Kind.RETIRING, retire))
                    return 0
    return 0


def _work(chain: Chain, frame: Frame, memory: MemoryLimit) -> tuple[bytes, bytes]:
    """A story's answer, and why the process must be replaced now (empty: it need not)."""
    article = read_article(frame.parts[0])
    watch = Stopwatch()
    failed: StoryError
    try:
        enriched = chain.enrich(article, watch)
        memory.lift()  # orjson answers a refused allocation with a segmentation fault
        return pack_done(frame.number, enriched, **watch.stop()), b""
    except StoryError as error:
        failed, retire = error, b""
    except MemoryError:
        memory.lift()
        failed, retire = StoryMemory(f"needed more than {memory.megabytes} MB", stage=watch.stage), b"memory"
    except Exception as error:  # noqa: BLE001 - a defect of a processor fails its story, not the process
        where = error.__traceback__
        while where and where.tb_next:
            where = where.tb_next
        line = f"{where.tb_frame.f_globals.get('__name__')}:{where.tb_lineno}" if where else "?"
        failed, retire = ProcessorFailed(f"{type(error).__name__} at {line}", stage=watch.stage), b""
    memory.lift()
    failed.uri = failed.uri or article.uri
    return pack_failed(frame.number, failed), retire


class Stopwatch:
    """Times the stages of one story: called with the name of each as it begins."""

    def __init__(self) -> None:
        self.stage = "pool"
        self._stages: dict[str, float] = {}
        self._start_cpu = process_time()
        self._start = self._since = perf_counter()

    def __call__(self, stage: str) -> None:
        """A stage begins; the one before it has ended."""
        self._end_stage()
        self.stage = stage

    def _end_stage(self) -> None:
        now = perf_counter()
        if self.stage != "pool":
            self._stages[self.stage] = self._stages.get(self.stage, 0.0) + now - self._since
        self._since = now

    def stop(self) -> dict[str, Any]:
        """The times, as `pack_done` takes them; ends the last stage."""
        self("pool")
        return {
            "seconds": self._since - self._start,
            "cpu_seconds": process_time() - self._start_cpu,
            "stages": self._stages,
        }


class MemoryLimit:
    """Lets each story take so many megabytes beyond what the process had when the story began.

    Works on Linux, where RLIMIT_DATA counts all private writable memory; elsewhere there is no limit.
    """

    def __init__(self, megabytes: int) -> None:
        self.megabytes = megabytes
        self._allowed_kb = megabytes * 1024
        self._statm = os.open("/proc/self/statm", os.O_RDONLY) if sys.platform == "linux" else -1
        self._hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        self._lifted = (self._hard, self._hard)
        self._at_start_kb = self._pages(DATA)

    def arm(self) -> bool:
        """A story begins. False: the process has kept as much as one story may take, and must be replaced."""
        if self._statm < 0:
            return True
        data_kb = self._pages(DATA)
        soft = (data_kb + self._allowed_kb) * 1024
        if self._hard != resource.RLIM_INFINITY:
            soft = min(soft, self._hard)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, self._hard))
        return data_kb - self._at_start_kb <= self._allowed_kb

    def lift(self) -> None:
        """No limit but the system's, so that an answer can be written."""
        resource.setrlimit(resource.RLIMIT_DATA, self._lifted)

    def resident_kb(self) -> int:
        """What the process holds in memory, shared pages included, in KiB."""
        return self._pages(RESIDENT)

    def _pages(self, column: int) -> int:
        if self._statm < 0:
            return 0
        return int(os.pread(self._statm, 128, 0).split()[column]) * _PAGE_KB
