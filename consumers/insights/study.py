"""What every study of the insights stands on: topics, tables, readers, a clock, and knowing when to sweep.

A study takes records in by readers and keeps what it knows in tables. Every reader runs at least once for each record
of its topic, in the order of the partition, and may be killed anywhere: it takes a repetition for what it is. What it
sends without waiting it hands to `CommittedApp.keep`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

import faust
import orjson
import structlog

from config.settings import Settings
from config.topics import Topic
from consumers.insights import naming
from consumers.insights.committed import CommittedApp, CommittedTable, Later

HOUR_S = 3_600
_RAW: dict[str, Any] = {
    "key_type": bytes,
    "value_type": bytes,
    "key_serializer": "raw",
    "value_serializer": "raw",
}

log = structlog.get_logger("kawat.insights")


@dataclass(slots=True, kw_only=True)
class Heard:
    """One record of a topic.

    Attributes:
        topic: its full name; `partition` and `offset`: where it stands there.
        written: when it was written, seconds since the epoch.
    """

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes | None
    written: int
    headers: dict[str, bytes]
    _parsed: Any = field(default=None, repr=False)

    @classmethod
    def of(cls, event: Any) -> Heard:
        message = event.message
        return cls(
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            key=event.key,
            value=event.value,
            written=int(message.timestamp),
            headers=dict(message.headers or {}),
        )

    @property
    def where(self) -> dict[str, Any]:
        """For the log."""
        return {"topic": self.topic, "partition": self.partition, "offset": self.offset}

    @property
    def at(self) -> int:
        """When the story came over the wire, seconds since the epoch: `ce_time`, but never after the record itself."""
        told = self.headers.get("ce_time", b"")
        try:
            return min(int(datetime.fromisoformat(bytes(told).decode()).timestamp()), self.written)
        except (ValueError, OverflowError):
            return self.written

    def json(self) -> Any:
        """The value, read once for all studies: nobody may change it.

        Raises:
            ValueError: it is no JSON.
        """
        if self._parsed is None:
            self._parsed = orjson.loads(self.value or b"")
        return self._parsed


Reader = Callable[[Heard], Awaitable[None]]


class Study:
    """One question that the wire is asked.

    Attributes:
        READS: topics that have a reader; all studies' must have the same number of partitions.
        WRITES: topics that it writes, those between its own steps included.
    """

    READS: ClassVar[tuple[Topic, ...]] = ()
    WRITES: ClassVar[tuple[Topic, ...]] = ()

    def __init__(self, app: CommittedApp, settings: Settings, partitions: int) -> None:
        """Declares tables and readers; nothing runs yet.

        Args:
            app: the app that runs it.
            settings: names and times.
            partitions: of every topic that is read, and so of the changelogs.
        """
        self.app = app
        self.settings = settings
        self.readers: dict[str, Reader] = {}
        self._partitions = partitions
        self._swept: dict[tuple[str, int], int] = {}
        app.on_partitions_assigned.connect(self._assigned)

    def reads(self, topic: Topic, reader: Reader) -> None:
        """`reader` is to have every record of the topic; what it raises ends the process, and the record comes again."""
        self.readers[topic.name] = reader

    def topic(self, topic: Topic) -> faust.TopicT:
        """The topic, to send to: keys and values are bytes."""
        return topic_of(self.app, self.settings, topic)

    def table(self, name: str, later: Later) -> CommittedTable:
        """A table of bytes by bytes, whose changelog is `<group>-insights-<name>-changelog`; see CommittedTable."""
        table = CommittedTable(
            self.app, later=later, name=name, partitions=self._partitions, key_type=bytes, value_type=bytes
        )
        self.app.tables.add(table)
        return table

    def every(self, seconds: float, do: Callable[[], Awaitable[None]]) -> None:
        """A clock. It stands outside of the readers, so it may not write to tables: send a record to a reader."""
        self.app.timer(seconds)(do)

    def due(self, what: str, partition: int, now: int) -> bool:
        """Whether it is time to sweep a table's part: at first after a rebalance, and then once an hour."""
        if now - self._swept.get((what, partition), 0) < HOUR_S:
            return False
        self._swept[what, partition] = now
        return True

    def sweep(self, what: str, table: CommittedTable, partition: int, now: int, *, keep_s: int) -> None:
        """Forget the stories (`naming.Story`) of a table's part that nothing was heard of for so long, when it is due."""
        if not self.due(what, partition, now):
            return
        for uri, packed in list(table.items()):
            mine, touched = naming.peek(packed)
            if mine == partition and touched < now - keep_s:
                del table[uri]

    def restored(self) -> None:
        """Tables were restored: what is derived from them is to be derived again."""

    def _assigned(self, *_: Any, **__: Any) -> None:
        self._swept.clear()
        self.restored()


def topic_of(app: CommittedApp, settings: Settings, topic: Topic) -> faust.TopicT:
    """A topic as the app knows it: keys and values are bytes."""
    return app.topic(settings.topic(topic.name), **_RAW)


def attend(app: CommittedApp, settings: Settings, studies: list[Study]) -> None:
    """One agent a topic, whose records all studies that read it have in turn, each once and in order.

    Faust would log a defect and go on without the record: here all ends.
    """
    readers: dict[str, list[Reader]] = {}
    topics = {topic.name: topic for study in studies for topic in study.READS}
    for study in studies:
        for name, reader in study.readers.items():
            readers.setdefault(name, []).append(reader)
    for name, those in readers.items():
        app.agent(topic_of(app, settings, topics[name]), name=name)(_agent(app, those))


def _agent(app: CommittedApp, readers: list[Reader]) -> Any:
    async def agent(stream: Any) -> None:
        async for event in stream.events():
            heard = Heard.of(event)
            line = app.lines.next(event.message.tp, heard.offset)
            if line is None:
                continue
            try:
                with line.doing(heard.offset):
                    for read in readers:
                        await read(heard)
            except Exception as error:
                log.exception("failed", **heard.where)
                app.fail(error)
                await app.wait()

    return agent
