"""The local copy lags behind the topic or equals it; it never runs ahead, and damage costs nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from consumers.ledger import Entry
from consumers.ledger_store import LedgerStore, StoreMovedOn
from processors.records import State

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def entry(version, *, offset=0, **given):
    return Entry(
        version=version, version_created=None, digest="ab" * 16, state=State.USABLE, offset=offset, **given
    )


def test_entries_and_checkpoint_survive_a_restart(tmp_path):
    store = LedgerStore(tmp_path / "0.sqlite")
    store.apply([("a", entry(1)), ("b", entry(1)), ("a", entry(2))], checkpoint=7)
    store.close()
    again = LedgerStore(tmp_path / "0.sqlite")
    assert (again.get("a"), again.get("b"), again.get("c"), again.checkpoint) == (entry(2), entry(1), None, 7)


def test_a_process_that_was_fenced_can_not_turn_the_copy_back(tmp_path):
    old, new = LedgerStore(tmp_path / "0.sqlite"), LedgerStore(tmp_path / "0.sqlite")
    new.apply([("a", entry(5))], checkpoint=9)
    with pytest.raises(StoreMovedOn):
        old.apply([("a", entry(4))], checkpoint=8)
    assert new.get("a") == entry(5)


def test_a_damaged_copy_is_made_anew(tmp_path):
    path = tmp_path / "0.sqlite"
    path.write_bytes(b"this is no database" * 100)
    store = LedgerStore(path)
    assert (store.checkpoint, store.get("a")) == (0, None)


def test_a_forgotten_story_is_gone(tmp_path):
    store = LedgerStore(tmp_path / "0.sqlite")
    store.apply([("a", entry(1))], checkpoint=1)
    store.apply([("a", None)], checkpoint=2)
    assert store.get("a") is None


def test_embargoed_stories_come_out_when_their_time_has_come(tmp_path):
    store = LedgerStore(tmp_path / "0.sqlite")
    later = NOON + timedelta(hours=1)
    store.apply(
        [("a", entry(1, release_at=later, offset=4)), ("b", entry(1, release_at=NOON, offset=5))],
        checkpoint=2,
    )
    assert [uri for uri, _ in store.embargoed(NOON)] == ["b"]
    assert [uri for uri, _ in store.embargoed(later)] == ["b", "a"]
    store.apply([("b", entry(1))], checkpoint=3)
    assert [uri for uri, _ in store.embargoed(later)] == ["a"]


def test_clear_forgets_all(tmp_path):
    store = LedgerStore(tmp_path / "0.sqlite")
    store.apply([("a", entry(1))], checkpoint=1)
    store.clear()
    assert (store.checkpoint, store.get("a")) == (0, None)
