"""What each part of Kawat must be allowed to do on the broker.

The tables below are the single source: for docs/security.md, for `kawat doctor`, and for the error of a worker that
lacks a right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from config.settings import Settings
from config.topics import (
    ARTICLES,
    BOILERPLATE,
    DEAD_LETTERS,
    ENTITIES,
    LEDGER,
    LINES,
    MENTIONS,
    OUTPUTS,
    QUOTES,
    RAW,
    SAYINGS,
    SKETCHES,
    SPEAKERS,
    STORIES,
    TOPICS,
    TRENDS,
    Topic,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One operation on one thing.

    Attributes:
        kind: "topic", "group" or "transactional-id".
        name: its full name, or with `prefixed` how the names begin.
        operation: as Kafka calls it; Read and Write let describe as well.
        why: what it is for.
        needed: without it nothing works; else something is only seen less well.
    """

    kind: str
    name: str
    operation: str
    why: str
    prefixed: bool = False
    needed: bool = True

    def __str__(self) -> str:
        pattern = "*" if self.prefixed else ""
        return f"{self.operation} on {self.kind} {self.name}{pattern} ({self.why})"

    def command(self, settings: Settings) -> str:
        """What grants it."""
        user = settings.sasl_username or "NAME"
        pattern = " --resource-pattern-type prefixed" if self.prefixed else ""
        return (
            f"kafka-acls.sh --bootstrap-server {settings.bootstrap_servers} --add --allow-principal User:{user} "
            f"--operation {self.operation} --{self.kind} {self.name}{pattern}"
        )


def worker(settings: Settings) -> list[Right]:
    """`kawat run`."""
    return [
        *_topic(settings, RAW, Read="stories come from there"),
        *(right for topic in OUTPUTS for right in _topic(settings, topic, Write="results go there")),
        *_topic(settings, LEDGER, Read="what is known of each story", Write="what is known of each story"),
        *_topic(settings, DEAD_LETTERS, Write="what can't be processed goes there"),
        *(
            Right(
                kind="topic",
                name=settings.topic(topic.name),
                operation="DescribeConfigs",
                why="to see whether it is set up as it should be",
                needed=False,
            )
            for topic in (RAW, *OUTPUTS, LEDGER, DEAD_LETTERS)
        ),
        Right(kind="group", name=settings.group, operation="Read", why="workers share the partitions"),
        _transactions(settings),
    ]


def feed(settings: Settings) -> list[Right]:
    """`kawat feed`, and a newsroom that writes by itself."""
    return [*_topic(settings, RAW, Write="stories go there"), _sizes(settings)]


def repair(settings: Settings) -> list[Right]:
    """`kawat dlq`, `kawat replay` and `kawat tap`."""
    looked_at = (topic for topic in TOPICS if topic not in (RAW, DEAD_LETTERS))
    return [
        *_topic(settings, RAW, Read="replay reads it", Write="letters and replays go back there"),
        *_topic(settings, DEAD_LETTERS, Read="the letters", Write="marks beside letters that went back"),
        *(right for topic in looked_at for right in _topic(settings, topic, Read="to look into it")),
        _sizes(settings),
        Right(kind="group", name=settings.group, operation="Describe", why="how far the workers are"),
        _transactions(settings),
    ]


def insights(settings: Settings) -> list[Right]:
    """`kawat insights`. It creates the topics of its own state, whose names begin with its group's."""
    group = f"{settings.group}-insights"
    state = {"kind": "topic", "name": f"{group}-", "prefixed": True}
    return [
        *_topic(settings, ENTITIES, Read="what it counts"),
        *_topic(settings, MENTIONS, Read="between its two steps", Write="between its two steps"),
        *_topic(settings, TRENDS, Read="Faust asks for it", Write="results go there"),
        *_topic(settings, QUOTES, Read="who says what"),
        *_topic(settings, SAYINGS, Read="between its two steps", Write="between its two steps"),
        *_topic(settings, SPEAKERS, Read="Faust asks for it", Write="results go there"),
        *_topic(settings, ARTICLES, Read="which stories are alike, what recurs in them"),
        *_topic(settings, SKETCHES, Read="between its two steps", Write="between its two steps"),
        *_topic(settings, STORIES, Read="Faust asks for it", Write="results go there"),
        *_topic(settings, LINES, Read="between its two steps", Write="between its two steps"),
        *_topic(settings, BOILERPLATE, Read="Faust asks for it", Write="results go there"),
        *(
            Right(**state, operation=operation, why="its state")  # type: ignore[arg-type]
            for operation in ("Create", "Read", "Write")
        ),
        Right(kind="group", name=group, operation="Read", why="its members share the partitions"),
    ]


def live(settings: Settings) -> list[Right]:
    """`kawat live`."""
    return [
        *_topic(settings, ARTICLES, Read="the stories"),
        *_topic(settings, TRENDS, Read="the trends"),
        *_topic(settings, DEAD_LETTERS, Read="to count them"),
        *_topic(settings, RAW, Describe="how much waits"),
        Right(kind="group", name=settings.group, operation="Describe", why="how far the workers are"),
    ]


Role = Literal["worker", "feed", "repair", "insights", "live"]
ROLES: dict[Role, Callable[[Settings], list[Right]]] = {
    "worker": worker,
    "feed": feed,
    "repair": repair,
    "insights": insights,
    "live": live,
}


def topics(settings: Settings, role: Role) -> tuple[Topic, ...]:
    """Those of our topics that a role works with."""
    named = {right.name for right in ROLES[role](settings) if right.kind == "topic" and not right.prefixed}
    return tuple(topic for topic in TOPICS if settings.topic(topic.name) in named)


def _topic(settings: Settings, topic: Topic, **operations: str) -> Iterator[Right]:
    for operation, why in operations.items():
        yield Right(kind="topic", name=settings.topic(topic.name), operation=operation, why=why)


def _sizes(settings: Settings) -> Right:
    return Right(
        kind="topic",
        name=settings.topic(RAW.name),
        operation="DescribeConfigs",
        why="how large a record it takes; unseen, a megabyte is assumed",
        needed=False,
    )


def _transactions(settings: Settings) -> Right:
    return Right(
        kind="transactional-id",
        name=f"{settings.group}-",
        prefixed=True,
        operation="Write",
        why="what is written together comes out together",
    )
