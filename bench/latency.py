"""How long a story takes from the newsroom's record to a reader of all three topics, at half of what the NLP can do."""

from __future__ import annotations

import asyncio
import time

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bench.apache_kafka import free_port
from bench.pulse import Flight, Pulse
from bench.report import Result
from bench.rig import Rig, quantiles, worker
from bench.tax import bare

WARM_UP_S = 15.0  # the broker compiles what it runs often: not while we measure
P50_MS, P99_MS = 60, 250


async def run(rig: Rig) -> Result:
    """Independent arrivals (Poisson), so that stories also queue behind each other as they do on a wire."""
    result = Result("latency", "How long a story takes, at half load (one NLP process)")
    alone = await bare(rig.chain, rig.seconds / 2)
    nlp = quantiles(alone["took_ms"])
    per_second = alone["stories"] / alone["seconds"] / 2
    result.figure("stories/s sent (half of what the NLP alone does)", per_second)
    result.figure("ms, NLP's own time, p50", nlp["p50"])
    result.figure("ms, NLP's own time, p99", nlp["p99"])
    port = free_port()
    settings, values = await rig.topics(stamped=False, http_port=port)
    pulse = Pulse(settings, per_second, poisson=True)
    async with worker(values, rig.chain), pulse.beating():
        await pulse.recovered(time.time())
        await asyncio.sleep(WARM_UP_S)
        start = time.time()
        before = await _sums(port)
        await asyncio.sleep(rig.seconds)
        after = await _sums(port)
        end = time.time()
        await asyncio.sleep(2)
    flights = [flight for flight in pulse.flights.values() if start <= flight.sent < end]
    took = quantiles([(flight.out - flight.sent) * 1000 for flight in flights if flight.out])
    for name in ("p50", "p90", "p99", "max"):
        result.figure(f"ms, raw record to visible on all topics, {name}", took[name])
    _where(result, flights, before, after)
    lost = sum(flight.out is None for flight in flights)
    result.at_most("stories not out two seconds after the last was sent", lost, 0, 0)
    result.at_most("p50 - NLP's own p50, ms", took["p50"] - nlp["p50"], P50_MS)
    result.at_most("p99 - NLP's own p99, ms", took["p99"] - nlp["p99"], P99_MS)
    return result


def _where(
    result: Result,
    flights: list[Flight],
    before: dict[str, tuple[float, float]],
    after: dict[str, tuple[float, float]],
) -> None:
    """Where the time goes: outside by time stamps, inside by the worker's own metrics."""
    out = [flight for flight in flights if flight.out]
    made = quantiles([(max(flight.made.values()) - flight.sent) * 1000 for flight in out])
    seen = quantiles([(flight.out - max(flight.made.values())) * 1000 for flight in out if flight.out])
    for name in ("p50", "p99"):
        result.figure(f"ms, until enriched (fetch, intake, queue, NLP), {name}", made[name])
        result.figure(f"ms, from enriched to visible (transaction, reader), {name}", seen[name])
    for stage, (total, count) in after.items():
        earlier = before.get(stage, (0.0, 0.0))
        if count > earlier[1]:
            result.figure(
                f"ms, mean by the worker's metrics: {stage}",
                1000 * (total - earlier[0]) / (count - earlier[1]),
            )


async def _sums(port: int) -> dict[str, tuple[float, float]]:
    """By stage, the sum in seconds and the count of the worker's histogram."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
        page = await answer.text()
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(page):
        if family.name == "kawat_stage_duration_seconds":
            for sample in family.samples:
                found.setdefault(sample.labels["stage"], {})[sample.name.rpartition("_")[2]] = sample.value
    return {stage: (values["sum"], values["count"]) for stage, values in found.items()}
