"""Whatever is replayed, and however often: what readers of a compacted topic see stays as it is."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.lanes.ledger import Entry
from consumers.lanes.triage import Outcome, Triage


class Memory:
    """The ledger's local copy, as a dictionary."""

    def __init__(self):
        self.entries: dict[str, Entry] = {}

    def known(self, uris):
        return {uri: self.entries[uri] for uri in uris if uri in self.entries}


class Lane:
    """Decides and publishes, one batch after the other; the newest record of each story is what readers see."""

    def __init__(self):
        self.store = Memory()
        self.seen = {}
        self.again = 0
        self._triage = Triage(self.store, max_story_bytes=10_000)

    def works(self, records):
        for item in asyncio.run(self._triage.batch(records)).items:
            self._triage.settle([item])
            if item.outcome in (None, Outcome.KILLED):
                body = item.article.body if item.outcome is None else "(killed)"
                self.seen[item.article.uri] = (item.article.version, body)
                self.store.entries[item.article.uri] = item.entry
                self.again += item.replayed
            self._triage.forget(item)


def raw(value, offset, first=None):
    headers = [] if first is None else [("kawat-replay", str(first).encode())]
    return SimpleNamespace(value=orjson.dumps(value), key=None, offset=offset, headers=headers, timestamp=0)


versions = st.fixed_dictionaries(
    {"uri": st.sampled_from(["urn:a", "urn:b"]), "text": st.sampled_from(["satu", "dua", "tiga"])},
    optional={"version": st.integers(1, 3)},
)
kills = st.fixed_dictionaries(
    {"uri": st.sampled_from(["urn:a", "urn:b"]), "type": st.just("text"), "pubStatus": st.just("canceled")},
    optional={"version": st.sampled_from(["1", "2", "3"])},
)


@settings(max_examples=300, deadline=None)
@given(st.lists(versions | kills, min_size=1, max_size=8), st.data())
def test_replays_change_nothing_that_readers_see(values, data):
    lane = Lane()
    records = [raw(value, offset) for offset, value in enumerate(values)]
    lane.works(records)
    before = dict(lane.seen)
    again = data.draw(st.lists(st.sampled_from(range(len(values))), min_size=1, max_size=8))
    lane.works([raw(values[first], len(values) + n, first) for n, first in enumerate(again)])
    assert lane.seen == before
    # and what the newest versions came from is done again, each time
    newest = {entry.offset for entry in lane.store.entries.values()}
    assert lane.again == sum(first in newest for first in again)
