"""A wire's traffic with everything that goes wrong on a wire: updates, repeats, latecomers, kills, broken payloads,
stories that kill their reader.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer

from bench import stories
from bench.audit import BAD_KEY
from bench.torment import CRASH, HANG

MAX_STORY_BYTES = 20_000  # what the workers under test allow
JSON = stories.CONTENT_TYPE
NEWSML = "application/vnd.iptc.g2.newsitem+xml"


@dataclass(frozen=True, slots=True)
class Message:
    """One raw record. `at`: when it is sent, as a share of the traffic's time in [0, 1]."""

    at: float
    key: bytes
    value: bytes | None
    content_type: str = JSON


def traffic(count: int, seed: int) -> Iterator[Message]:
    """Messages about `count` stories in order of time; the same for the same seed.

    Of all stories about 40 % are updated (up to five versions), 12 % have a version repeated byte for byte, 4 % have
    an old version arrive late and 4 % are killed; one broken payload comes with every hundred stories.
    """
    rng = random.Random(seed)
    plan = [step for number in range(count) for step in _life(rng, number)]
    plan += [(rng.random(), "bad", number, 0) for number in range(count // 100)]
    for at, kind, number, version in sorted(plan):
        if kind == "bad":
            value, content_type = _broken(rng, number)
            yield Message(at, BAD_KEY + b"%d" % number, value, content_type)
        else:
            document = (
                stories.kill(number, version) if kind == "kill" else stories.ninjs(number, version, seed=seed)
            )
            yield Message(at, stories.uri(number).encode(), stories.encode(document))


def _life(rng: random.Random, number: int) -> Iterator[tuple[float, str, int, int]]:
    """What happens to one story: when, what, and to which version."""
    at = rng.random()
    versions = rng.choices([1, 2, 3, 5], [60, 25, 10, 5])[0]

    def later() -> float:
        nonlocal at
        at += min(rng.expovariate(50), 1 - at) * 0.999 + 1e-9
        return at

    for version in range(1, versions + 1):
        yield (at if version == 1 else later()), "story", number, version
        if rng.random() < 0.08:
            yield later(), "story", number, version
    if versions > 1 and rng.random() < 0.1:
        yield later(), "story", number, rng.randint(1, versions - 1)
    if rng.random() < 0.04:
        yield later(), "kill", number, versions + 1


def _broken(rng: random.Random, number: int) -> tuple[bytes | None, str]:
    """A payload that can't become a story, and the content type it claims."""
    whole = stories.ninjs(number, 99)
    text = stories.encode(whole)
    kinds: list[tuple[int, bytes | None, str]] = [
        (3, text[: len(text) // 2], JSON),
        (3, text.replace(b'"uri"', b'"\xff\xfe"'), JSON),
        (3, b'{"uri":%d,"type":"text"}' % number, JSON),
        (3, b"<newsItem><contentSet>%d</newsItem>" % number, NEWSML),
        (2, b"", JSON),
        (2, None, JSON),
        (2, stories.encode(stories.ninjs(number, 99, length=MAX_STORY_BYTES)), JSON),
        (4, stories.encode({**whole, "uri": f"{CRASH}{number}"}), JSON),
        (1, stories.encode({**whole, "uri": f"{HANG}{number}"}), JSON),
    ]
    _, value, content_type = rng.choices(kinds, [weight for weight, _, _ in kinds])[0]
    return value, content_type


async def send(bootstrap: str, topic: str, messages: Iterable[Message], seconds: float) -> int:
    """Sends messages at their time, through whatever happens to the broker; how many."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, enable_idempotence=True, request_timeout_ms=120_000, linger_ms=5
    )
    await producer.start()
    loop = asyncio.get_running_loop()
    start = loop.time()
    sent: list[asyncio.Future[Any]] = []
    try:
        for message in messages:
            if (early := start + message.at * seconds - loop.time()) > 0:
                await asyncio.sleep(early)
            headers = [("content-type", message.content_type.encode())]
            sent.append(await producer.send(topic, message.value, key=message.key, headers=headers))
        await asyncio.gather(*sent)  # a message that was not accepted ends the run
    finally:
        await producer.stop()
    return len(sent)
