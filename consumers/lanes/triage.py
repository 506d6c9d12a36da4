"""What each raw record means for the lane: stories to enrich, kills, what is known already, what is broken.

A `Batch` is a run of raw records of one partition with everything that becomes of them; it ends as one transaction.
Deciding needs no NLP and no Kafka.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from aiokafka import ConsumerRecord

from config.headers import REPLAYED
from consumers.lanes.ledger import Entry, Verdict, entry_of, judge
from consumers.lanes.ledger_store import LedgerStore
from consumers.pool.frames import Published
from processors import intake
from processors.errors import ProcessorFailed, StoryError
from processors.records import Article, State

# JSON of a usual story takes the loop some 50 us; a large one, or XML and HTML, is read beside it
_LOOP_BYTES = 50_000
_JSON_STARTS = (b"{", b"[")


class Outcome(StrEnum):
    """What became of a story."""

    ENRICHED = "enriched"
    DUPLICATE = "duplicate"
    STALE = "stale"
    KILLED = "killed"
    WITHHELD = "withheld"
    DEAD = "dead"


_SETTLED = {Verdict.DUPLICATE: Outcome.DUPLICATE, Verdict.STALE: Outcome.STALE}


@dataclass(slots=True, eq=False)
class Item:
    """One story of a raw record; or the record itself, when no story could be read from it.

    Attributes:
        outcome: None as long as it is not decided: the story waits for its enrichment.
        entry: what the ledger will know once this is published; None when nothing is to be published.
        result: the enriched story; None for a kill, for what is withheld, and before it is there.
        released: its embargo is over; what the ledger knows of it is only that there was one.
        done: published ahead of its batch (a kill): nothing is left to write or to count.
        first_offset: of a replay: where its record stood first.
        read_ns: when we came to it, nanoseconds since the epoch.
    """

    record: ConsumerRecord
    article: Article | None = None
    outcome: Outcome | None = None
    entry: Entry | None = None
    result: Published | None = None
    error: StoryError | None = None
    released: bool = False
    done: bool = False
    first_offset: int | None = None
    read_ns: int = field(default_factory=time.time_ns)

    @property
    def offset(self) -> int:
        """Where it stands in the order of arrival: a replay where its record stood first."""
        return self.record.offset if self.first_offset is None else self.first_offset

    @property
    def replayed(self) -> bool:
        """Sent once more by `kawat replay`."""
        return self.first_offset is not None

    @property
    def bodyless(self) -> bool:
        """A kill, or a story withheld: goes out without a word of the story, and without NLP."""
        return self.entry is not None and self.outcome in (Outcome.KILLED, Outcome.WITHHELD)

    def die(self, error: StoryError) -> None:
        self.outcome, self.error, self.entry, self.result = Outcome.DEAD, error, None, None

    def drop(self, verdict: Verdict) -> None:
        self.outcome, self.entry, self.result = _SETTLED[verdict], None, None


@dataclass(slots=True)
class Batch:
    """Items in order of their records. `next_offset`: where to go on reading after it; None for one that reads
    nothing anew (kills ahead of their turn, released embargoes).
    """

    items: list[Item]
    records: int
    next_offset: int | None
    enriching: asyncio.Task[list[Published | StoryError]] | None = field(default=None, repr=False)

    @property
    def enriched(self) -> bool:
        """Nothing of it is with the pool any more."""
        return self.enriching is None or self.enriching.done()

    def waiting(self) -> list[Item]:
        """The items that need NLP."""
        return [item for item in self.items if item.outcome is None]

    def bodyless(self) -> list[Item]:
        return [item for item in self.items if item.bodyless and not item.done]


class Triage:
    """Decides for one lane. `pending` is what its unfinished batches will add to the ledger."""

    def __init__(
        self,
        store: LedgerStore,
        *,
        max_story_bytes: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`now` decides about embargoes."""
        self._store = store
        self._max_story_bytes = max_story_bytes
        self._now = now
        self._pending: dict[str, Entry] = {}

    async def batch(self, records: Sequence[ConsumerRecord]) -> Batch:
        """Decide about a run of records."""
        items = [item for record in records for item in await self._items(record)]
        return Batch(items=self._decided(items), records=len(records), next_offset=records[-1].offset + 1)

    async def _items(self, record: ConsumerRecord) -> list[Item]:
        """The stories of one raw record, not decided yet."""
        stories = await self.read(record)
        if isinstance(stories, StoryError):
            dead = Item(record)
            dead.die(stories)
            return [dead]
        first = first_offset(record)
        return [Item(record, article, first_offset=first) for article in stories]

    async def read(self, record: ConsumerRecord) -> tuple[Article, ...] | StoryError:
        """The stories that stand in a raw record."""
        value: bytes | None = record.value
        content_type = next(
            (v.decode("latin-1") for k, v in record.headers if k.lower() == "content-type" and v), None
        )

        def read() -> tuple[Article, ...]:
            return intake.read(
                value, content_type=content_type, key=record.key, max_bytes=self._max_story_bytes
            )

        quick = value is None or (len(value) <= _LOOP_BYTES and value.lstrip()[:1] in _JSON_STARTS)
        try:
            return read() if quick else await asyncio.to_thread(read)
        except StoryError as error:
            return error
        except Exception as error:  # noqa: BLE001 - a defect of ours must cost one story, not the lane
            return ProcessorFailed(f"intake raised {type(error).__name__}", stage="intake")

    def _decided(self, items: list[Item]) -> list[Item]:
        """Each item decided about, in order, and remembered as pending."""
        known = self._known(items)
        for item in items:
            if item.article:
                self._decide(item, item.article, known)
        return items

    def _known(self, items: Iterable[Item]) -> dict[str, Entry]:
        return self._store.known([item.article.uri for item in items if item.article])

    def _decide(self, item: Item, article: Article, stored: Mapping[str, Entry]) -> None:
        offset = item.offset
        known = self._pending.get(article.uri) or stored.get(article.uri)
        verdict = judge(article, offset, known, again=item.replayed)
        if verdict is not Verdict.NEW:
            item.drop(verdict)
            item.done = (
                known is not None and known.offset == offset
            )  # this very record, published ahead of its turn
            return
        usable = article.state is State.USABLE
        embargoed = usable and article.embargoed is not None and article.embargoed > self._now()
        item.entry = self._pending[article.uri] = entry_of(article, offset, embargoed=embargoed)
        if article.state is State.CANCELED:
            item.outcome = Outcome.KILLED
        elif embargoed or not usable:
            item.outcome = Outcome.WITHHELD

    async def kills(self, record: ConsumerRecord) -> list[Item]:
        """The kills (and withdrawals) in a raw record whose turn has not come yet; nothing else is decided."""
        if first_offset(record) is not None:  # it was published long ago
            return []
        stories = await self.read(record)
        if isinstance(stories, StoryError):
            return []
        kills = [Item(record, story) for story in stories if story.state is not State.USABLE]
        return [item for item in self._decided(kills) if item.bodyless]

    async def release(self, record: ConsumerRecord, uri: str) -> list[Item]:
        """The story of a raw record whose embargo is over, to be enriched."""
        stories = await self.read(record)
        if isinstance(stories, StoryError):
            return []
        items = []
        for story in stories:
            if story.uri == uri:
                entry = self._pending[uri] = entry_of(story, record.offset)
                items.append(Item(record, story, entry=entry, released=True))
        return items

    def is_pending(self, uri: str) -> bool:
        return uri in self._pending

    def settle(self, items: Sequence[Item]) -> None:
        """Once more before items are written: a kill or a newer version may have overtaken one since it was read."""
        written = [item for item in items if item.entry]
        stored = self._known(written)
        for item in written:
            if item.article:
                self._settle(item, item.article, stored.get(item.article.uri))

    def _settle(self, item: Item, article: Article, known: Entry | None) -> None:
        offset = item.offset
        if item.released:
            waits = known is not None and known.offset == offset and known.release_at is not None
            verdict = Verdict.NEW if waits else Verdict.STALE
        else:
            verdict = judge(article, offset, known, again=item.replayed)
        if verdict is not Verdict.NEW:
            self.forget(item)
            item.drop(verdict)

    def forget(self, item: Item) -> None:
        """The item is published, or never will be: it is pending no more."""
        if item.article:
            pending = self._pending.get(item.article.uri)
            if pending and pending.offset == item.offset:
                del self._pending[item.article.uri]


def first_offset(record: ConsumerRecord) -> int | None:
    """For a record that `kawat replay` sent once more: the offset at which it stood first; else None."""
    for name, value in record.headers:
        if name == REPLAYED.name and value and value.isdigit():
            return int(value)
    return None
