"""What each raw record means for the lane, decided without NLP and without Kafka."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import orjson
import pytest

from consumers.lanes.ledger import entry_of
from consumers.lanes.ledger_store import LedgerStore
from consumers.lanes.triage import Outcome, Triage
from processors import intake
from processors.errors import ProcessorFailed
from processors.records import Article, State

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    store = LedgerStore(tmp_path / "0.sqlite")
    store.claim()
    yield store
    store.close()


@pytest.fixture
def triage(store):
    return Triage(store, max_story_bytes=10_000, now=lambda: NOON)


def raw(value, offset=0, key=b"urn:a", headers=()):
    payload = orjson.dumps(value) if isinstance(value, dict) else value
    return SimpleNamespace(value=payload, key=key, offset=offset, headers=headers, timestamp=0)


def story(version=1, **more):
    return {"uri": "urn:a", "version": version, "text": "Hujan turun.", **more}


def ninjs(version=1, **more):
    return {
        "uri": "urn:a",
        "version": str(version),
        "type": "text",
        "standard": {"name": "ninjs", "version": "3.1"},
        **more,
    }


async def outcomes(triage, *records):
    return [item.outcome for item in (await triage.batch(records)).items]


async def test_a_batch_goes_on_after_its_last_record(triage):
    batch = await triage.batch([raw(story(), 5), raw(story(2), 7)])
    assert (batch.next_offset, batch.records) == (8, 2)
    assert [item.article.version for item in batch.waiting()] == [1, 2]


async def test_versions_inside_one_batch_are_compared_with_each_other(triage):
    records = [raw(story(2), 0), raw(story(2), 1), raw(story(1, title="lama"), 2), raw(story(3), 3)]
    assert await outcomes(triage, *records) == [None, Outcome.DUPLICATE, Outcome.STALE, None]


async def test_what_cannot_be_read_dies_alone_with_its_reason(triage):
    batch = await triage.batch([raw(b"{", 0), raw(story(), 1), raw(None, 2), raw(b"x" * 10_001, 3)])
    assert [item.error.reason if item.error else None for item in batch.items] == [
        "malformed",
        None,
        "empty",
        "too_large",
    ]


async def test_a_defect_of_intake_costs_one_story(triage, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("secret text of the story")

    monkeypatch.setattr(intake, "read", broken)
    (item,) = (await triage.batch([raw(story())])).items
    assert (item.error.reason, "secret" in str(item.error)) == ("processor_failed", False)


async def test_the_content_type_of_the_record_is_told_to_intake(triage):
    html = "<html><head><title>Hujan</title></head><body><p>Hujan turun di Bogor.</p></body></html>".encode(
        "utf-16"
    )
    headers = [("Content-Type", b"text/html; charset=utf-16")]
    (item,) = (await triage.batch([raw(html, headers=headers, key=b"https://kabar.example/a")])).items
    assert item.article.body_type == "html"
    assert "Bogor" in item.article.body


async def test_kills_and_withdrawals_need_no_nlp(triage):
    kill, held = raw(ninjs(2, pubStatus="canceled"), 1), raw(ninjs(3, pubStatus="withheld"), 2)
    batch = await triage.batch([raw(story(), 0), kill, held])
    assert [item.outcome for item in batch.items] == [None, Outcome.KILLED, Outcome.WITHHELD]
    assert batch.bodyless() == batch.items[1:]


async def test_an_embargo_is_withheld_until_its_time_and_then_released_once(triage, store):
    until = NOON + timedelta(hours=1)
    record = raw(ninjs(1, embargoedUntil=until.isoformat(), bodies=[{"value": "Rahasia."}]), 4)
    (item,) = (await triage.batch([record])).items
    assert (item.outcome, item.entry.release_at, item.entry.state) == (
        Outcome.WITHHELD,
        until,
        State.WITHHELD,
    )
    store.add([("urn:a", item.entry)])
    triage.forget(item)

    (released,) = await triage.release(record, "urn:a")
    triage.settle([released])
    assert released.outcome is None
    assert triage.is_pending("urn:a")
    store.add([("urn:a", released.entry)])
    triage.forget(released)
    (again,) = await triage.release(record, "urn:a")
    triage.settle([again])
    assert again.outcome is Outcome.STALE


async def test_an_embargo_that_is_over_is_no_embargo(triage):
    past = (NOON - timedelta(minutes=1)).isoformat()
    assert await outcomes(triage, raw(ninjs(1, embargoedUntil=past, bodies=[{"value": "Terbit."}]))) == [None]


async def test_a_story_that_a_kill_overtook_is_not_published(triage, store):
    (item,) = (await triage.batch([raw(story(1), 3)])).items
    kill = Article(uri="urn:a", version=2, state=State.CANCELED)
    store.add([("urn:a", entry_of(kill, 9))])
    triage.settle([item])
    assert (item.outcome, item.entry) == (Outcome.STALE, None)


async def test_a_kill_found_ahead_is_not_counted_again_when_its_turn_comes(triage, store):
    record = raw(ninjs(2, pubStatus="canceled"), 9)
    (kill,) = await triage.kills(record)
    store.add([("urn:a", kill.entry)])
    triage.forget(kill)
    (again,) = (await triage.batch([record])).items
    assert again.done
    assert await triage.kills(record) == []


async def test_looking_ahead_decides_about_nothing_but_kills(triage):
    assert await triage.kills(raw(story(1), 0)) == []
    assert await triage.kills(raw(b"{", 1)) == []
    assert not triage.is_pending("urn:a")


async def test_a_story_that_died_is_not_known_so_that_it_can_be_redriven(triage):
    (item,) = (await triage.batch([raw(story(1), 0)])).items
    item.die(ProcessorFailed("broken"))
    triage.forget(item)
    assert await outcomes(triage, raw(story(1), 5)) == [None]


def again(value, first, offset):
    return raw(value, offset, headers=[("kawat-replay", str(first).encode())])


async def test_a_replay_of_the_newest_version_is_enriched_once_more_and_stays_as_old_as_it_is(triage, store):
    store.add([("urn:a", entry_of(intake.read(raw(story()).value, key=b"urn:a", max_bytes=999)[0], 5))])
    assert await outcomes(triage, raw(story(), 5)) == [Outcome.DUPLICATE]
    batch = await triage.batch([again(story(), 5, 90)])
    (item,) = batch.items
    assert (item.outcome, item.entry.offset, item.replayed, batch.next_offset) == (None, 5, True, 91)
    triage.settle([item])
    assert item.entry is not None
    triage.forget(item)
    assert not triage.is_pending("urn:a")


async def test_a_replay_loses_to_what_came_after_its_original_even_while_it_is_enriched(triage, store):
    first = intake.read(raw(story(1)).value, key=b"urn:a", max_bytes=999)[0]
    second = Article(uri="urn:a", version=2, body="Hujan reda.")
    store.add([("urn:a", entry_of(first, 5))])
    (item,) = (await triage.batch([again(story(1), 5, 90)])).items
    store.add([("urn:a", entry_of(second, 91))])
    triage.settle([item])
    assert item.outcome is Outcome.STALE


async def test_a_replayed_kill_waits_for_its_turn(triage):
    kill = ninjs(pubStatus="canceled")
    assert await triage.kills(again(kill, 5, 90)) == []
    assert await outcomes(triage, again(kill, 5, 90)) == [Outcome.KILLED]


async def test_of_a_document_with_two_versions_only_the_newest_is_done_again(triage, store):
    newest = Article(uri="urn:a", version=2, body="b")
    store.add([("urn:a", entry_of(newest, 5))])
    record = again(story(), 5, 90)
    assert await outcomes(triage, record) == [Outcome.STALE]


@pytest.mark.parametrize("value", [b"", b"-1", b"x", None])
async def test_a_header_that_is_no_offset_is_no_replay(triage, value):
    (item,) = (await triage.batch([raw(story(), 7, headers=[("kawat-replay", value)])])).items
    assert (item.replayed, item.offset) == (False, 7)
