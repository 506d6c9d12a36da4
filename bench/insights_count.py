"""Do the insights count right? Beside a plain script over the same stories, with processes killed meanwhile.

    python -m bench.insights_count articles.jsonl.gz [--stories 10600] [--kills 3]

Stories (JSON lines with `outlet`, `title`, `body`) go through a worker with the rules and `kawat insights` on a real
Apache Kafka. Meanwhile the insights are killed (SIGKILL) and started again; at the end some stories are killed by their
newsroom. The plain script reads the same bytes, enriches them in this process, and counts. Status 1 if anything differs:

- for each entity, the distinct stories that name it;
- for each speaker, the distinct stories and the quotes;
- the sets of stories that share their words.

Also told: how long the insights go on after the worker has done, and their memory.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import signal
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import psutil
from aiokafka import AIOKafkaProducer

from bench import rig
from bench.apache_kafka import ApacheKafka
from bench.wire import lag, read_all
from config.settings import Settings
from config.topics import ARTICLES, ENTITIES, MENTIONS, QUOTES, RAW, SAYINGS, SKETCHES, SPEAKERS, STORIES
from consumers.insights.app import group_of
from consumers.insights.naming import folded
from consumers.insights.stories.register import Register
from consumers.insights.stories.sketching import sketched
from consumers.insights.stories.wire import Wire
from consumers.insights.trends.naming import parse
from consumers.insights.trends.tally import Tally
from processors import intake
from processors.enrich import Chain

CHAIN = "processors.enrich:Chain.load"
KILLED = 40


def raw(path: Path, most: int) -> list[tuple[bytes, bytes]]:
    """Key and value of each story."""
    found = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            told = json.loads(line)
            if len(found) == most:
                break
            if not (told["body"] or "").strip():
                continue
            uri = f"urn:newsml:bench:{number:06}"
            document = {
                "uri": uri,
                "type": "text",
                "language": "id",
                "version": "1",
                "pubStatus": "usable",
                "infoSources": [{"name": told["outlet"] or "unknown", "role": "provider"}],
                "headlines": [{"role": "main", "value": told["title"] or ""}],
                "bodies": [{"role": "main", "contentType": "text/plain", "value": told["body"]}],
            }
            found.append((uri.encode(), orjson.dumps(document)))
    return found


# the plain script

_chain: list[Chain] = []


def enriched(values: list[bytes]) -> list[tuple[bytes, bytes, bytes] | None]:
    """The three records of each story; None for one that can't be processed."""
    if not _chain:
        _chain.append(Chain.load())
    done = []
    for value in values:
        try:
            (article,) = intake.read(value, content_type="application/ninjs+json")
            found = _chain[0].enrich(article)
            done.append(
                tuple(orjson.dumps(record) for record in (found.article, found.entities, found.quotes))
            )
        except Exception:  # noqa: BLE001 - the worker dead-letters whatever fails
            done.append(None)
    return done


def counted(records: list[tuple[bytes, bytes, bytes]]) -> dict[str, Any]:
    """What the insights should say of these stories."""
    entities: Counter[str] = Counter()
    stories, quotes = Counter[str](), Counter[str]()
    registers = []
    for article, named, quoted in records:
        entities.update(parse(named).names.keys())
        speakers = [
            folded(quote["speaker"]["name"])
            for quote in orjson.loads(quoted)["quotes"]
            if quote["speaker"] and quote["speaker"]["entity"]
        ]
        quotes.update(speaker for speaker in speakers if speaker)
        stories.update({speaker for speaker in speakers if speaker})
        sketch = sketched(orjson.loads(article), offset=0, at=0, now=0)
        registers.append((sketch.uri, Register.of(sketch, at=0)))
    return {
        "entities": dict(entities),
        "speakers": {speaker: (count, quotes[speaker]) for speaker, count in stories.items()},
        "clusters": sorted(sorted(members) for members in Wire(registers).clusters()),
    }


# what the insights say


async def newest(settings: Settings, topic: str) -> dict[str, bytes | None]:
    found: dict[str, bytes | None] = {}
    for each in await read_all(settings.bootstrap_servers, topic):
        found[each.key.decode()] = each.value
    return found


async def said(settings: Settings) -> dict[str, Any]:
    tallies = await newest(settings, f"{group_of(settings)}-tallies-changelog")
    counts = {key: len(Tally.unpack(value).times()) for key, value in tallies.items() if value}
    speakers = {
        key: orjson.loads(value)
        for key, value in (await newest(settings, settings.topic(SPEAKERS.name))).items()
    }
    clusters = [
        orjson.loads(value) for value in (await newest(settings, settings.topic(STORIES.name))).values()
    ]
    return {
        "entities": {key: count for key, count in counts.items() if count},
        "speakers": {
            key: (record["stories"], record["quotes"])
            for key, record in speakers.items()
            if record["stories"]
        },
        "clusters": sorted(
            sorted(story["uri"] for story in record["stories"])
            for record in clusters
            if record["state"] == "linked"
        ),
    }


