"""What everything around the NLP costs: the worker with processors that do nothing, beside the least that it could do.

The worker parses each story, decides by its ledger, hands it through a process, and writes four records for it: so the
loops that it is compared with write each record four times, to topics of the same partitions. What they do when they
write it once is shown beside.
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
OUTPUTS = 4  # articles, entities, quotes, ledger


async def run(rig: Rig) -> Result:
    """Rounds of one program after the other on the same raw topic; what is compared stands in one round."""
    result = Result("copy", "What everything around the NLP costs: processors that do nothing")
    count = int(500 * rig.seconds)
    await _round(rig, count // 4)  # the broker compiles what it runs often: not while we measure
    rounds = [await _round(rig, count) for _ in range(ROUNDS)]
    result.figure("stories in each of the rounds", count, 0)
    for what, values in {
        "stories/s, worker with processors that do nothing": [found.worker for found in rounds],
        "stories/s, bare transactional copy to four topics": [found.bare for found in rounds],
        "stories/s, Faust agent that copies to four topics and loses nothing": [
            found.faust for found in rounds
        ],
        "stories/s, Faust agent that copies to four topics": [found.hasty for found in rounds],
        "stories/s, bare transactional copy to one topic": [found.bare_one for found in rounds],
        "stories/s, Faust agent that copies to one topic": [found.faust_one for found in rounds],
    }.items():
        result.figures[what] = ", ".join(f"{value:.0f}" for value in values)
    beside_bare = [found.worker / found.bare for found in rounds]
    beside_faust = [found.worker / found.faust for found in rounds]
    result.at_least(
        "worker / bare transactional copy to four topics, median", statistics.median(beside_bare), 0.6
    )
    result.at_least(
        "worker / Faust agent that copies to four topics and loses nothing, median",
        statistics.median(beside_faust),
        5,
    )
    one = statistics.median([found.worker / found.bare_one for found in rounds])
    hasty = statistics.median([found.worker / found.hasty for found in rounds])
    one_faust = statistics.median([found.worker / found.faust_one for found in rounds])
    result.notes.append(
        "The bare loop sends ready batches, as the worker does. A Faust agent loses nothing when it waits until the "
        f"broker has its records; as its documentation shows it, it does not wait: the worker does {hasty:.2f} times "
        f"what that does. Beside loops that write one record for a story while the worker writes four: {one:.2f} of "
        f"the bare loop, {one_faust:.2f} times the Faust agent that does not wait."
    )
    return result


@dataclass(frozen=True, slots=True)
class Round:
    """Stories a second of each."""

    worker: float
    bare: float
    faust: float
    hasty: float
    bare_one: float
    faust_one: float


async def _round(rig: Rig, count: int) -> Round:
    settings, values = await rig.topics()
    await fill(settings, range(count))
    limit = rig.seconds * 6 + 60
    batches = ("--batches", "--batch", str(settings.batch_stories))
    async with worker(values, NOOP):
        await consumed(settings, settings.group, limit)
    return Round(
        worker=rate(await stamps(settings, settings.topic(QUOTES.name))),
        bare=await _copy(settings, "bench.bare_copy", *batches, outputs=OUTPUTS, limit=limit),
        faust=await _copy(settings, "bench.faust_copy", "--wait", outputs=OUTPUTS, limit=limit),
        hasty=await _copy(settings, "bench.faust_copy", outputs=OUTPUTS, limit=limit),
        bare_one=await _copy(settings, "bench.bare_copy", *batches, outputs=1, limit=limit),
        faust_one=await _copy(settings, "bench.faust_copy", outputs=1, limit=limit),
    )


async def _copy(settings: Settings, module: str, *options: str, outputs: int, limit: float) -> float:
    name = "-".join([module.rpartition(".")[2], str(outputs), *(o.strip("-") for o in options)]).replace(
        "_", "-"
    )
    group = f"{settings.group}-{name}"
    out = [await plain_topic(settings, f"{name}-{number}") for number in range(outputs)]
    arguments = [
        "--bootstrap",
        settings.bootstrap_servers,
        "--group",
        group,
        "--topic",
        settings.topic(RAW.name),
    ]
    with program(module, *arguments, "--out", *out, *options):
        await consumed(settings, group, limit)
    return rate(await stamps(settings, out[-1]))
