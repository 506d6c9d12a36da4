"""Stories that are not on Kafka yet: files, folders, and JSON lines."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

T = TypeVar("T")

STDIN = Path("-")
_AHEAD = 64  # items
JSON_LINES = frozenset({".jsonl", ".ndjson"})
CONTENT_TYPES = {
    ".json": "application/json",
    ".xml": "application/xml",
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".txt": "text/plain",
}


@dataclass(frozen=True, slots=True)
class Payload:
    """One raw payload, byte for byte.

    Attributes:
        where: the file as the user named it, with the line number for JSON lines: "wire.jsonl:12".
        content_type: by the file's extension; None when that says nothing.
    """

    value: bytes
    where: str
    content_type: str | None


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files themselves: folders are searched all the way down, in order of names, hidden ones left out."""
    for path in paths:
        if path != STDIN and path.is_dir():
            inside = (found.relative_to(path) for found in path.rglob("*") if found.is_file())
            yield from (
                path / found
                for found in sorted(inside)
                if not any(part.startswith(".") for part in found.parts)
            )
        else:
            yield path


def payloads(paths: Iterable[Path], stdin: BinaryIO) -> Iterator[Payload]:
    """What stands in the files: each line of JSON lines (`-` is such, from `stdin`), any other file as a whole.

    Raises:
        OSError: a file can't be read.
    """
    for path in files(paths):
        if path == STDIN:
            yield from _lines(stdin, "stdin")
        elif path.suffix.lower() in JSON_LINES:
            with path.open("rb") as lines:
                yield from _lines(lines, path.as_posix())
        else:
            yield Payload(path.read_bytes(), path.as_posix(), CONTENT_TYPES.get(path.suffix.lower()))


def _lines(lines: BinaryIO, name: str) -> Iterator[Payload]:
    for number, line in enumerate(lines, 1):
        value = line.rstrip(b"\r\n")
        if value.strip():
            yield Payload(value, f"{name}:{number}", "application/json")


async def aside(items: Iterable[T]) -> AsyncIterator[T]:
    """The items of an iterable that may block for long (a pipe that somebody else fills): a thread reads them, a few
    ahead.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[T | Exception | None] = asyncio.Queue()
    room = threading.Semaphore(_AHEAD)

    def put(item: T | Exception | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody reads any more
            loop.call_soon_threadsafe(queue.put_nowait, item)

    def pump() -> None:
        try:
            for item in items:
                room.acquire()
                put(item)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the reader's
            put(error)
        else:
            put(None)

    threading.Thread(target=pump, name="stories", daemon=True).start()  # daemon: the pipe may never end
    while (item := await queue.get()) is not None:
        if isinstance(item, Exception):
            raise item
        room.release()
        yield item