class Insights:
    """`kawat insights` as a process that may be killed."""

    def __init__(self, values: dict[str, Any], log: Path) -> None:
        self._options = [f"--set={key}={value}" for key, value in values.items() if key != "pool_size"]
        self._log = log
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", "from consumers.cli import main; main()", "insights"),
                *self._options,
                "--set=insights_http_port=0",
                stderr=log,
            )

    async def end(self, number: int) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(number)
            await self.process.wait()

    def megabytes(self) -> float:
        return psutil.Process(self.process.pid).memory_info().rss / 1e6 if self.process else 0.0


async def settled(settings: Settings, timeout_s: float) -> None:
    """Until the insights have read all that there is, the records of their own included.

    At the end of a partition stands the mark of the last transaction, or a tick of the clock.
    """
    most = {SAYINGS.name: 0, SKETCHES.name: 0}
    async with asyncio.timeout(timeout_s):
        quiet = 0
        while quiet < 2:  # what one step has read the next one may still have before it
            waits = {
                name: await lag(settings.bootstrap_servers, group_of(settings), settings.topic(name))
                for name in (
                    ARTICLES.name,
                    ENTITIES.name,
                    QUOTES.name,
                    MENTIONS.name,
                    SAYINGS.name,
                    SKETCHES.name,
                )
            }
            done = all(wait <= most.get(name, settings.partitions) for name, wait in waits.items())
            quiet = quiet + 1 if done else 0
            await asyncio.sleep(1)


async def measured(stories: list[tuple[bytes, bytes]], kills: int, kafka: ApacheKafka) -> dict[str, Any]:
    made = rig.Rig(kafka=kafka, seconds=0, chain=CHAIN)
    settings, values = await made.topics(stamped=False, insights_tick_s=5, session_timeout_ms=6_000)
    topic = settings.topic(RAW.name)
    insights = Insights(values, Path(kafka.folder) / "insights.log")
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers, linger_ms=20)
    await producer.start()
    report: dict[str, Any] = {}
    try:
        async with rig.worker(values | {"pool_size": 2}, CHAIN):
            await insights.start()
            begun = time.monotonic()
            for key, value in stories:
                await producer.send(
                    topic, value, key=key, headers=[("content-type", b"application/ninjs+json")]
                )
            await producer.flush()
            for number in range(kills):
                share = len(stories) * (kills - number) // (kills + 1)
                while await lag(settings.bootstrap_servers, settings.group, topic) > share:
                    await asyncio.sleep(0.3)
                await insights.end(signal.SIGKILL)
                await insights.start()
            while await lag(settings.bootstrap_servers, settings.group, topic) > 0:
                await asyncio.sleep(0.3)
            report["worker_s"] = round(time.monotonic() - begun, 1)
            await settled(settings, 120)
            report["insights_s_more"] = round(time.monotonic() - begun - report["worker_s"], 1)
            report["megabytes"] = round(insights.megabytes())
            report["before"] = await said(settings)
            for key, _ in stories[:KILLED]:
                notice = {"uri": key.decode(), "type": "text", "version": "2", "pubStatus": "canceled"}
                await producer.send(
                    topic,
                    orjson.dumps(notice),
                    key=key,
                    headers=[("content-type", b"application/ninjs+json")],
                )
            await producer.flush()
            await settled(settings, 60)
            report["after"] = await said(settings)
    finally:
        await producer.stop()
        await insights.end(signal.SIGTERM)
    return report


def differing(wanted: dict[str, Any], found: dict[str, Any]) -> dict[str, int]:
    """How many of each kind are not as they should be."""
    wrong = {}
    for kind, those in wanted.items():
        if isinstance(those, dict):
            keys = those.keys() | found[kind].keys()
            wrong[kind] = sum(those.get(key) != found[kind].get(key) for key in keys)
        else:
            wrong[kind] = len(
                {tuple(each) for each in those}.symmetric_difference(tuple(each) for each in found[kind])
            )
    return wrong


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("articles", type=Path)
    arguments.add_argument("--stories", type=int, default=10_600)
    arguments.add_argument("--kills", type=int, default=3)
    chosen = arguments.parse_args()
    stories = raw(chosen.articles, chosen.stories)
    with ApacheKafka() as kafka:
        report = asyncio.run(measured(stories, chosen.kills, kafka))
    values = [value for _, value in stories]
    with ProcessPoolExecutor(2) as pool:
        done = [each for part in pool.map(enriched, _parts(values)) for each in part]
    wanted = counted([each for each in done if each is not None])
    killed = counted([each for each in done[KILLED:] if each is not None])
    result = {
        "stories": len(stories),
        "not_processed": sum(each is None for each in done),
        "kills": chosen.kills,
        "entities": len(wanted["entities"]),
        "speakers": len(wanted["speakers"]),
        "clusters": len(wanted["clusters"]),
        "differ": differing(wanted, report.pop("before")),
        "differ_after_newsroom_kills": differing(killed, report.pop("after")),
        **report,
    }
    print(orjson.dumps(result, option=orjson.OPT_INDENT_2).decode())
    sys.exit(any([*result["differ"].values(), *result["differ_after_newsroom_kills"].values()]))


def _parts(values: list[bytes], size: int = 250) -> list[list[bytes]]:
    return [values[start : start + size] for start in range(0, len(values), size)]


if __name__ == "__main__":
    main()
