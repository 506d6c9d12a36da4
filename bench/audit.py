"""What must be on the output topics, given what is on the raw topic, and what is wrong with them.

The rules are stated anew here, apart from the product's ledger: newer version wins, an equal or older one is not
published, a kill ends the story and may overtake what arrived before it, what can't be read goes to the dead letters
as it is. So the audit finds out when the product's own rules drift.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

BAD_KEY = b"bad-"  # keys of payloads that can't be read begin like this
KILLED = "canceled"


class Record(Protocol):
    """The part of a Kafka record that is looked at."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Published:
    """One version of one story, as it should be or is on an output topic."""

    uri: str
    version: str
    state: str


@dataclass(slots=True)
class Expected:
    """What the raw topic calls for.

    Attributes:
        stories: by uri, its versions in order.
        partitions: by uri, the partition that it must be on everywhere.
        bad: what must be in the dead letters: partition, key, value, headers; each as often as on the raw topic.
        records: how many raw records there are.
    """

    stories: dict[str, list[Published]] = field(default_factory=dict)
    partitions: dict[str, int] = field(default_factory=dict)
    bad: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    records: int = 0

    @property
    def published(self) -> int:
        """Records on each output topic, if no kill overtook a story."""
        return sum(map(len, self.stories.values()))


@dataclass(slots=True)
class Findings:
    """What is wrong: by kind, how often, and a few examples (topic and key, never text)."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: str, where: str, times: int = 1) -> None:
        """One finding."""
        self.counts[kind] += times
        if len(self.examples[kind]) < 5:
            self.examples[kind].append(where)

    @property
    def clean(self) -> bool:
        """Nothing is wrong."""
        return not self.counts


def expect(raw: Iterable[Record]) -> Expected:
    """What must come of these raw records; those of one partition in order."""
    made = Expected()
    newest: dict[str, int] = {}
    for record in raw:
        made.records += 1
        key = record.key or b""
        if key.startswith(BAD_KEY):
            made.bad[_letter(record, record.headers)] += 1
            continue
        document = orjson.loads(record.value or b"")
        uri, version = document["uri"], int(document["version"])
        made.partitions.setdefault(uri, record.partition)
        versions = made.stories.setdefault(uri, [])
        if version > newest.get(uri, -1):
            newest[uri] = version
            versions.append(Published(uri, str(version), document["pubStatus"]))
    return made


def published(records: Iterable[Record]) -> list[tuple[int, Published]]:
    """The stories on an output topic, with their partitions, in order of each partition."""
    seen = []
    for record in records:
        value = orjson.loads(record.value or b"{}")
        told = value.get("enrichment", value)
        seen.append((record.partition, Published(told["uri"], told["version"], told["state"])))
        if (record.key or b"").decode() != told["uri"]:
            raise ValueError(
                f"partition {record.partition} offset {record.offset}: the key is not the story's uri"
            )
    return seen


def check_topic(name: str, expected: Expected, seen: list[tuple[int, Published]], findings: Findings) -> None:
    """Every version once, in order, on its partition."""
    by_uri: dict[str, list[Published]] = defaultdict(list)
    for partition, story in seen:
        by_uri[story.uri].append(story)
        if partition != expected.partitions.get(story.uri, partition):
            findings.add("on the wrong partition", f"{name} {story.uri}")
    for uri, wanted in expected.stories.items():
        got = by_uri.pop(uri, [])
        where = f"{name} {uri}: wanted {_versions(wanted)}, got {_versions(got)}"
        if twice := len(got) - len(set(got)):
            findings.add("published twice", where, twice)
        if strange := set(got) - set(wanted):
            findings.add("not called for", where, len(strange))
        lost = set(wanted) - set(got)
        if wanted[-1].state == KILLED:  # the kill may have overtaken the versions before it
            lost &= {wanted[-1]}
        if lost:
            findings.add("lost", where, len(lost))
        ranks = [wanted.index(story) for story in dict.fromkeys(got) if story in wanted]
        if ranks != sorted(ranks):
            findings.add("out of order", where)
    for uri, got in by_uri.items():
        findings.add("not called for", f"{name} {uri}", len(got))


def check_together(topics: dict[str, list[tuple[int, Published]]], findings: Findings) -> None:
    """The output topics tell the same, in the same order on each partition: they are written together."""
    (first, reference), *others = topics.items()
    for name, seen in others:
        for partition in {number for number, _ in reference} | {number for number, _ in seen}:
            one = [story for number, story in reference if number == partition]
            two = [story for number, story in seen if number == partition]
            if one != two:
                findings.add("topics disagree", f"{first} and {name}, partition {partition}")


def check_dead_letters(expected: Expected, letters: Iterable[Record], findings: Findings) -> int:
    """Every payload that can't be read is there once, byte for byte with its headers; returns how many there are."""
    seen: Counter[tuple[Any, ...]] = Counter()
    for record in letters:
        original = [(name, value) for name, value in record.headers if not name.startswith("kawat-dlq-")]
        seen[_letter(record, original)] += 1
    for (partition, key, *_), times in (expected.bad - seen).items():
        findings.add("dead letter lost or altered", f"partition {partition}, key {key!r}", times)
    for (partition, key, *_), times in (seen - expected.bad).items():
        findings.add("dead letter too many or altered", f"partition {partition}, key {key!r}", times)
    return seen.total()


def _letter(record: Record, headers: Sequence[tuple[str, bytes]]) -> tuple[Any, ...]:
    return record.partition, record.key, record.value, tuple(headers)


def _versions(stories: list[Published]) -> str:
    return (
        ",".join(f"{story.version}{'x' if story.state == KILLED else ''}" for story in stories) or "nothing"
    )
