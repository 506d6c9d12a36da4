"""The Faust app: `news.entities` by story -> `news.mentions` by entity -> `news.trends`.

Two steps, since the stories of an entity stand in every partition: the first keeps what each story names and says so
by entity, the second counts. Each writes before it commits what it has read, and both take a repetition for what it
is, so a crash at any point changes no count.
"""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import orjson
import structlog

from config.settings import Settings
from config.topics import ENTITIES, MENTIONS, TRENDS
from consumers.insights.bursts import Burst, classify, measure
from consumers.insights.committed import CommittedApp, CommittedTable, Later
from consumers.insights.credentials import credentials
from consumers.insights.records import MentionRecord, TrendRecord
from consumers.insights.stories import Naming, NotEntities, Story, updated
from consumers.insights.stories import later as later_story
from consumers.insights.stories import peek as peek_story
from consumers.insights.tally import Tally, later, peek
from consumers.lanes.events import EVENT_TYPES
from processors.records import Label

log = structlog.get_logger("kawat.insights")

HOUR_S = 3_600
DAY_S = 24 * HOUR_S
_RAW: dict[str, Any] = {
    "key_type": bytes,
    "value_type": bytes,
    "key_serializer": "raw",
    "value_serializer": "raw",
}
_STATES: dict[Burst, Literal["rising", "bursting", "ended"]] = {
    Burst.QUIET: "ended",
    Burst.RISING: "rising",
    Burst.BURSTING: "bursting",
}


def group_of(settings: Settings) -> str:
    """The consumer group of the insights; the changelogs' names begin with it, too."""
    return f"{settings.group}-insights"


def build(settings: Settings, partitions: int, folder: Path) -> CommittedApp:
    """The app, not started.

    Args:
        settings: broker, names, times.
        partitions: of `news.entities` and `news.mentions`, and so of the changelogs.
        folder: an existing folder for Faust's own use.
    """
    app = CommittedApp(
        group_of(settings),
        broker=[f"kafka://{server.strip()}" for server in settings.bootstrap_servers.split(",")],
        broker_credentials=credentials(settings),
        broker_session_timeout=settings.session_timeout_ms / 1000,
        broker_heartbeat_interval=settings.session_timeout_ms / 4000,
        broker_commit_interval=1.0,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=settings.instance_id,
        datadir=folder,
        store="memory://",
        stream_ack_exceptions=False,
        stream_ack_cancelled_tasks=False,
        table_standby_replicas=0,
        topic_disable_leader=True,
        topic_partitions=partitions,
        topic_replication_factor=settings.replication_factor,
        web_enabled=False,
    )
    Insights(app, settings, partitions)
    return app


