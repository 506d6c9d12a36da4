"""Stories onto `news.raw`, as the newsroom would put them there: bytes as they are, keyed by the story's uri."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from lxml import etree

from config.settings import Settings
from config.topics import RAW
from consumers.kafka import admin
from consumers.kafka.connection import connection
from consumers.sources import Payload, aside
from processors import intake
from processors.errors import StoryError

_WINDOW = 1_000  # stories on their way at once
_BATCH_BYTES = 256 * 1024
_OVERHEAD_BYTES = 200  # a batch's and a record's own fields
STALL_S = 30.0  # a broker that restarts is back by then
_POLL_S = 0.5
_STOP_S = 5.0


@dataclass(slots=True)
class Summary:
    """What became of the payloads. `unreadable` ones are sent all the same: the worker dead-letters them."""

    topic: str
    sent: int = 0
    unreadable: int = 0
    refused: int = 0
    bytes: int = 0
    seconds: float = 0.0


class FeedStopped(admin.OperatorError):
    """The broker gave up on us half way; `summary` says how far we came."""

    def __init__(self, summary: Summary, cause: Exception) -> None:
        super().__init__(
            f"{type(cause).__name__} when {summary.sent} had been sent: {cause}\nfeeding again is safe: the worker knows "
            "the versions it has seen"
        )
        self.summary = summary


@dataclass(frozen=True, slots=True)
class Problem:
    """A payload that can't be read (`sent`: it went out nevertheless), or that the broker would not take."""

    where: str
    reason: str
    message: str
    sent: bool


async def feed(
    settings: Settings,
    stories: Iterable[Payload],
    *,
    rate: float | None = None,
    on_sent: Callable[[Payload], None] = lambda _: None,
    on_problem: Callable[[Problem], None] = lambda _: None,
) -> Summary:
    """Send payloads in order; each is acknowledged by all in-sync replicas, and none twice.

    Args:
        settings: brokers, prefix of the topic, `max_story_bytes`.
        stories: read lazily.
        rate: most stories a second; None: as fast as the broker takes them.
        on_sent: called for each payload when the broker has it.
        on_problem: called for each payload that can't be read, or is refused.

    Raises:
        TopicMissing: `news.raw` isn't there.
        FeedStopped: the broker failed; what `on_sent` told of is there.
    """
    topic = settings.topic(RAW.name)
    await admin.require(settings, topic)
    async with admin.connected(settings) as client:
        limit = await admin.max_message_bytes(client, topic)
    summary = Summary(topic)
    started = time.monotonic()
    paced = 0
    try:
        async with _sending(settings, summary, limit, on_sent) as sending:
            async for payload in aside(stories):
                key, problem = key_of(payload, max_bytes=settings.max_story_bytes)
                size = len(key) + len(payload.value) + _OVERHEAD_BYTES
                if size > limit:
                    # Never let the broker refuse: the producer's count of records would be out of step from then on.
                    summary.refused += 1
                    told = f"{size} bytes, {topic} takes {limit} (its max.message.bytes)"
                    on_problem(Problem(payload.where, "too_large", told, sent=False))
                    continue
                if problem is not None:
                    summary.unreadable += 1
                    on_problem(problem)
                if rate is not None:
                    await asyncio.sleep(started + paced / rate - time.monotonic())
                    paced += 1
                await sending.send(payload, key)
            await sending.settle(0)
    except (KafkaError, TimeoutError) as error:
        raise FeedStopped(summary, error) from error
    finally:
        summary.seconds = time.monotonic() - started
    return summary


@asynccontextmanager
async def _sending(
    settings: Settings, summary: Summary, limit: int, on_sent: Callable[[Payload], None]
) -> AsyncIterator[_Sending]:
    producer = AIOKafkaProducer(
        **connection(settings),
        enable_idempotence=True,
        acks="all",
        linger_ms=5,
        max_batch_size=min(_BATCH_BYTES, limit),
        max_request_size=limit,
        request_timeout_ms=admin.REQUEST_TIMEOUT_MS,
    )
    await producer.start()
    sending = _Sending(producer, summary, on_sent)
    try:
        yield sending
    finally:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_S):  # it would wait forever for a broker that is gone
                await producer.stop()
        await sending.give_up()


class _Sending:
    """Stories on their way: a window of them, counted as the broker takes them."""

    def __init__(
        self, producer: AIOKafkaProducer, summary: Summary, on_sent: Callable[[Payload], None]
    ) -> None:
        self._producer = producer
        self._summary = summary
        self._on_sent = on_sent
        self._under_way: deque[asyncio.Task[None]] = deque()
        self._moved = time.monotonic()

    async def send(self, payload: Payload, key: bytes) -> None:
        """Raises `KafkaError` or `TimeoutError`, perhaps for a story before this one."""
        headers = [("content-type", payload.content_type.encode())] if payload.content_type else []
        future = await self._producer.send(self._summary.topic, payload.value, key=key, headers=headers)
        if not self._under_way:
            self._moved = time.monotonic()
        self._under_way.append(asyncio.create_task(self._deliver(payload, future)))
        await self.settle(_WINDOW)

    async def _deliver(self, payload: Payload, future: asyncio.Future[object]) -> None:
        await future
        self._moved = time.monotonic()
        self._summary.sent += 1
        self._summary.bytes += len(payload.value)
        self._on_sent(payload)

    async def settle(self, most: int) -> None:
        """Wait until so many stories are under way at most.

        Raises:
            KafkaError: the broker refused one.
            TimeoutError: for `STALL_S` it took none. The client itself would wait forever.
        """
        while self._under_way:
            oldest = self._under_way[0]
            if oldest.done():
                self._under_way.popleft().result()
            elif time.monotonic() - self._moved > STALL_S:
                raise TimeoutError(f"the broker has taken nothing for {STALL_S:.0f} s")
            elif len(self._under_way) <= most:
                return
            else:
                await asyncio.wait({oldest}, timeout=_POLL_S)

    async def give_up(self) -> None:
        """Forget what is still under way; nothing is, unless something failed."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)


def key_of(payload: Payload, *, max_bytes: int) -> tuple[bytes, Problem | None]:
    """The story's uri as intake reads it; for a feed of many its own address; for all else where it is from."""
    where = payload.where.encode()
    try:
        stories = intake.read(
            payload.value, content_type=payload.content_type, key=where, max_bytes=max_bytes
        )
    except StoryError as error:
        return where, Problem(payload.where, error.reason, str(error), sent=True)
    if len(stories) == 1:
        return stories[0].uri.encode(), None
    return _address(payload.value) or where, None


def _address(value: bytes) -> bytes | None:
    """Where a feed says that it lives: the same each time it is fetched, so its versions keep their order."""
    if not value.lstrip().startswith(b"<"):
        return None
    root = etree.fromstring(value, etree.XMLParser(resolve_entities=False, no_network=True, recover=True))
    if root is None:
        return None
    found = root.xpath("(//*[local-name()='link'][@rel='self']/@href | //channel/link/text())[1]")
    return str(found[0]).strip().encode() or None if isinstance(found, list) and found else None
