"""The nursery: a small process that loads the chain once and forks the NLP processes from it.

A fork starts in milliseconds and shares the models' memory with its siblings. multiprocessing's forkserver does
the same with one server for the whole program, whose preloads take no argument and whose children import the
program's main module; this one gets its chain as an argument, says why a chain can't be loaded, and reports how
each process ended.

It speaks with the pool over a socket: four bytes with a file descriptor ask for a process with that number; events
come back as lines of JSON (`loaded`, `failed`, `forked`, `unforked`, `ended`). It ends when the socket does.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import gc
import importlib
import os
import selectors
import signal
import socket
import sys
import traceback
from time import perf_counter
from typing import Any, NoReturn

import orjson

from consumers.pool.process import Chain, serve

# one process a core, so one thread a process; idle threads of a pool would also be lost in the forks
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15


def main(chain: str, control_fd: int, consumer_pid: int, story_memory_mb: int) -> NoReturn:
    """Load the chain, then fork processes until the pool closes its end of the socket.

    Args:
        chain: "module:factory".
        control_fd: our end of the socket to the pool.
        consumer_pid: whose death is ours.
        story_memory_mb: see `MemoryLimit`.
    """
    _settle(b"kawat-nursery", consumer_pid)
    faulthandler.enable()
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    control = socket.socket(fileno=control_fd)
    started = perf_counter()
    try:
        loaded = _load(chain)
    except Exception as error:  # noqa: BLE001 - whatever it is, the pool has to be told
        traceback.print_exc()
        _tell(control, event="failed", error=f"{type(error).__name__}: {error}")
        os._exit(1)
    # what is frozen is never visited again, so its pages stay shared
    gc.collect()
    gc.freeze()
    _tell(control, event="loaded", seconds=perf_counter() - started)
    Nursery(control, loaded, story_memory_mb).run()
    os._exit(0)  # threads that the chain left running must not keep us


def _load(path: str) -> Chain:
    module, _, attributes = path.partition(":")
    found: Any = importlib.import_module(module)
    for attribute in attributes.split("."):
        found = getattr(found, attribute)
    chain: Chain = found()
    return chain


def _settle(name: bytes, parent: int) -> None:
    """Make this process one that dies with its parent and only by it.

    Ctrl-C and systemd's SIGTERM go to every process of the service: the consumer drains then, and needs us for it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform == "linux":  # elsewhere the end of the socket has to do
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        libc.prctl(_PR_SET_NAME, name)
    if os.getppid() != parent:
        os._exit(1)


def _tell(control: socket.socket, **event: object) -> None:
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the consumer is gone, so are we, soon
        control.sendall(orjson.dumps(event) + b"\n")


class Nursery:
    """Forks on request and reports ends."""

    def __init__(self, control: socket.socket, chain: Chain, story_memory_mb: int) -> None:
        self._control = control
        self._chain = chain
        self._story_memory_mb = story_memory_mb
        self._numbers: dict[int, int] = {}  # by pid

    def run(self) -> None:
        """Until the socket ends."""
        wake, woken = socket.socketpair()
        woken.setblocking(False)
        wake.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._control, selectors.EVENT_READ)
            selector.register(wake, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if wake in ready:
                    wake.recv(4096)
                    self._report_ends()
                if self._control in ready:
                    request, fds, _, _ = socket.recv_fds(self._control, 4, 1)
                    if not request:
                        return
                    self._fork(int.from_bytes(request, "big"), fds[0])

    def _fork(self, number: int, fd: int) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            _tell(self._control, event="unforked", number=number, error=str(error))
        else:
            if pid == 0:
                self._become_process(fd, parent)
            self._numbers[pid] = number
            _tell(self._control, event="forked", number=number, pid=pid)
        os.close(fd)

    def _become_process(self, fd: int, parent: int) -> NoReturn:
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _settle(b"kawat-nlp", parent)
            self._control.close()
            status = serve(socket.socket(fileno=fd), self._chain, story_memory_mb=self._story_memory_mb)
            sys.stdout.flush()
        except BaseException as error:  # noqa: BLE001 - nothing may run on into the nursery's own code
            frames = "".join(traceback.format_tb(error.__traceback__))
            sys.stderr.write(f"{frames}{type(error).__name__}\n")  # its message could hold the story
        finally:
            sys.stderr.flush()
            os._exit(status)

    def _report_ends(self) -> None:
        while self._numbers:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            if pid in self._numbers:
                code = os.waitstatus_to_exitcode(status)
                number = self._numbers.pop(pid)
                _tell(self._control, event="ended", number=number, code=code, peak_kb=usage.ru_maxrss)
