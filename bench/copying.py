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
    count = int(1_500 * rig.seconds)
    await _round(rig, count // 8)  # the broker compiles what it runs often: not while we measure
    rounds = [await _round(rig, count) for _ in range(ROUNDS)]
    result.figure("stories in each of the rounds", count, 0)
    for what, name in {
        "worker with processors that do nothing": "worker",
        "bare transactional copy to four topics": "bare",
        "bare transactional copy to four topics, in ready batches": "batches",
        "bare transactional copy to one topic": "bare_one",
        "Faust agent that copies to four topics and loses nothing": "faust",
        "Faust agent that copies to four topics": "hasty",
        "Faust agent that copies to one topic": "faust_one",
    }.items():
        result.figures[f"stories/s, {what}"] = ", ".join(f"{getattr(found, name):.0f}" for found in rounds)
    beside = {
        name: statistics.median(found.worker / getattr(found, name) for found in rounds)
        for name in ("bare", "batches", "bare_one", "faust", "hasty", "faust_one")
    }
    result.at_least("worker / bare transactional copy to four topics, median", beside["bare"], 0.6)
    result.at_least(
        "worker / Faust agent that copies to four topics and loses nothing, median", beside["faust"], 5
    )
    result.notes.append(
        "The bare loop sends record by record, as aiokafka's documentation shows it; one that builds its batches "
        "itself, as the worker does, takes next to nothing for a record more, while the worker reads, judges and "
        f"makes each story: it does {beside['batches']:.2f} of that. A Faust agent loses nothing when it waits until "
        "the broker has its records; as its documentation shows it, it does not wait: the worker does "
        f"{beside['hasty']:.2f} times what that does. Beside loops that write one record for a story while the worker "
        f"writes four: {beside['bare_one']:.2f} of the bare loop, {beside['faust_one']:.2f} times the Faust agent that "
        "does not wait."
    )
    return result


@dataclass(frozen=True, slots=True)
class Round:
    """Stories a second of each."""

    worker: float
    bare: float
    batches: float
    bare_one: float
    faust: float
    hasty: float
    faust_one: float


async def _round(rig: Rig, count: int) -> Round:
    settings, values = await rig.topics()
    await fill(settings, range(count))
    limit = rig.seconds * 6 + 60
    size = ("--batch", str(settings.batch_stories))
    async with worker(values, NOOP):
        await consumed(settings, settings.group, limit)

    async def copied(module: str, *options: str, outputs: int = OUTPUTS) -> float:
        return await _copy(settings, f"bench.{module}", *options, outputs=outputs, limit=limit)

    return Round(
        worker=rate(await stamps(settings, settings.topic(QUOTES.name))),
        bare=await copied("bare_copy", *size),
        batches=await copied("bare_copy", "--batches", *size),
        bare_one=await copied("bare_copy", *size, outputs=1),
        faust=await copied("faust_copy", "--wait"),
        hasty=await copied("faust_copy"),
        faust_one=await copied("faust_copy", outputs=1),
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
