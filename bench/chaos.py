"""Chaos: workers are killed and frozen, their NLP processes killed, the broker killed and restarted, under traffic.

Afterwards every story must be on each output topic exactly once and in order, and every broken payload in the dead
letters byte for byte: `python -m bench.chaos` (about 90 s), `python -m bench.chaos --long` (about 12 minutes). Exit
status 1 if anything is wrong. `--no-fencing` breaks the workers on purpose: with frozen workers that run must fail.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import shutil
import statistics
import sys
import time
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from aiokafka.errors import KafkaError

from bench import audit, wire
from bench.apache_kafka import ApacheKafka
from bench.faults import KINDS, Faults, plan
from bench.fleet import Fleet
from bench.kafka_jars import FORGETFUL, ROOT, VERSIONS
from bench.traffic import MAX_STORY_BYTES, send, traffic
from config.settings import Settings, load
from config.topics import DEAD_LETTERS, OUTPUTS, RAW

WORKERS = 3
PARTITIONS = 6
STORY_TIMEOUT_S = 2.0
TRANSACTION_MS = 20_000
SETTLE_S = 45  # the broker looks for overdue transactions every ten seconds
SESSION_MS = 3_000
LOGS = ROOT / ".cache" / "chaos"  # kept after a run that failed


@dataclass(frozen=True, slots=True)
class Form:
    """How much chaos."""

    stories: int
    seconds: float
    faults: int
    kinds: tuple[str, ...] = tuple(KINDS)


SHORT = Form(stories=5_000, seconds=60, faults=7)
LONG = Form(stories=20_000, seconds=600, faults=35)


def overrides(bootstrap: str, run: str) -> dict[str, Any]:
    """Settings of the workers: short times, so that a run sees many takeovers."""
    return {
        "bootstrap_servers": bootstrap,
        "group": f"chaos-{run}",
        "topic_prefix": f"chaos-{run}.",
        "partitions": PARTITIONS,
        "session_timeout_ms": SESSION_MS,
        "transaction_timeout_ms": TRANSACTION_MS,
        "drain_timeout_ms": 3_000,
        "max_story_bytes": MAX_STORY_BYTES,
        "story_timeout_s": STORY_TIMEOUT_S,
        "pool_size": 1,
        "http_port": 0,
        "log_level": "info",
    }


async def chaos(
    form: Form, *, version: str, seed: int, grace_s: float, chain: str, no_fencing: bool
) -> dict[str, Any]:
    """One run; its report."""
    run = uuid.uuid4().hex[:8]
    folder = LOGS / run
    folder.mkdir(parents=True)
    kafka = await asyncio.to_thread(ApacheKafka, version)
    try:
        await asyncio.to_thread(kafka.start)
        values = overrides(kafka.bootstrap, run)
        settings, _ = load(overrides=values, environ={})
        await wire.create_topics(settings, {topic.name: wire.COUNTABLE for topic in OUTPUTS})
        options = ("--no-fencing",) if no_fencing else ()
        fleet = Fleet(WORKERS, values, chain=chain, folder=folder, options=options)
        report = await _run(form, kafka, fleet, settings, seed=seed, grace_s=grace_s)
    finally:
        shutil.copy(kafka.log, folder)
        await asyncio.to_thread(kafka.close)
    report |= {"kafka": version, "seed": seed, "fencing": not no_fencing, "chain": chain, "run": run}
    if report["violations"]:
        report["logs"] = str(folder.relative_to(ROOT))
    else:
        shutil.rmtree(folder)
    return report


async def _run(
    form: Form, kafka: ApacheKafka, fleet: Fleet, settings: Settings, *, seed: int, grace_s: float
) -> dict[str, Any]:
    raw = settings.topic(RAW.name)
    faults = Faults(kafka, fleet, session_s=SESSION_MS / 1000, seed=seed)
    started = time.monotonic()
    supervisor = asyncio.create_task(fleet.supervise())
    try:
        for slot in range(fleet.size):
            fleet.start(slot)
        messages = traffic(form.stories, seed)
        sent, _ = await asyncio.gather(
            send(kafka.bootstrap, raw, messages, form.seconds),
            faults.run(plan(form.faults, form.seconds, seed, {kind: KINDS[kind] for kind in form.kinds})),
        )
        drained = await _drained(settings, raw, grace_s)
        seconds = time.monotonic() - started
        await asyncio.sleep(SESSION_MS / 1000)  # whoever still believes to own a partition may show it now
    finally:
        supervisor.cancel()
        ends = await fleet.stop()
    findings = audit.Findings()
    if not drained:
        findings.add("not all was consumed", f"lag {await wire.lag(kafka.bootstrap, settings.group, raw)}")
    for how in ends:
        if how != "0":
            findings.add("a worker did not stop as asked", how, ends[how])
    if fleet.left_behind:
        findings.add("NLP processes outlived their worker", "", fleet.left_behind)
    counts = await _audit(settings, sent, findings)
    return {
        "verdict": "exactly once" if findings.clean else "VIOLATED",
        "stories": form.stories,
        "sent": sent,
        **counts,
        "faults": dict(faults.done),
        "unexpected_exits": {str(code): times for code, times in fleet.unexpected.items()},
        "seconds": round(seconds, 1),
        "what_happened": sorted(faults.story),
        "violations": dict(findings.counts),
        "examples": dict(findings.examples),
    }


async def _drained(settings: Settings, raw: str, grace_s: float) -> bool:
    deadline = time.monotonic() + grace_s
    while time.monotonic() < deadline:
        with contextlib.suppress(KafkaError):
            if await wire.lag(settings.bootstrap_servers, settings.group, raw) == 0:
                return True
        await asyncio.sleep(1)
    return False


async def _audit(settings: Settings, sent: int, findings: audit.Findings) -> dict[str, Any]:
    broker = settings.bootstrap_servers
    raw = await wire.read_all(broker, settings.topic(RAW.name))
    expected = audit.expect(raw)
    if expected.records < sent:
        findings.add("raw topic lost records (the broker's fault)", "", sent - expected.records)
    topics = {}
    delays: list[int] = []
    for topic in OUTPUTS:
        try:
            await wire.settle(broker, settings.topic(topic.name), SETTLE_S)
        except wire.NotReadable as error:
            findings.add("a transaction was left open: readers wait", str(error))
        records = await wire.read_all(broker, settings.topic(topic.name))
        topics[topic.name] = audit.published(records)
        audit.check_topic(topic.name, expected, topics[topic.name], findings)
        delays += [record.timestamp - _moment(record) for record in records]
    audit.check_together(topics, findings)
    letters = await wire.read_all(broker, settings.topic(DEAD_LETTERS.name))
    return {
        "expected_on_each_topic": expected.published,
        "published": {name: len(seen) for name, seen in topics.items()},
        "broken_payloads": expected.bad.total(),
        "dead_letters": audit.check_dead_letters(expected, letters, findings),
        "reasons": dict(Counter(_reason(record) for record in letters)),
        "delay_ms": _quantiles(delays),
    }


def _reason(letter: Any) -> str:
    """Why it could not be processed, in the product's own words."""
    told = {name: value.decode() for name, value in letter.headers if name.startswith("kawat-dlq-")}
    return f"{told['kawat-dlq-reason']} ({told['kawat-dlq-stage']})"


