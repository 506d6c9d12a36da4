"""The pool's side of its processes: the nursery that forks them, and each of them with its window of stories."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

import orjson

from consumers.pool.frames import Frame, Published, Unpacker
from processors.errors import StoryError

READ_BYTES = 1 << 18
WINDOW_BYTES = 1 << 18
_BOOT = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from consumers.pool.nursery import main; main({})"


class NurseryHandle:
    """A running nursery. `on_event` gets its events as dicts; the last one is `{"event": "gone", "code": ...}`."""

    def __init__(
        self, chain: str, *, story_memory_mb: int, on_event: Callable[[dict[str, Any]], None]
    ) -> None:
        self._on_event = on_event
        self._loop = asyncio.get_running_loop()
        self._control, theirs = socket.socketpair()
        self._control.setblocking(False)
        self._rest = b""
        with theirs:
            call = f"{chain!r}, {theirs.fileno()}, {os.getpid()}, {story_memory_mb}"
            # the import path goes along, so both sides run the same code; a session of its own keeps
            # the keys of the terminal (Ctrl-C, Ctrl-Z) between people and the consumer
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
                [sys.executable, "-c", _BOOT.format(call), json.dumps(sys.path)],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._loop.add_reader(self._control, self._read)

    def fork(self, number: int) -> socket.socket:
        """Ask for a process; our end of its socket. Whether it came about, an event will tell."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs, contextlib.suppress(BrokenPipeError, ConnectionResetError):  # "gone" is about to come
            socket.send_fds(self._control, [number.to_bytes(4, "big")], [theirs.fileno()])
        return ours

    def _read(self) -> None:
        try:
            data = self._control.recv(READ_BYTES)
        except BlockingIOError:
            return
        except ConnectionResetError:
            data = b""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._on_event(orjson.loads(line))
        if not data:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.2)  # it is just ending; killed now, it could not say how
            self.kill()
            self._on_event({"event": "gone", "code": self._process.returncode})

    def kill(self) -> None:
        """End it; its processes die with it."""
        self._loop.remove_reader(self._control)
        self._control.close()
        self._process.kill()
        self._process.wait()


@dataclass(slots=True, eq=False)
class Batch:
    """The stories of one call, and their results in the same order."""

    results: list[Published | StoryError | None]
    left: int
    done: asyncio.Future[None]

    def settle(self, at: int, result: Published | StoryError) -> None:
        """The result of the story at this place; ignored when nobody waits any more."""
        if not self.done.done():
            self.results[at] = result
            self.left -= 1
            if not self.left:
                self.done.set_result(None)


@dataclass(slots=True, eq=False)
class Story:
    """One story on its way: `frame` is how it travels, `deaths` how many processes ended while working on it."""

    number: int
    frame: bytes
    uri: str
    batch: Batch
    at: int
    deaths: int = 0

    @property
    def wanted(self) -> bool:
        """Somebody still waits for it."""
        return not self.batch.done.done()


class ProcessHandle:
    """One NLP process: the stories it has been given, oldest first, and how it is doing.

    Attributes:
        number: its name between us and the nursery.
        pid: None until the nursery has told it.
        window: stories given and not answered, by number; it works on the first.
        ready: it has started and reads stories.
        alone: it has a story that ended another process, and gets no more until that one is answered.
        ticks: ticks of the pool's clock since it last said anything or got something to do.
        served: stories answered.
        resident_kb: its memory when it was ready, pages shared with the nursery included.
        why: what it said about why it can't start.
        started: `monotonic()` when it was asked for.
    """

    def __init__(
        self, number: int, sock: socket.socket, on_frames: Callable[[ProcessHandle, list[Frame]], None]
    ) -> None:
        self.number = number
        self.pid: int | None = None
        self.window: dict[int, Story] = {}
        self.ready = False
        self.alone = False
        self.ticks = 0
        self.served = 0
        self.resident_kb = 0
        self.why = ""
        self.started = monotonic()
        self._bytes = 0
        self._sock = sock
        self._frames = Unpacker()
        self._out = bytearray()
        self._on_frames = on_frames
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(sock, self.read)

    def has_room(self, story: Story, most_stories: int) -> bool:
        """Whether the window takes it: an empty one takes any, else both its stories and its bytes are bounded."""
        count = len(self.window)
        return not count or (count < most_stories and self._bytes + len(story.frame) <= WINDOW_BYTES)

    def give(self, story: Story) -> None:
        """Put a story at the end of the window; `flush` sends it."""
        if not self.window:
            self.ticks = 0
        self.window[story.number] = story
        self._bytes += len(story.frame)
        self._out += story.frame

    def take_back(self, number: int) -> Story:
        """Take an answered story out of the window."""
        story = self.window.pop(number)
        self._bytes -= len(story.frame)
        return story

    def flush(self) -> None:
        """Send what was given, the rest as soon as the socket takes it."""
        try:
            sent = self._sock.send(self._out) if self._out else 0
        except BlockingIOError:
            sent = 0
        except OSError:  # it has ended; the nursery is about to say so
            self._out.clear()
            sent = 0
        del self._out[:sent]
        if self._out:
            self._loop.add_writer(self._sock, self.flush)
        else:
            self._loop.remove_writer(self._sock)

    def read(self) -> bool:
        """Hand on the frames that have come; whether there may be more."""
        try:
            data = self._sock.recv(READ_BYTES)
        except BlockingIOError:
            return False
        except ConnectionResetError:
            data = b""
        if not data:  # the nursery is about to say why
            self._loop.remove_reader(self._sock)
            return False
        self.ticks = 0
        self._on_frames(self, list(self._frames.feed(data)))
        return self._sock.fileno() >= 0

    def finish(self) -> None:
        """No more stories will come: it ends once it has answered those it has."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Hear no more of it. An idle process ends then."""
        self._loop.remove_reader(self._sock)
        self._loop.remove_writer(self._sock)
        self._sock.close()

    def kill(self) -> None:
        """End it now; only while the nursery has not reported its end, so the pid can't be another's."""
        self.close()
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
