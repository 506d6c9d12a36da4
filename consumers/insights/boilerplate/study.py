"""`news.articles` by story -> `news.lines` by outlet -> `news.boilerplate`.

Two steps, since the stories of an outlet stand in every partition: the first says by outlet what of each story might
recur, the second keeps a register for each of the outlet's newest stories, and looks now and then what recurs.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import orjson
import structlog

from config.settings import Settings
from config.topics import ARTICLES, BOILERPLATE, LINES
from consumers.insights import naming
from consumers.insights.boilerplate import window
from consumers.insights.boilerplate.propose import propose
from consumers.insights.boilerplate.records import BoilerplateRecord, LinesRecord
from consumers.insights.boilerplate.window import Published, Told, lines_of
from consumers.insights.committed import CommittedApp
from consumers.insights.events import headers
from consumers.insights.naming import Naming, NotARecord, Story, folded
from consumers.insights.study import HOUR_S, Heard, Study

log = structlog.get_logger("kawat.insights")

KEEP_S = 30 * 24 * HOUR_S
"""A story is forgotten after so long, however few its outlet has."""
ANEW = 0.05
"""Share of an outlet's stories that must have changed before it is looked at again, within `PATIENCE_S`."""
PATIENCE_S = HOUR_S
SAY_AGAIN_S = 7 * 24 * HOUR_S
"""An open proposal is said again after so long: `news.boilerplate` forgets."""
GROWN = 1.25
"""How much more stories make a proposal worth saying again."""
_BETWEEN = b"\n"  # outlet and uri of a register; an outlet is one line