def _moment(record: Any) -> int:
    """When the raw record was written, milliseconds since the epoch, as the event tells."""
    told = dict(record.headers)["ce_time"].decode()
    return int(datetime.fromisoformat(told).timestamp() * 1000)


def _quantiles(values: list[int]) -> dict[str, int]:
    if len(values) < 2:
        return {}
    cuts = statistics.quantiles(values, n=100)
    return {"p50": round(cuts[49]), "p99": round(cuts[98]), "max": max(values)}


def text(report: dict[str, Any]) -> str:
    """The report for people."""
    lines = [
        f"Chaos on Apache Kafka {report['kafka']}, seed {report['seed']}, {WORKERS} workers, {PARTITIONS} partitions"
        + ("" if report["fencing"] else ", FENCING SWITCHED OFF"),
        f"  traffic      {report['sent']} messages about {report['stories']} stories in {report['seconds']} s",
        "  faults       " + (", ".join(f"{n} {kind}" for kind, n in report["faults"].items()) or "none"),
        *(f"    {at:6.1f} s  {what}" for at, what in report["what_happened"]),
        f"  expected     {report['expected_on_each_topic']} on each topic (fewer by what a kill overtook)",
        "  published    " + ", ".join(f"{name} {n}" for name, n in report["published"].items()),
        f"  dead letters {report['dead_letters']} of {report['broken_payloads']} broken payloads: "
        + ", ".join(f"{n} {reason}" for reason, n in report["reasons"].items()),
        f"  delay        {report['delay_ms']} ms from raw record to output record, faults included",
    ]
    if report["unexpected_exits"]:
        lines.append(f"  workers that ended by themselves, by exit status: {report['unexpected_exits']}")
    lines.append(f"  verdict      {report['verdict']}")
    for kind, times in report["violations"].items():
        lines += [f"    {times} x {kind}", *(f"        {where}" for where in report["examples"][kind])]
    if "logs" in report:
        lines.append(f"  logs         {report['logs']}")
    return "\n".join(lines)


def _kinds(version: str) -> list[str]:
    """What may go wrong: everything, but for faults that this broker does not bear alone."""
    return [kind for kind in KINDS if version not in FORGETFUL or not kind.startswith("broker")]


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--long", action="store_true", help="10 minutes and 35 faults instead of 60 s and 7")
    parser.add_argument("--stories", type=int, help=f"how many (short {SHORT.stories}, long {LONG.stories})")
    parser.add_argument("--seconds", type=float, help="how long traffic and faults last")
    parser.add_argument("--faults", type=int, help="how many")
    parser.add_argument(
        "--only", nargs="+", choices=list(KINDS), help="faults of these kinds (default: all; see FORGETFUL)"
    )
    parser.add_argument("--seed", type=int, default=1, help="traffic and faults follow from it")
    parser.add_argument("--grace", type=float, default=120, help="seconds to consume the rest in")
    parser.add_argument("--kafka-version", default=VERSIONS[0])
    parser.add_argument("--chain", default="bench.torment:chain", help="what the NLP processes run")
    parser.add_argument("--no-fencing", action="store_true", help="break the workers: the run must fail")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    parser.add_argument("--out", type=Path, help="write the JSON report there, too")
    asked = parser.parse_args()
    base = LONG if asked.long else SHORT
    form = Form(
        base.stories if asked.stories is None else asked.stories,
        base.seconds if asked.seconds is None else asked.seconds,
        base.faults if asked.faults is None else asked.faults,
        tuple(asked.only or _kinds(asked.kafka_version)),
    )
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a broker that is away is no news here
    report = asyncio.run(
        chaos(
            form,
            version=asked.kafka_version,
            seed=asked.seed,
            grace_s=asked.grace,
            chain=asked.chain,
            no_fencing=asked.no_fencing,
        )
    )
    if asked.out:
        asked.out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(json.dumps(report, indent=1) if asked.json else text(report))
    return 1 if report["violations"] else 0


if __name__ == "__main__":
    sys.exit(main())
