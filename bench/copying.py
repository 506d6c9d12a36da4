"""What everything around the NLP costs: the worker with processors that do nothing, beside the least that it could do.

The worker parses each story, decides by its ledger, hands it through a process, and writes four records for it; the
loops it is compared with copy one record to one.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from bench.report import Result
from bench.rig import Rig, consumed, fill, plain_topic, program, rate, stamps, worker
from config.settings import Settings
from config.topics import QUOTES, RAW

NOOP = "bench.chains:noop"


ROUNDS = 3


async def run(rig: Rig) -> Result:
    """Rounds of one program after the other on the same raw topic; what is compared stands in one round."""
    result = Result("copy", "What everything around the NLP costs: processors that do nothing")
    count = int(500 * rig.seconds)
    await _round(rig, count // 4)  # the broker compiles what it runs often: not while we measure
    rounds = [await _round(rig, count) for _ in range(ROUNDS)]
    result.figure("stories in each of the rounds", count, 0)
    for what, values in {
        "stories/s, worker with processors that do nothing": [found.worker for found in rounds],
        "records/s, bare transactional copy, record by record": [found.single for found in rounds],
        "records/s, bare transactional copy, ready batches": [found.batches for found in rounds],
        "records/s, Faust agent that copies": [found.agent for found in rounds],
    }.items():
        result.figures[what] = ", ".join(f"{value:.0f}" for value in values)
    beside_bare = [found.worker / max(found.single, found.batches) for found in rounds]
    beside_faust = [found.worker / found.agent for found in rounds]
    result.at_least(
        "worker / bare transactional copy (the faster), median", statistics.median(beside_bare), 0.6
    )
    result.at_least("worker / Faust agent, median", statistics.median(beside_faust), 5)
    result.notes.append(
        "Bare and Faust write one record for each; the worker writes four, and a ledger beside."
    )
    return result


@dataclass(frozen=True, slots=True)
class Round:
    """Records a second of each."""

    single: float
    batches: float
    worker: float
    agent: float


async def _round(rig: Rig, count: int) -> Round:
    settings, values = await rig.topics()
    await fill(settings, range(count))
    limit = rig.seconds * 6 + 60
    batch = str(settings.batch_stories)
    single = await _copy(settings, "bench.bare_copy", "--batch", batch, limit=limit)
    batches = await _copy(settings, "bench.bare_copy", "--batches", "--batch", batch, limit=limit)
    async with worker(values, NOOP):
        await consumed(settings, settings.group, limit)
    kawat = rate(await stamps(settings, settings.topic(QUOTES.name)))
    return Round(single, batches, kawat, await _copy(settings, "bench.faust_copy", limit=limit))


async def _copy(settings: Settings, module: str, *options: str, limit: float) -> float:
    name = f"{module.rpartition('.')[2]}{'-batches' if '--batches' in options else ''}".replace("_", "-")
    group, out = f"{settings.group}-{name}", await plain_topic(settings, name)
    arguments = [
        "--bootstrap",
        settings.bootstrap_servers,
        "--group",
        group,
        "--topic",
        settings.topic(RAW.name),
    ]
    with program(module, *arguments, "--out", out, *options):
        await consumed(settings, group, limit)
    return rate(await stamps(settings, out))
