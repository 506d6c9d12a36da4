"""What stands on the page now: the newest record of each story and trend, so many of them, in the order they came.

A reader is a place in that order, not a queue: however slow it is, it holds up nobody and holds no memory.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["story", "trend"]


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event: its number, and its bytes as they are sent."""

    number: int
    frame: bytes


@dataclass(frozen=True, slots=True)
class News:
    """What a reader has to be sent.

    Attributes:
        afresh: what it has shown so far is void: something that it never saw is not on the board any more.
        events: in the order of their numbers.
    """

    afresh: bool
    events: list[Event]


class Board:
    """The newest things, bounded in number and in bytes.

    Attributes:
        limits: how many of each kind are kept.
    """

    def __init__(self, limits: Mapping[Kind, int], *, max_bytes: int) -> None:
        """`max_bytes` bounds the frames of each kind; the newest one is kept however large it is."""
        self.limits = dict(limits)
        self._max_bytes = max_bytes
        self._kept: dict[Kind, OrderedDict[str, Event]] = {kind: OrderedDict() for kind in limits}
        self._bytes = dict.fromkeys(limits, 0)
        # numbers mean nothing to another process: a reader that comes from there starts afresh
        self._name = secrets.token_hex(4)
        self._last = 0
        self._forgotten = 0
        self._moved = asyncio.Event()

    def put(self, kind: Kind, key: str, data: bytes) -> None:
        """Show `data` (JSON without line breaks) as the newest; it replaces what had the same key."""
        self._last += 1
        head = f"id: {self._name}-{self._last}\nevent: {kind}\ndata: ".encode()
        event = Event(self._last, head + data + b"\n\n")
        kept = self._kept[kind]
        if former := kept.pop(key, None):
            self._bytes[kind] -= len(former.frame)
        kept[key] = event
        self._bytes[kind] += len(event.frame)
        while len(kept) > self.limits[kind] or (self._bytes[kind] > self._max_bytes and len(kept) > 1):
            _, oldest = kept.popitem(last=False)
            self._bytes[kind] -= len(oldest.frame)
            self._forgotten = max(self._forgotten, oldest.number)
        self._moved.set()

    def count(self, kind: Kind) -> int:
        """How many stand there."""
        return len(self._kept[kind])

    def place(self, last_event_id: str) -> int | None:
        """The number that a reader saw last; None if the id is none of ours."""
        name, _, number = last_event_id.partition("-")
        if name != self._name or not (number.isascii() and number.isdigit()):
            return None
        return int(number) if len(number) < 20 and int(number) <= self._last else None

    def since(self, number: int | None) -> News:
        """What came after a number; with None, or where something in between is forgotten: all there is.

        What was replaced in between is not missed, its successor is there. What was dropped may have been the kill
        of a story that the reader still shows: that is why it must start afresh.
        """
        afresh = number is None or number < self._forgotten
        after = 0 if number is None or afresh else number
        events = []
        for kept in self._kept.values():
            for event in reversed(kept.values()):
                if event.number <= after:
                    break
                events.append(event)
        events.sort(key=lambda event: event.number)
        return News(afresh, events)

    async def beyond(self, number: int) -> None:
        """Wait until something stands there that came after a number."""
        while self._last <= number:
            self._moved.clear()
            await self._moved.wait()
