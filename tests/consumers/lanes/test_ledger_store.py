"""The local copy lags behind the topic or equals it; it never runs ahead, and damage costs nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from consumers.lanes.ledger import Entry
from consumers.lanes.ledger_store import LedgerStore, StoreMovedOn
from processors.records import State

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def entry(version, *, offset=0, **given):
    return Entry(
        version=version, version_created=None, digest="ab" * 16, state=State.USABLE, offset=offset, **given
    )


def known(store, uri):
    return store.known([uri]).get(uri)


@pytest.fixture
def store(tmp_path):
    store = LedgerStore(tmp_path / "0.sqlite")
    store.claim()
    yield store
    store.close()


def test_what_was_read_from_the_topic_survives_a_restart_with_its_checkpoint(store, tmp_path):
    store.restore([("a", entry(1)), ("b", entry(1)), ("a", entry(2))], checkpoint=7)
    store.close()
    again = LedgerStore(tmp_path / "0.sqlite")
    again.claim()
    assert (known(again, "a"), known(again, "b"), known(again, "c"), again.checkpoint) == (
        entry(2),
        entry(1),
        None,
        7,
    )


def test_what_the_lane_committed_itself_counts_until_the_next_claim_reads_it_from_the_topic(store):
    store.restore([("a", entry(1))], checkpoint=1)
    store.add([("a", entry(2)), ("b", entry(1))])
    assert (known(store, "a"), known(store, "b"), store.checkpoint) == (entry(2), entry(1), 1)
    store.claim()
    assert (known(store, "a"), known(store, "b")) == (entry(1), None)


def test_a_process_that_was_fenced_can_not_write_into_the_copy_of_its_successor(store, tmp_path):
    new = LedgerStore(tmp_path / "0.sqlite")
    new.claim()
    new.add([("a", entry(5))])
    for attempt in (
        lambda: store.add([("a", entry(4))]),
        lambda: store.restore([], checkpoint=9),
        store.clear,
    ):
        with pytest.raises(StoreMovedOn):
            attempt()
    assert (known(new, "a"), new.checkpoint) == (entry(5), 0)


def test_a_damaged_copy_is_made_anew(tmp_path):
    path = tmp_path / "0.sqlite"
    path.write_bytes(b"this is no database" * 100)
    store = LedgerStore(path)
    assert (store.checkpoint, known(store, "a")) == (0, None)


def test_a_forgotten_story_is_gone(store):
    store.restore([("a", entry(1))], checkpoint=1)
    store.restore([("a", None)], checkpoint=2)
    assert known(store, "a") is None


def test_embargoed_stories_come_out_when_their_time_has_come(store):
    later = NOON + timedelta(hours=1)
    store.restore([("a", entry(1, release_at=later, offset=4))], checkpoint=2)
    store.add([("b", entry(1, release_at=NOON, offset=5))])
    assert [uri for uri, _ in store.embargoed(NOON)] == ["b"]
    assert [uri for uri, _ in store.embargoed(later)] == ["b", "a"]
    store.add([("b", entry(1)), ("a", entry(2))])
    assert store.embargoed(later) == []


def test_clear_forgets_all(store):
    store.restore([("a", entry(1))], checkpoint=1)
    store.add([("b", entry(1))])
    store.clear()
    assert (store.checkpoint, known(store, "a"), known(store, "b")) == (0, None, None)


def test_one_look_finds_all_that_is_known_of_however_many_stories(store):
    store.restore([(f"urn:{number}", entry(1)) for number in range(0, 1_200, 2)], checkpoint=9)
    store.add([("urn:4", entry(2)), ("urn:1", entry(3))])
    found = store.known([f"urn:{number}" for number in range(1_200)])
    assert len(found) == 601
    assert (found["urn:4"], found["urn:1"], found["urn:0"]) == (entry(2), entry(3), entry(1))
    assert store.known([]) == {}
