"""What stands on the topics when all is done, and whether that is what must stand there."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from config.settings import Settings
from config.topics import ARTICLES, DEAD_LETTERS, OUTPUTS
from consumers.kafka import admin
from consumers.lanes.deadletter import PREFIX
from consumers.tap import Start, tap
from processors.records import State


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold: what, what was found, and whether it is as it must be."""

    what: str
    found: str
    holds: bool


@dataclass(slots=True)
class Arrivals:
    """The records downstream can read.

    Attributes:
        newest: for each output topic (name without prefix), the newest value by uri.
        records: how many records each output topic holds.
        repeated: event ids that stand on a topic more than once.
        dead: the dead letters.
    """

    newest: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: Counter[str] = field(default_factory=Counter)
    repeated: list[str] = field(default_factory=list)
    dead: list[ConsumerRecord] = field(default_factory=list)

    def reasons(self) -> Counter[str]:
        """Dead letters by reason."""
        return Counter(header(record, PREFIX + "reason") for record in self.dead)


async def collect(settings: Settings) -> Arrivals:
    """Everything that is committed on the output topics and among the dead letters."""
    arrivals = Arrivals()
    for topic in OUTPUTS:
        newest = arrivals.newest[topic.name] = {}
        seen: set[str] = set()
        async for record in _all(settings, topic.name):
            arrivals.records[topic.name] += 1
            newest[record.key.decode()] = orjson.loads(record.value)
            event = header(record, "ce_id")
            if event in seen:
                arrivals.repeated.append(event)
            seen.add(event)
    arrivals.dead = [record async for record in _all(settings, DEAD_LETTERS.name)]
    return arrivals


def _all(settings: Settings, name: str) -> AsyncIterator[ConsumerRecord]:
    return tap(settings, settings.topic(name), start=Start.BEGINNING, limit=None, follow=False)


def header(record: ConsumerRecord, name: str) -> str:
    """A header's text; "" when it isn't there."""
    return next((value.decode("utf-8", "replace") for key, value in record.headers if key == name), "")


def checks(arrivals: Arrivals, states: Mapping[str, State], reasons: Counter[str]) -> Iterator[Check]:
    """Compare with what must have arrived."""
    for topic in OUTPUTS:
        newest = arrivals.newest[topic.name]
        found = {uri: State(_facts(topic.name, value)["state"]) for uri, value in newest.items()}
        as_expected = sum(found.get(uri) is state for uri, state in states.items())
        yield Check(
            f"stories on {topic.name} in their last state",
            f"{as_expected} of {len(states)}",
            found == dict(states),
        )
    versions = [
        {uri: _facts(topic.name, value)["version"] for uri, value in arrivals.newest[topic.name].items()}
        for topic in OUTPUTS
    ]
    together = all(version == versions[0] for version in versions)
    yield Check("the three topics agree on each version", "yes" if together else "no", together)
    repeated = len(arrivals.repeated)
    yield Check("events that came twice", str(repeated), repeated == 0)
    leaks = sum(_leaks(value) for value in arrivals.newest[ARTICLES.name].values())
    yield Check("withheld or killed stories with a word in them", str(leaks), leaks == 0)
    mute = sum(_mute(value) for value in arrivals.newest[ARTICLES.name].values())
    yield Check("usable stories without text", str(mute), mute == 0)
    found_reasons = arrivals.reasons()
    yield Check(
        "dead letters",
        ", ".join(f"{count} {reason}" for reason, count in sorted(found_reasons.items())) or "none",
        found_reasons == reasons,
    )


def _facts(topic: str, value: dict[str, Any]) -> dict[str, Any]:
    """The part of a record that says state and version."""
    facts: dict[str, Any] = value["enrichment"] if topic == ARTICLES.name else value
    return facts


def _leaks(value: dict[str, Any]) -> bool:
    enrichment, article = value["enrichment"], value["article"]
    if enrichment["state"] == State.USABLE:
        return False
    told = [enrichment[part] for part in ("text", "removed", "entities", "quotes")]
    return any([*told, article.get("headlines"), article.get("bodies"), article.get("title")])


def _mute(value: dict[str, Any]) -> bool:
    enrichment = value["enrichment"]
    return enrichment["state"] == State.USABLE and not enrichment["text"]


class Watch:
    """Waits for what comes on the output topics from now on."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        """`consumer` stands at the end of all output topics."""
        self._consumer = consumer

    async def state(self, uri: str, state: State, timeout_s: float) -> float | None:
        """Wait until a story is in a state on every output topic.

        Returns:
            The time of the last of them, by `time.monotonic`; None if it did not happen in time.
        """
        missing = len(OUTPUTS)
        deadline = time.monotonic() + timeout_s
        while missing and time.monotonic() < deadline:
            for records in (await self._consumer.getmany(timeout_ms=50)).values():
                for record in records:
                    value = orjson.loads(record.value)
                    facts = value.get("enrichment", value)
                    missing -= record.key.decode() == uri and facts["state"] == state
        return None if missing else time.monotonic()


@asynccontextmanager
async def watching(settings: Settings) -> AsyncIterator[Watch]:
    """A watch that sees everything which is committed after this is entered."""
    names = [settings.topic(topic.name) for topic in OUTPUTS]
    counts = await admin.require(settings, *names)
    partitions = [TopicPartition(name, number) for name in names for number in range(counts[name])]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap_servers, isolation_level="read_committed", fetch_max_wait_ms=20
    )
    await consumer.start()
    try:
        consumer.assign(partitions)
        await consumer.seek_to_end(*partitions)
        for partition in partitions:
            await consumer.position(partition)  # the end is looked up now, not at the first poll
        yield Watch(consumer)
    finally:
        await consumer.stop()
