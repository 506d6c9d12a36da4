"""What an item writes: its records on the output topics and the ledger, or its dead letter, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import orjson

from config.settings import Settings
from config.topics import DEAD_LETTERS, LEDGER
from consumers.lanes.deadletter import dead_letter
from consumers.lanes.events import event_headers, trace_of
from consumers.lanes.ledger import Entry
from consumers.lanes.transaction import Outgoing
from consumers.lanes.triage import Item, Outcome
from processors.document import bodyless
from processors.errors import TooLarge
from processors.records import Article, Model

NO_MODEL = Model(name="none", version="0")  # no model ever saw a record without content

_Values = tuple[bytes, bytes, bytes]


class Outbox:
    """Turns settled items into records."""

    def __init__(self, settings: Settings) -> None:
        """Topic names and the largest record come from `settings`."""
        self._settings = settings
        self._ledger = settings.topic(LEDGER.name)
        self._dead_letters = settings.topic(DEAD_LETTERS.name)

    def records(self, item: Item) -> Iterator[Outgoing]:
        """The records of one item. One whose story grew too large dies here."""
        if item.outcome is Outcome.ENRICHED:
            self._check_size(item)
        if item.error:
            yield dead_letter(self._dead_letters, item.record, item.error)
        elif item.entry and item.article:
            yield from self._events(item, item.article, item.entry)
            yield Outgoing(self._ledger, item.article.uri.encode(), item.entry.encode())

    def _events(self, item: Item, article: Article, entry: Entry) -> Iterator[Outgoing]:
        if item.result:
            values: _Values = (item.result.article, item.result.entities, item.result.quotes)
        else:  # a kill, or withheld
            empty = bodyless(replace(article, state=entry.state), model=NO_MODEL)
            values = (orjson.dumps(empty.article), orjson.dumps(empty.entities), orjson.dumps(empty.quotes))
        headers = event_headers(
            uri=article.uri,
            version=article.version_name(),
            # readers that see an id twice see one event: what is done again on purpose is another one
            content=f"{entry.digest[:8]}-{entry.state}"
            + (f"-again-{item.record.offset}" if item.replayed else ""),
            source=article.source,
            timestamp_ms=item.record.timestamp,
            trace=trace_of(item.record.headers),
        )
        key = article.uri.encode()
        for (topic, mine), value in zip(headers, values, strict=True):
            yield Outgoing(self._settings.topic(topic.name), key, value, mine)

    def _check_size(self, item: Item) -> None:
        """A record that the broker refuses would fail the transaction again and again."""
        if item.result is None or item.article is None:
            return
        size = max(len(item.result.article), len(item.result.entities), len(item.result.quotes))
        if size > self._settings.max_record_bytes:
            allowed = self._settings.max_record_bytes
            error = f"a record of the enriched story has {size} bytes; max_record_bytes allows {allowed}"
            item.die(TooLarge(error, stage="publish", uri=item.article.uri))
