"""What all benchmarks need: settings of their own on one broker, a filled raw topic, a worker, and a clock.

Times are the broker's: the topics that are measured stamp each record when it is appended (LogAppendTime), so that a
fast client and a slow one are timed by the same clock, and nothing has to read along.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.admin import NewTopic
from aiokafka.errors import KafkaError

from bench import stories, wire
from bench.apache_kafka import ApacheKafka
from bench.fleet import Fleet
from bench.kafka_jars import ROOT
from config.settings import Settings, load
from config.topics import OUTPUTS, RAW

STAMPED = {**wire.COUNTABLE, "message.timestamp.type": "LogAppendTime"}
LOGS = ROOT / ".cache" / "bench"


@dataclass(frozen=True, slots=True)
class Rig:
    """The broker that all measurements of one run share, and how long each may take.

    Attributes:
        seconds: about how long one measurement lasts; small for a trial of the benchmarks themselves.
        chain: the NLP that the product runs, "module:factory".
    """

    kafka: ApacheKafka
    seconds: float
    chain: str

    async def topics(self, *, stamped: bool = True, **overrides: Any) -> tuple[Settings, dict[str, Any]]:
        """Fresh topics and group: the settings, and the same as overrides for a worker."""
        name = f"bench-{uuid.uuid4().hex[:8]}"
        values = {
            "bootstrap_servers": self.kafka.bootstrap,
            "group": name,
            "topic_prefix": f"{name}.",
            "pool_size": 1,
            "http_port": 0,
            "log_level": "warning",
            **overrides,
        }
        settings, _ = load(overrides=values, environ={})
        config = STAMPED if stamped else wire.COUNTABLE
        await wire.create_topics(settings, {topic.name: config for topic in OUTPUTS})
        return settings, values


@contextmanager
def fleet(size: int, values: dict[str, Any], chain: str) -> Iterator[Fleet]:
    """Workers that are not started yet; killed at the end if they still run."""
    folder = LOGS / uuid.uuid4().hex[:8]
    folder.mkdir(parents=True)
    made = Fleet(size, values, chain=chain, folder=folder)
    try:
        yield made
    finally:
        made.kill_all()
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def worker(values: dict[str, Any], chain: str) -> AsyncIterator[Fleet]:
    """One running worker, stopped as asked at the end."""
    with fleet(1, values, chain) as made:
        made.start(0)
        yield made
        ends = await made.stop()
        if ends != {"0": 1}:
            raise RuntimeError(f"the worker did not end as asked: {dict(ends)}; its log: {made.log_tail(0)}")


@contextmanager
def program(module: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program of `bench` that runs until it is stopped."""
    command = [sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)  # Faust paints its start
    try:
        yield process
        if process.poll() is not None:
            raise RuntimeError(f"{module} ended with status {process.returncode}")
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


async def plain_topic(settings: Settings, name: str) -> str:
    """One more topic under the settings' prefix, stamped by the broker; its full name."""
    full = settings.topic(name)
    async with wire.admin(settings.bootstrap_servers) as client:
        made = NewTopic(full, settings.partitions, 1, topic_configs=STAMPED)
        answer = await client.create_topics([made])
    if any(code for _, code, _ in answer.topic_errors):
        raise RuntimeError(f"{full} could not be created: {answer.topic_errors}")
    return full


async def fill(settings: Settings, numbers: Iterable[int]) -> int:
    """Puts stories on the raw topic, evenly over its partitions; how many."""
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers, linger_ms=20, max_batch_size=256 * 1024
    )
    await producer.start()
    count = 0
    try:
        for number in numbers:
            await producer.send(
                settings.topic(RAW.name),
                stories.encode(stories.ninjs(number)),
                key=stories.uri(number).encode(),
                partition=number % settings.partitions,
                headers=[("content-type", stories.CONTENT_TYPE.encode())],
            )
            count += 1
        await producer.flush()
    finally:
        await producer.stop()
    return count


async def consumed(settings: Settings, group: str, timeout_s: float, poll_s: float = 1.0) -> None:
    """Waits until the group has committed the whole raw topic.

    Raises:
        RuntimeError: it had not in time.
    """
    deadline = time.monotonic() + timeout_s
    left: int | None = None
    while time.monotonic() < deadline:
        with contextlib.suppress(KafkaError):
            left = await wire.lag(settings.bootstrap_servers, group, settings.topic(RAW.name))
            if left == 0:
                return
        await asyncio.sleep(poll_s)
    raise RuntimeError(f"{group} still had {left} records to consume after {timeout_s:.0f} s")


async def stamps(settings: Settings, topic: str) -> list[int]:
    """When each committed record of a topic was appended or created, milliseconds, ascending; `topic` in full."""
    await wire.settle(settings.bootstrap_servers, topic)
    records = await wire.read_all(settings.bootstrap_servers, topic, timeout_s=180)
    return sorted(record.timestamp for record in records)


def rate(times_ms: Sequence[int], skip: float = 0.1) -> float:
    """Records a second between the quantiles `skip` and 1 - `skip`: without start-up and the last stragglers."""
    first, last = int(len(times_ms) * skip), int(len(times_ms) * (1 - skip)) - 1
    return (last - first) / ((times_ms[last] - times_ms[first]) / 1000)


def quantiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p90, p99 and the largest."""
    ordered = sorted(values)
    at = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
    return {name: ordered[int(share * (len(ordered) - 1))] for name, share in at.items()} | {
        "max": ordered[-1]
    }
