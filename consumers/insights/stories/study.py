"""`news.articles` by story -> `news.sketches`, all in one place -> `news.stories`.

The likes of a story stand in every partition. So the first step, which every member does for its partitions, reads
the texts, and sends what it takes to compare them to one partition, where one member has them all. That one costs a
millisecond a story, and takes some kilobytes for each that is kept.

What is published follows from the registers alone (`wire`), and the table `clusters` says what was published last. So
whatever happened: what should be said is held against what was said, and the difference is said.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import replace
from hashlib import blake2b
from struct import Struct

import orjson
import structlog

from config.settings import Settings
from config.topics import ARTICLES, SKETCHES, STORIES
from consumers.insights.committed import CommittedApp
from consumers.insights.events import headers
from consumers.insights.naming import NotARecord
from consumers.insights.stories import register
from consumers.insights.stories.records import ClusterRecord
from consumers.insights.stories.register import Register, sketch
from consumers.insights.stories.sketching import sketched
from consumers.insights.stories.wire import Wire
from consumers.insights.study import HOUR_S, Heard, Study

log = structlog.get_logger("kawat.insights")

PLACE = 0
"""The partition of `news.sketches` in which all stories meet."""
LONGEST = 4
"""A cluster is kept until its newest story is too old, but no story for longer than so many times that."""

_HEAD = Struct("<Q16s")  # revision and digest of what was published; the members' uris follow
_AT_ONCE = 200


def later(one: bytes, other: bytes) -> bytes:
    """Which of two states of a cluster was published by who had heard more; where they are the same, the second."""
    return one if _HEAD.unpack_from(one)[0] > _HEAD.unpack_from(other)[0] else other


class Stories(Study):
    """Its two readers."""

    READS = (ARTICLES, SKETCHES)
    WRITES = (SKETCHES, STORIES)

    def __init__(self, app: CommittedApp, settings: Settings, partitions: int) -> None:
        super().__init__(app, settings, partitions)
        self._keep_s = settings.insights_keep_h * HOUR_S
        self._sketches, self._clusters = self.topic(SKETCHES), self.topic(STORIES)
        self._registers = self.table("sketches", register.later)
        self._published = self.table("clusters", later)
        self._wire: Wire | None = None
        self._said_of: dict[str, set[str]] = {}  # published clusters of each story
        self._revision = 0
        self._unwritten = False  # the second table may have changes that the broker does not have yet
        self.reads(ARTICLES, self._read_article)
        self.reads(SKETCHES, self._read_sketch)

    def restored(self) -> None:
        self._wire = None

    # by story

    async def _read_article(self, heard: Heard) -> None:
        now = int(time.time())
        try:
            found = sketched(heard.json(), offset=heard.offset, at=heard.at, now=now)
        except (NotARecord, ValueError) as error:
            log.warning("skipped", error=str(error), **heard.where)
            return
        sent = await self._sketches.send(key=found.uri.encode(), value=orjson.dumps(found), partition=PLACE)
        self.app.keep(sent)

    # all together

    async def _read_sketch(self, heard: Heard) -> None:
        found = sketch(heard.value)
        self._revision = max(self._revision, heard.offset)
        wire = await self._known(found.now)
        if self.due("sketches", heard.partition, found.now):
            await self._sweep(wire, found.now)
        uri = found.uri
        packed = self._registers.get(uri.encode())
        known = Register(packed) if packed else None
        if known is None and found.at < found.now - self._keep_s:
            return
        if known is not None and found.offset < known.offset:
            return
        touched = {uri, *wire.together(uri)}
        if known is None or found.offset > known.offset:
            kept = Register.of(found, at=found.at if known is None else min(found.at, known.at))
            await self._written()
            self._registers[uri.encode()] = kept.packed
            wire.put(uri, kept)
            touched.update(wire.together(uri))
        # else it comes again, and maybe we died before what followed from it was said
        await self._say(wire, touched, found.now)

    async def _known(self, now: int) -> Wire:
        """All stories; after a restore made anew from the registers, and what was published is held against them."""
        if self._wire is None:
            registers = [(uri.decode(), Register(packed)) for uri, packed in self._registers.items()]
            self._wire = await asyncio.to_thread(Wire, registers)
            self._said_of = {}
            for key, packed in self._published.items():
                # what is said from now on must not seem older than what was said
                self._revision = max(self._revision, _HEAD.unpack_from(packed)[0])
                for uri in _members(packed):
                    self._said_of.setdefault(uri, set()).add(key.decode())
            linked = {uri for members in self._wire.clusters() for uri in members}
            await self._say(self._wire, linked | self._said_of.keys(), now)
        return self._wire

    async def _say(self, wire: Wire, touched: Iterable[str], now: int) -> None:
        """Publishes what should be said of clusters with these stories, now or before, where something else was."""
        stories = set(touched)
        said = {key for uri in stories for key in self._said_of.get(uri, ())}
        for key in said:
            stories.update(_members(self._published[key.encode()]))
        clusters = {members[0]: members for uri in stories if len(members := wire.together(uri)) > 1}
        for key in sorted(clusters.keys() | said):
            await self._publish(wire, key, clusters.get(key, []), now)

    async def _publish(self, wire: Wire, key: str, members: list[str], now: int) -> None:
        before = self._published.get(key.encode())
        if members:
            told = wire.told(members)
            record = ClusterRecord(state="linked", at=0, revision=0, count=len(members), stories=told)
        else:
            firsts = {others[0] for uri in _members(before) if len(others := wire.together(uri)) > 1}
            record = ClusterRecord(state="ended", at=0, revision=0, count=0, now_in=tuple(sorted(firsts)))
        digest = blake2b(orjson.dumps(record), digest_size=16).digest()
        if members and before and _HEAD.unpack_from(before)[1] == digest:
            return
        event = headers(STORIES, key.encode(), identity=f"{key};{digest.hex()}", at=now)
        value = orjson.dumps(replace(record, at=now, revision=self._revision))
        # on the broker before we remember it: if we die in between, it is said twice rather than never
        await (await self._clusters.send(key=key.encode(), value=value, headers=event))
        self._forget(key)
        self._unwritten = True
        if members:
            self._published[key.encode()] = _HEAD.pack(self._revision, digest) + orjson.dumps(members)
            for uri in members:
                self._said_of.setdefault(uri, set()).add(key)

    async def _written(self) -> None:
        """No register may outlive what was remembered before it: else nobody knows what was said of its cluster."""
        if self._unwritten:
            await self.app.written()
            self._unwritten = False

    def _forget(self, key: str) -> None:
        """It is as if the cluster had never been published."""
        packed = self._published.get(key.encode())
        if packed is None:
            return
        for uri in _members(packed):
            self._said_of[uri].discard(key)
            if not self._said_of[uri]:
                del self._said_of[uri]
        self._unwritten = True
        del self._published[key.encode()]

    async def _sweep(self, wire: Wire, now: int) -> None:
        """Forgets clusters whose newest story is too old, and stories that are far too old for theirs."""
        old, touched = [], set()
        for number, (key, packed) in enumerate(list(self._registers.items())):
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
            kept, uri = Register(packed), key.decode()
            if kept.at >= now - self._keep_s:
                continue
            members = wire.together(uri)
            if not members or wire.newest(members) < now - self._keep_s:
                if len(members) > 1:
                    self._forget(members[0])  # its record stays as the last word on it
                old.append(uri)
            elif kept.at < now - LONGEST * self._keep_s:
                touched.update(members)
                old.append(uri)
        await self._written()
        for uri in old:
            wire.drop(uri)
            del self._registers[uri.encode()]
        if touched:
            await self._say(wire, touched, now)


def _members(packed: bytes | None) -> list[str]:
    members: list[str] = orjson.loads(packed[_HEAD.size :]) if packed else []
    return members
