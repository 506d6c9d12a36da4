"""`news.quotes` by story -> `news.sayings` by speaker -> `news.speakers`.

Two steps, since the stories that quote somebody stand in every partition: the first keeps whom each story quotes and
says so by speaker, the second keeps a register for each story of a speaker, and publishes what they come to.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import orjson
import structlog

from config.settings import Settings
from config.topics import QUOTES, SAYINGS, SPEAKERS
from consumers.insights import naming
from consumers.insights.committed import CommittedApp
from consumers.insights.events import headers
from consumers.insights.naming import NotARecord, Story
from consumers.insights.speakers import register
from consumers.insights.speakers.page import serve
from consumers.insights.speakers.records import SayingRecord, SpeakerRecord
from consumers.insights.speakers.register import Register, hear, saying
from consumers.insights.speakers.running import running
from consumers.insights.speakers.sayings import parse
from consumers.insights.study import HOUR_S, Heard, Study

log = structlog.get_logger("kawat.insights")

_BETWEEN = b"\n"  # speaker and uri of a register; a speaker is one line


class Speakers(Study):
    """Its two readers, and what `page` asks it."""

    READS = (QUOTES, SAYINGS)
    WRITES = (SAYINGS, SPEAKERS)

    def __init__(self, app: CommittedApp, settings: Settings, partitions: int) -> None:
        super().__init__(app, settings, partitions)
        self._keep_s = settings.insights_keep_h * HOUR_S
        self.sayings, self._speakers = self.topic(SAYINGS), self.topic(SPEAKERS)
        self._stories = self.table("quoting", naming.later)
        self._registers = self.table("speakers", register.later)
        self._of: dict[bytes, set[bytes]] | None = None
        self._read: dict[int, int] = {}  # offset of what was heard last, by partition
        self.reads(QUOTES, self._read_quotes)
        self.reads(SAYINGS, self._read_saying)
        serve(app, self)

    def restored(self) -> None:
        self._of = None

    # by story

    async def _read_quotes(self, heard: Heard) -> None:
        now = int(time.time())
        self.sweep("stories", self._stories, heard.partition, now, keep_s=self._keep_s)
        try:
            quoting = parse(heard.value)
        except NotARecord as error:
            log.warning("skipped", error=str(error), **heard.where)
            return
        uri = quoting.naming.uri.encode()
        packed = self._stories.get(uri)
        known = Story.unpack(packed) if packed else None
        at, offset = heard.at, heard.offset
        story = naming.updated(known, quoting.naming, partition=heard.partition, offset=offset, at=at)
        if story is known or (known is None and not story.named):
            return
        for key, name, first, gone in story.all():
            quotes, more = ((), 0) if gone else quoting.said[key]
            record = SayingRecord(
                uri=quoting.naming.uri,
                version=quoting.version,
                source=quoting.source,
                name=name,
                at=first,
                offset=offset,
                quotes=quotes,
                more=more,
                now=now,
            )
            self.app.keep(await self.sayings.send(key=key.encode(), value=orjson.dumps(record)))
        self._stories[uri] = story.pack()

    # by speaker

    async def _read_saying(self, heard: Heard) -> None:
        said = saying(heard.value)
        self._read[heard.partition] = heard.offset
        await self._sweep_registers(heard.partition, said.now)
        key = heard.key + _BETWEEN + said.uri.encode()
        packed = self._registers.get(key)
        known = Register.unpack(packed) if packed else None
        if known is None and said.at < said.now - self._keep_s:
            return
        after, publish = hear(known, said, heard.partition)
        if after is not None and after is not known:
            self._registers[key] = after.pack()
            self._index().setdefault(heard.key, set()).add(key)
        if publish:
            identity = f"{heard.key.decode()};{said.uri};{said.offset}"
            record = self.record(heard.key, said.now, name=said.name)
            # before that is on the broker no offset is committed, and this record comes again
            self.app.keep(await self._publish(heard.key, record, identity))

    async def _publish(self, key: bytes, record: SpeakerRecord, identity: str) -> Any:
        event = headers(SPEAKERS, key, identity=identity, at=record.at)
        return await self._speakers.send(key=key, value=orjson.dumps(record), headers=event)

    async def _sweep_registers(self, partition: int, now: int) -> None:
        """Forget stories that are too old, and say so of their speakers."""
        if not self.due("registers", partition, now):
            return
        old = []
        for key, packed in list(self._registers.items()):
            seen = register.peek(packed)
            if seen.partition == partition and seen.at < now - self._keep_s:
                old.append((key, seen.gone))
        speakers = {key.partition(_BETWEEN)[0] for key, gone in old if not gone}
        said = []
        for speaker in speakers:
            record = self.record(speaker, now)
            said.append(await self._publish(speaker, record, f"{speaker.decode()};until;{now}"))
        for sent in said:  # on the broker before they are forgotten: twice rather than never
            await sent
        index = self._index()
        for key, _ in old:
            del self._registers[key]
            speaker = key.partition(_BETWEEN)[0]
            index[speaker].discard(key)
            if not index[speaker]:
                del index[speaker]

    def _index(self) -> dict[bytes, set[bytes]]:
        """The registers' keys of each speaker."""
        if self._of is None:
            self._of = {}
            for key in self._registers:
                self._of.setdefault(key.partition(_BETWEEN)[0], set()).add(key)
        return self._of

    # what is known

    def record(self, key: bytes, now: int, *, name: str = "") -> SpeakerRecord:
        """The running record of a speaker as it is now; without stories if there are none."""
        known, partition = [], -1
        for register_key in self._index().get(key, ()):
            found = Register.unpack(self._registers[register_key])
            name = name or found.name
            partition = found.partition
            if found.at >= now - self._keep_s:
                known.append((register_key.partition(_BETWEEN)[2].decode(), found))
        return running(known, name=name, now=now, revision=self._read.get(partition, 0))

    def speakers(self) -> Iterator[bytes]:
        """Keys of all speakers in the partitions that are ours."""
        topic = self.sayings.get_topic_name()
        ours = {partition for name, partition in self.app.consumer.assignment() if name == topic}
        for speaker, keys in self._index().items():
            if any(register.peek(self._registers[key]).partition in ours for key in keys):
                yield speaker
