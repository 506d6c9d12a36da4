"""What the consumer's process weighs: over many stories, and with many partitions."""

from __future__ import annotations

import asyncio
import statistics
import time

import psutil

from bench.copying import NOOP
from bench.report import Result
from bench.rig import Rig, consumed, fill, stamps, worker
from config.topics import QUOTES

LIMIT_MB = 150
STORIES_A_SECOND = 1_000  # at least, to bound the time
MANY_PARTITIONS = 200
FLAT = 1.05  # the last quarter may weigh so much more than the second


async def run(rig: Rig) -> Result:
    """Processors that do nothing: the consumer works at its fastest."""
    result = Result("memory", "What the consumer's process weighs")
    # 100,000 stories at the usual 20 s
    weights, published, _ = await _watch(rig, int(5_000 * rig.seconds))
    quarter = len(weights) // 4
    second, last = statistics.mean(weights[quarter : 2 * quarter]), statistics.mean(weights[-quarter:])
    result.figure("stories", published, 0)
    result.figure("MB, largest", max(weights))
    result.figure("MB, mean of the second quarter", second)
    result.figure("MB, mean of the last quarter", last)
    result.at_most("consumer process, largest, MB", max(weights), LIMIT_MB)
    result.at_most("last quarter / second quarter", last / second, FLAT, 3)
    count = MANY_PARTITIONS * 50
    weights, published, seconds = await _watch(rig, count, partitions=MANY_PARTITIONS)
    result.figure(f"MB, largest, {MANY_PARTITIONS} partitions on one worker", max(weights))
    result.figure(f"s, {count} stories on {MANY_PARTITIONS} partitions, start included", seconds)
    result.at_least(f"stories published of {count} on {MANY_PARTITIONS} partitions", published, count, 0)
    return result


async def _watch(rig: Rig, count: int, **overrides: int) -> tuple[list[float], int, float]:
    """The worker's resident memory in MB (10^6 bytes) each half second until all is consumed; stories; seconds."""
    settings, values = await rig.topics(**overrides)
    await fill(settings, range(count))
    weights: list[float] = []
    start = time.monotonic()
    async with worker(values, NOOP) as made:
        process = psutil.Process(made.pid(0))
        done = asyncio.create_task(consumed(settings, settings.group, count / STORIES_A_SECOND + 120))
        while not done.done():
            weights.append(process.memory_info().rss / 1e6)
            await asyncio.sleep(0.5)
        seconds = time.monotonic() - start
        await done
    return weights, len(await stamps(settings, settings.topic(QUOTES.name))), seconds
