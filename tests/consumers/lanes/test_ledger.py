"""Newer wins, the same is a duplicate, the older is stale."""

from datetime import UTC, datetime, timedelta

import pytest

from consumers.lanes.ledger import Entry, Verdict, entry_of, judge
from processors.records import Article, State

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def story(body="Hujan turun.", **given):
    return Article(uri="urn:a", body=body, **given)


def test_a_story_never_seen_is_new():
    assert judge(story(version=1), 0, None) is Verdict.NEW


@pytest.mark.parametrize(
    ("known", "comes", "verdict"),
    [
        (story(version=1), story(version=2), Verdict.NEW),
        (story(version=2), story("lama", version=1), Verdict.STALE),
        (story(version=2), story(version=1), Verdict.DUPLICATE),
        (story(version=2), story(version=2), Verdict.DUPLICATE),
        (story(version=2), story("dibetulkan", version=2), Verdict.NEW),
        (story(version_created=NOON), story(version_created=NOON + timedelta(seconds=1)), Verdict.NEW),
        (
            story(version_created=NOON),
            story("lama", version_created=NOON - timedelta(seconds=1)),
            Verdict.STALE,
        ),
        (story(), story(), Verdict.DUPLICATE),
        (story(), story("lain"), Verdict.NEW),
        (story(version=9), story("lain"), Verdict.NEW),
        (story(version=1, version_created=NOON), story("b", version=1, version_created=NOON), Verdict.NEW),
    ],
)
def test_newer_wins_by_version_then_time_then_arrival(known, comes, verdict):
    assert judge(comes, 5, entry_of(known, 4)) is verdict


def test_a_kill_of_the_same_version_is_new_and_its_repetition_a_duplicate():
    kill = Article(uri="urn:a", version=2, state=State.CANCELED)
    assert judge(kill, 5, entry_of(story(version=2), 4)) is Verdict.NEW
    assert judge(kill, 6, entry_of(kill, 5)) is Verdict.DUPLICATE


def test_what_was_killed_stays_killed_for_older_versions_and_returns_by_a_newer_one():
    kill = entry_of(Article(uri="urn:a", version=3, state=State.CANCELED), 5)
    assert judge(story(version=2), 6, kill) is Verdict.STALE
    assert judge(story(version=4), 7, kill) is Verdict.NEW


def test_an_entry_survives_being_written_and_read():
    entry = Entry(
        version=3, version_created=NOON, digest="00" * 16, state=State.WITHHELD, release_at=NOON, offset=17
    )
    assert Entry.decode(entry.encode()) == entry


def test_what_arrived_before_a_kill_does_not_bring_the_story_back_though_it_is_judged_after_it():
    kill = entry_of(Article(uri="urn:a", state=State.CANCELED), 9)
    assert judge(story(), 8, kill) is Verdict.STALE
    assert judge(story(), 10, kill) is Verdict.NEW


def test_an_embargo_is_remembered_with_the_place_of_the_raw_record():
    entry = entry_of(story(embargoed=NOON), 3, embargoed=True)
    assert (entry.state, entry.release_at, entry.offset) == (State.WITHHELD, NOON, 3)
    assert entry_of(story(embargoed=NOON), 3).release_at is None


def test_only_what_was_published_is_done_again_and_only_on_purpose():
    known = entry_of(story(version=2), 4)
    assert judge(story(version=2), 4, known) is Verdict.DUPLICATE
    assert judge(story(version=2), 4, known, again=True) is Verdict.NEW
    assert (
        judge(story(version=2), 6, known, again=True) is Verdict.DUPLICATE
    )  # it came again, later, for nothing
    assert judge(story("lama", version=1), 4, known, again=True) is Verdict.STALE
    assert judge(story("lama", version=1), 2, known, again=True) is Verdict.STALE


@pytest.mark.parametrize("version", [None, 1])
def test_a_replay_of_what_was_killed_brings_nothing_back(version):
    kill = entry_of(Article(uri="urn:a", version=version, state=State.CANCELED), 4)
    assert judge(story(version=version), 3, kill, again=True) is Verdict.STALE