class Insights:
    """The two agents and the clock that drives the second."""

    def __init__(self, app: CommittedApp, settings: Settings, partitions: int) -> None:
        self._app = app
        self._baseline_s = settings.insights_baseline_h * HOUR_S
        self._retention_s = self._baseline_s + DAY_S
        entities, self._mentions, self._trends = (
            app.topic(settings.topic(topic.name), **_RAW) for topic in (ENTITIES, MENTIONS, TRENDS)
        )
        self._stories = self._table("stories", partitions, later_story)
        self._tallies = self._table("tallies", partitions, later)
        self._swept: dict[tuple[str, int], int] = {}
        self._live: dict[int, set[bytes]] = {}
        self._since: int | None = None
        app.agent(entities, name="stories")(self._guarded(self._read_story))
        app.agent(self._mentions, name="tallies")(self._guarded(self._read_mention))
        app.timer(settings.insights_tick_s)(self._tick)
        app.on_partitions_assigned.connect(self._assigned)

    def _table(self, name: str, partitions: int, later: Later) -> CommittedTable:
        table = CommittedTable(
            self._app, later=later, name=name, partitions=partitions, key_type=bytes, value_type=bytes
        )
        self._app.tables.add(table)
        return table

    def _guarded(self, read: Any) -> Any:
        """An agent over a stream's events: each once and in order, as far as `lines` knows.

        Faust would log a defect and go on without the event: here all ends.
        """

        async def agent(stream: Any) -> None:
            async for event in stream.events():
                message = event.message
                line = self._app.lines.next(message.tp, message.offset)
                if line is None:
                    continue
                try:
                    with line.doing(message.offset):
                        await read(event)
                except Exception as error:
                    where = {"topic": message.topic, "partition": message.partition, "offset": message.offset}
                    log.exception("failed", **where)
                    self._app.fail(error)
                    await self._app.wait()

        agent.__name__ = read.__name__
        return agent

    def _assigned(self, *_: Any, **__: Any) -> None:
        """Tables were restored: what is derived from them is to be derived again."""
        self._swept.clear()
        self._live.clear()

    # by story

    async def _read_story(self, event: Any) -> None:
        message, now = event.message, int(time.time())
        self._sweep_stories(message.partition, now)
        try:
            naming = Naming.parse(event.value)
        except NotEntities as error:
            where = {"topic": message.topic, "partition": message.partition, "offset": message.offset}
            log.warning("skipped", error=str(error), **where)
            return
        uri = naming.uri.encode()
        packed = self._stories.get(uri)
        known = Story.unpack(packed) if packed else None
        story = updated(
            known, naming, partition=message.partition, offset=message.offset, at=_event_time(message)
        )
        if story is known or (known is None and not story.named):
            return
        for key, mention in story.mentions(naming.uri, now):
            sent = await self._mentions.send(key=key.encode(), value=orjson.dumps(mention))
            self._app.keep(sent)
        self._stories[uri] = story.pack()

    def _sweep_stories(self, partition: int, now: int) -> None:
        """Forget stories of this partition that are too old to count, once an hour."""
        if now - self._swept.get(("stories", partition), 0) < HOUR_S:
            return
        self._swept["stories", partition] = now
        for uri, packed in list(self._stories.items()):
            mine, touched = peek_story(packed)
            if mine == partition and touched < now - self._retention_s:
                del self._stories[uri]

    # by entity

    async def _read_mention(self, event: Any) -> None:
        partition, mention = event.message.partition, MentionRecord(**orjson.loads(event.value))
        self._sweep_tallies(partition, mention.now)
        if mention.uri is None:
            for key in list(self._live[partition]):
                if (tally := self._known(key, event.message.offset)) is not None:
                    await self._judge(key, tally, mention.now)
            return
        if mention.at >= mention.now - self._retention_s:
            self._watched_since(mention.at)
        read = event.message.offset
        tally = self._known(event.key, read) or Tally(partition=partition, read=read)
        tally.hear(mention)
        if not await self._judge(event.key, tally, mention.now):
            self._store(event.key, tally)

    def _known(self, key: bytes, offset: int) -> Tally | None:
        """The tally of an entity, about to be held against the record of `news.mentions` at this offset."""
        packed = self._tallies.get(key)
        if not packed:
            return None
        tally = Tally.unpack(packed)
        tally.read = max(tally.read, offset)
        return tally

    async def _judge(self, key: bytes, tally: Tally, now: int) -> bool:
        """Publish and store the tally if its class has changed; whether it has."""
        now = max(now, tally.judged)  # a redelivery must not judge by a time that is over
        tally.forget(now - self._retention_s)
        since = max(self._since or now, now - self._retention_s)
        measures = measure(tally.times(), now=now, since=since, baseline_s=self._baseline_s)
        burst = classify(measures, tally.burst)
        if burst is tally.burst:
            return False
        tally.since = now if tally.burst is Burst.QUIET else tally.since
        tally.burst, tally.judged = burst, now
        record = TrendRecord(
            label=Label(key.decode().partition(" ")[0]),
            name=tally.name,
            state=_STATES[burst],
            at=now,
            since=tally.since,
            windows=measures,
        )
        # on the broker before the class is: if we die in between, it is said twice rather than never
        await (await self._trends.send(key=key, value=orjson.dumps(record), headers=_headers(key, record)))
        log.info("trend", label=record.label.value, state=record.state, stories=measures[-1].stories)
        self._store(key, tally)
        return True

    def _store(self, key: bytes, tally: Tally) -> None:
        live = self._live.get(tally.partition)
        if live is not None:  # else a rebalance has just taken it, and it will be derived again
            (live.discard if tally.burst is Burst.QUIET else live.add)(key)
        if tally.stories or tally.burst is not Burst.QUIET:
            self._tallies[key] = tally.pack()
        elif key in self._tallies:
            del self._tallies[key]

    def _sweep_tallies(self, partition: int, now: int) -> None:
        """At first and once an hour: which tallies of this partition are live, since when we watch, which are over."""
        if partition in self._live and now - self._swept.get(("tallies", partition), 0) < HOUR_S:
            return
        self._swept["tallies", partition] = now
        live = self._live[partition] = set()
        for key, packed in list(self._tallies.items()):
            seen = peek(packed)
            if seen.partition != partition:
                continue
            if seen.burst is not Burst.QUIET:
                live.add(key)
            elif seen.newest < now - self._retention_s:
                del self._tallies[key]
                continue
            self._watched_since(seen.oldest)

    def _watched_since(self, at: int) -> None:
        self._since = at if self._since is None else min(at, self._since)

    async def _tick(self) -> None:
        """Tell each of our partitions what time it is: classes fall by time alone."""
        value = orjson.dumps(MentionRecord(now=int(time.time())))
        for topic, partition in self._app.consumer.assignment():
            if topic == self._mentions.get_topic_name():
                self._app.keep(await self._mentions.send(key=b"", value=value, partition=partition))


def _event_time(message: Any) -> int:
    """When the story came over the wire, seconds: `ce_time`, but never after the record itself."""
    written = int(message.timestamp)
    told = dict(message.headers or {}).get("ce_time", b"")
    try:
        return min(int(datetime.fromisoformat(bytes(told).decode()).timestamp()), written)
    except (ValueError, OverflowError):
        return written


def _headers(key: bytes, record: TrendRecord) -> list[tuple[str, bytes]]:
    at = datetime.fromtimestamp(record.at).astimezone().isoformat()
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", f"{key.decode()};{record.since};{record.at};{record.state}".encode()),
        ("ce_source", b"kawat/insights"),
        ("ce_type", EVENT_TYPES[TRENDS.name].encode()),
        ("ce_subject", key),
        ("ce_time", at.encode()),
        ("content-type", b"application/json"),
    ]