class Boilerplate(Study):
    """Its two readers, and the clock at which it looks."""

    READS = (ARTICLES, LINES)
    WRITES = (LINES, BOILERPLATE)

    def __init__(self, app: CommittedApp, settings: Settings, partitions: int) -> None:
        super().__init__(app, settings, partitions)
        self._lines, self._proposals = self.topic(LINES), self.topic(BOILERPLATE)
        self._outlets = self.table("outlets", naming.later)
        self._registers = self.table("lines", window.later)
        self._published = self.table("proposals", window.later_published)
        self._of: dict[bytes, set[bytes]] | None = None
        self._changed: dict[bytes, int] = {}
        self._looked: dict[bytes, int] = {}
        self.reads(ARTICLES, self._read_article)
        self.reads(LINES, self._read_lines)
        self.every(settings.insights_tick_s, self._tick)

    def restored(self) -> None:
        self._of = None
        self._looked.clear()
        self._changed.clear()

    # by story

    async def _read_article(self, heard: Heard) -> None:
        now = int(time.time())
        self.sweep("outlets", self._outlets, heard.partition, now, keep_s=KEEP_S)
        try:
            told = Told.parse(heard.json())
        except (NotARecord, ValueError) as error:
            log.warning("skipped", error=f"no enriched story: {type(error).__name__}", **heard.where)
            return
        uri = told.uri.encode()
        packed = self._outlets.get(uri)
        known = Story.unpack(packed) if packed else None
        key = folded(told.source)
        names = {key: told.source} if key and told.text else {}
        at, offset = heard.at, heard.offset
        story = naming.updated(
            known, Naming(told.uri, names), partition=heard.partition, offset=offset, at=at
        )
        if story is known or (known is None and not story.named):
            return
        for source, _, first, gone in story.all():  # an outlet that it is no more of hears of it, too
            record = lines_of(told, at=first, offset=offset, gone=gone, now=now)
            self.app.keep(await self._lines.send(key=source.encode(), value=orjson.dumps(record)))
        self._outlets[uri] = story.pack()

    # by outlet

    async def _read_lines(self, heard: Heard) -> None:
        record = window.heard(heard.value)
        self._sweep_registers(heard.partition, record.now)
        if record.uri is None:
            await self._look_at_all(heard, record.now)
            return
        key = heard.key + _BETWEEN + record.uri.encode()
        packed = self._registers.get(key)
        known = window.peek(packed) if packed else None
        if record.at < record.now - KEEP_S or (known is not None and known.offset > record.offset):
            return
        if known is None or known.offset < record.offset:
            # a kill at once: a proposal may show words of its story
            self._changed[heard.key] = self._changed.get(heard.key, 0) + (
                window.STORIES if record.gone else 1
            )
        self._registers[key] = window.pack(record, heard.partition)
        keys = self._index().setdefault(heard.key, set())
        keys.add(key)
        if len(keys) > window.STORIES:
            times = ((window.peek(self._registers[each]).at, each) for each in keys)
            for old in window.too_many(times, window.STORIES):
                del self._registers[old]
                keys.discard(old)

    async def _look_at_all(self, heard: Heard, now: int) -> None:
        """Look at the outlets of this partition of which enough has changed."""
        for source, keys in list(self._index().items()):
            some = next(iter(keys), None)
            if some is None or window.peek(self._registers[some]).partition != heard.partition:
                continue
            changed = self._changed.get(source, 0)
            waited = now - self._looked.get(source, 0) >= PATIENCE_S
            if changed >= max(1.0, ANEW * len(keys)) or waited:
                await self._look(source, keys, heard, now)
                self._changed[source], self._looked[source] = 0, now

    async def _look(self, source: bytes, keys: set[bytes], heard: Heard, now: int) -> None:
        """Propose what recurs, and say what is new of it."""
        times = sorted((window.peek(self._registers[key]).at, key) for key in keys)
        stories = {
            key.partition(_BETWEEN)[2].decode(): window.unpack(self._registers[key])
            for _, key in times
            if not window.peek(self._registers[key]).gone
        }
        packed = self._published.get(source)
        before = Published.unpack(packed).open if packed else {}
        name = source.decode()
        found: dict[str, BoilerplateRecord] = {}
        for made, _ in propose(stories):
            proposed = made.id_for(name)
            first = before[proposed].since if proposed in before else now
            found[proposed] = BoilerplateRecord.of_proposal(made, name, at=now, since=first)
        said = [each for proposed, each in found.items() if _news(before.get(proposed), each, stories.keys())]
        # what ends says nothing more of stories: some may be ones that were killed
        ended = [
            replace(each, state="ended", at=now, examples=(), samples=())
            for proposed, each in before.items()
            if proposed not in found
        ]
        # on the broker before they are kept: if we die in between, it is said twice rather than never
        for sent in [await self._publish(each) for each in (*said, *ended)]:
            await sent
        if said or ended:
            log.info("boilerplate", source=name, proposed=len(said), ended=len(ended), stories=len(stories))
            news = {each.id: each for each in said}
            kept = {
                proposed: news.get(proposed, before.get(proposed, each)) for proposed, each in found.items()
            }
            self._published[source] = Published(heard.partition, heard.offset, kept).pack()

    async def _publish(self, record: BoilerplateRecord) -> Any:
        key = f"{record.source};{record.id}".encode()
        event = headers(BOILERPLATE, key, identity=f"{key.decode()};{record.at};{record.state}", at=record.at)
        return await self._proposals.send(key=key, value=orjson.dumps(record), headers=event)

    def _sweep_registers(self, partition: int, now: int) -> None:
        """Forget stories that are too old, and outlets that have none."""
        if not self.due("lines", partition, now):
            return
        index = self._index()
        for key, packed in list(self._registers.items()):
            seen = window.peek(packed)
            if seen.partition == partition and seen.at < now - KEEP_S:
                del self._registers[key]
                source = key.partition(_BETWEEN)[0]
                index.get(source, set()).discard(key)
                self._changed[source] = self._changed.get(source, 0) + 1

    def _index(self) -> dict[bytes, set[bytes]]:
        """The registers' keys of each outlet."""
        if self._of is None:
            self._of = {}
            for key in self._registers:
                self._of.setdefault(key.partition(_BETWEEN)[0], set()).add(key)
        return self._of

    async def _tick(self) -> None:
        """Tell each of our partitions what time it is: it is then that outlets are looked at."""
        value = orjson.dumps(LinesRecord(now=int(time.time())))
        for topic, partition in self.app.consumer.assignment():
            if topic == self._lines.get_topic_name():
                self.app.keep(await self._lines.send(key=b"", value=value, partition=partition))


def _news(before: BoilerplateRecord | None, now: BoilerplateRecord, stories: Collection[str]) -> bool:
    """Whether a proposal is new, counts for much more, was said long ago, or names a story that counts no more."""
    if before is None or now.at - before.at >= SAY_AGAIN_S:
        return True
    return now.stories >= GROWN * before.stories or not all(uri in stories for uri in before.examples)
