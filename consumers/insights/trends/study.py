"""`news.entities` by story -> `news.mentions` by entity -> `news.trends`.

Two steps, since the stories of an entity stand in every partition: the first keeps what each story names and says so
by entity, the second counts. Each writes before it commits what it has read, and both take a repetition for what it
is, so a crash at any point changes no count.
"""

from __future__ import annotations

import time
from typing import Literal

import orjson
import structlog

from config.settings import Settings
from config.topics import ENTITIES, MENTIONS, TRENDS
from consumers.insights import naming
from consumers.insights.committed import CommittedApp
from consumers.insights.events import headers
from consumers.insights.naming import NotARecord, Story
from consumers.insights.study import HOUR_S, Heard, Study
from consumers.insights.trends import tally
from consumers.insights.trends.bursts import Burst, classify, measure
from consumers.insights.trends.naming import parse
from consumers.insights.trends.records import MentionRecord, TrendRecord
from consumers.insights.trends.tally import Tally
from processors.records import Label

log = structlog.get_logger("kawat.insights")

DAY_S = 24 * HOUR_S
_STATES: dict[Burst, Literal["rising", "bursting", "ended"]] = {
    Burst.QUIET: "ended",
    Burst.RISING: "rising",
    Burst.BURSTING: "bursting",
}


class Trends(Study):
    """Its two readers, and the clock that drives the second."""

    READS = (ENTITIES, MENTIONS)
    WRITES = (MENTIONS, TRENDS)

    def __init__(self, app: CommittedApp, settings: Settings, partitions: int) -> None:
        super().__init__(app, settings, partitions)
        self._baseline_s = settings.insights_baseline_h * HOUR_S
        self._retention_s = self._baseline_s + DAY_S
        self._mentions, self._trends = self.topic(MENTIONS), self.topic(TRENDS)
        self._stories = self.table("stories", naming.later)
        self._tallies = self.table("tallies", tally.later)
        self._live: dict[int, set[bytes]] = {}
        self._since: int | None = None
        self.reads(ENTITIES, self._read_story)
        self.reads(MENTIONS, self._read_mention)
        self.every(settings.insights_tick_s, self._tick)

    def restored(self) -> None:
        self._live.clear()

    # by story

    async def _read_story(self, heard: Heard) -> None:
        now = int(time.time())
        self.sweep("stories", self._stories, heard.partition, now, keep_s=self._retention_s)
        try:
            named = parse(heard.value)
        except NotARecord as error:
            log.warning("skipped", error=str(error), **heard.where)
            return
        uri = named.uri.encode()
        packed = self._stories.get(uri)
        known = Story.unpack(packed) if packed else None
        story = naming.updated(known, named, partition=heard.partition, offset=heard.offset, at=heard.at)
        if story is known or (known is None and not story.named):
            return
        for key, name, at, gone in story.all():
            mention = MentionRecord(uri=named.uri, name=name, at=at, offset=story.offset, gone=gone, now=now)
            sent = await self._mentions.send(key=key.encode(), value=orjson.dumps(mention))
            self.app.keep(sent)
        self._stories[uri] = story.pack()

    # by entity

    async def _read_mention(self, heard: Heard) -> None:
        partition, read = heard.partition, heard.offset
        mention = MentionRecord(**heard.json())
        self._sweep_tallies(partition, mention.now)
        if mention.uri is None:
            for key in list(self._live[partition]):
                if (known := self._known(key, read)) is not None:
                    await self._judge(key, known, mention.now)
            return
        if mention.at >= mention.now - self._retention_s:
            self._watched_since(mention.at)
        entity = self._known(heard.key, read) or Tally(partition=partition, read=read)
        entity.hear(mention)
        if not await self._judge(heard.key, entity, mention.now):
            self._store(heard.key, entity)

    def _known(self, key: bytes, offset: int) -> Tally | None:
        """The tally of an entity, about to be held against the record of `news.mentions` at this offset."""
        packed = self._tallies.get(key)
        if not packed:
            return None
        known = Tally.unpack(packed)
        known.read = max(known.read, offset)
        return known

    async def _judge(self, key: bytes, entity: Tally, now: int) -> bool:
        """Publish and store the tally if its class has changed; whether it has."""
        now = max(now, entity.judged)  # a redelivery must not judge by a time that is over
        entity.forget(now - self._retention_s)
        since = max(self._since or now, now - self._retention_s)
        measures = measure(entity.times(), now=now, since=since, baseline_s=self._baseline_s)
        burst = classify(measures, entity.burst)
        if burst is entity.burst:
            return False
        entity.since = now if entity.burst is Burst.QUIET else entity.since
        entity.burst, entity.judged = burst, now
        record = TrendRecord(
            label=Label(key.decode().partition(" ")[0]),
            name=entity.name,
            state=_STATES[burst],
            at=now,
            since=entity.since,
            windows=measures,
        )
        # on the broker before the class is: if we die in between, it is said twice rather than never
        identity = f"{key.decode()};{record.since};{record.at};{record.state}"
        event = headers(TRENDS, key, identity=identity, at=now)
        await (await self._trends.send(key=key, value=orjson.dumps(record), headers=event))
        log.info("trend", label=record.label.value, state=record.state, stories=measures[-1].stories)
        self._store(key, entity)
        return True

    def _store(self, key: bytes, entity: Tally) -> None:
        live = self._live.get(entity.partition)
        if live is not None:  # else a rebalance has just taken it, and it will be derived again
            (live.discard if entity.burst is Burst.QUIET else live.add)(key)
        if entity.stories or entity.burst is not Burst.QUIET:
            self._tallies[key] = entity.pack()
        elif key in self._tallies:
            del self._tallies[key]

    def _sweep_tallies(self, partition: int, now: int) -> None:
        """Which tallies of this partition are live, since when we watch, which are over."""
        if not self.due("tallies", partition, now) and partition in self._live:
            return
        live = self._live[partition] = set()
        for key, packed in list(self._tallies.items()):
            seen = tally.peek(packed)
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
        for topic, partition in self.app.consumer.assignment():
            if topic == self._mentions.get_topic_name():
                self.app.keep(await self._mentions.send(key=b"", value=value, partition=partition))
