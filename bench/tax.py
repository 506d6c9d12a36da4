"""What streaming costs: stories a second from the raw topic to committed output topics, beside the NLP alone."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
from typing import Any

from bench.kafka_jars import ROOT
from bench.report import Result
from bench.rig import Rig, consumed, fill, rate, stamps, worker
from config.settings import CHAINS
from config.topics import OUTPUTS

LIGHT = "bench.chains:light"
ROUNDS = 3
SLOW = ("accurate",)


async def bare(chain: str, seconds: float) -> dict[str, Any]:
    """One run of `bench.bare`."""
    command = [sys.executable, "-m", "bench.bare", "--chain", chain, "--seconds", str(seconds)]
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"bench.bare failed: {done.stderr[-1000:]}")
    return json.loads(done.stdout.splitlines()[-1])


async def run(rig: Rig) -> Result:
    """The chains that the product runs; beside them a light one, whose 3 ms a story leave the least room to hide."""
    result = Result("tax", "What streaming costs beside the NLP alone (one NLP process)")
    for name, chain in {**CHAINS, "light": LIGHT}.items():
        ratio, what = await _measure(rig, name, chain, result), f"streaming / bare, chain {name}, median"
        if name in CHAINS:
            result.at_least(what, ratio, 0.95, 3)
        else:
            result.figure(what, ratio, 3)
    result.notes.append(
        "Bare: `enrich()` in one process on parsed stories. Bare and streaming take turns; what is compared stands in "
        "one round."
    )
    return result


async def _measure(rig: Rig, name: str, chain: str, result: Result) -> float:
    """Stories come out by the batch, so a round must hold many: a slow chain gets longer rounds and small batches."""
    slow = name in SLOW
    seconds = rig.seconds * 2 if slow else rig.seconds
    values = {"batch_stories": 2} if slow else {}
    count = int(_speed(await bare(chain, seconds)) * seconds)
    if not slow:
        await _stream(rig, chain, count)  # the broker compiles what it runs often: not while we measure
    rounds = [
        (_speed(await bare(chain, seconds)), await _stream(rig, chain, count, **values))
        for _ in range(ROUNDS)
    ]
    result.figures[f"stories/s, chain {name}, bare"] = ", ".join(f"{alone:.1f}" for alone, _ in rounds)
    result.figures[f"stories/s, chain {name}, streaming"] = ", ".join(f"{stream:.1f}" for _, stream in rounds)
    result.figure(f"stories in each of the rounds, chain {name}", count, 0)
    return statistics.median(stream / alone for alone, stream in rounds)


def _speed(found: dict[str, Any]) -> float:
    return found["stories"] / found["seconds"]


async def _stream(rig: Rig, chain: str, count: int, **overrides: Any) -> float:
    """Stories a second of a worker, by the slowest of the output topics."""
    settings, values = await rig.topics(**overrides)
    await fill(settings, range(count))
    async with worker(values, chain):
        await consumed(settings, settings.group, rig.seconds * 4 + 60)
    return min([rate(await stamps(settings, settings.topic(topic.name))) for topic in OUTPUTS])
