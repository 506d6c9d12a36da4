"""How long a partition stands still when its worker dies, and when it is restarted."""

from __future__ import annotations

import asyncio
import statistics
import time

from bench.fleet import Fleet
from bench.pulse import Pulse
from bench.report import Result
from bench.rig import Rig, fleet
from bench.tax import LIGHT

SESSION_MS = 6_000
PER_SECOND = 60  # every 100 ms one on each of six partitions
TIMES = 3


async def run(rig: Rig) -> Result:
    """Two workers; one of them dies: for good, or to come back at once under its name."""
    result = Result("takeover", "How long partitions stand still when their worker dies or restarts")
    settings, values = await rig.topics(stamped=False, session_timeout_ms=SESSION_MS)
    pulse = Pulse(settings, PER_SECOND)
    dead: list[float] = []
    killed: list[float] = []
    asked: list[float] = []
    with fleet(2, values, LIGHT) as workers:
        workers.start(0)
        workers.start(1)
        async with pulse.beating():
            for _ in range(TIMES):
                dead.append(await _dies(workers, pulse))
                killed.append(await _restarts(workers, pulse, gracefully=False))
                asked.append(await _restarts(workers, pulse, gracefully=True))
        ends = await workers.stop()
    result.figure("s, session timeout", SESSION_MS / 1000)
    for what, times in {
        "s, killed for good: until all partitions go on": dead,
        "s, killed and started at once: from its start": killed,
        "s, stopped by SIGTERM and started: from its start": asked,
    }.items():
        result.figures[what] = ", ".join(f"{seconds:.2f}" for seconds in times)
    result.at_most("takeover after kill -9, worst, s", max(dead), SESSION_MS / 1000 + 1)
    result.at_most("static restart after kill -9, median, s", statistics.median(killed), 2)
    result.at_most("static restart after SIGTERM, median, s", statistics.median(asked), 2)
    result.at_most("workers that did not end as asked", sum(n for how, n in ends.items() if how != "0"), 0, 0)
    return result


async def _calm(pulse: Pulse) -> None:
    await pulse.recovered(time.time())
    await asyncio.sleep(2)
    await pulse.recovered(time.time())


async def _dies(workers: Fleet, pulse: Pulse) -> float:
    await _calm(pulse)
    since = time.time()
    await workers.kill(1)
    took = await pulse.recovered(since)
    workers.start(1)
    return took


async def _restarts(workers: Fleet, pulse: Pulse, *, gracefully: bool) -> float:
    await _calm(pulse)
    await asyncio.sleep(3)  # it may just have come back
    await (workers.end(1) if gracefully else workers.kill(1))
    since = time.time()
    workers.start(1)
    return await pulse.recovered(since)
