"""What an item writes."""

from types import SimpleNamespace

import orjson
import pytest

from config.settings import Settings
from consumers.lanes.ledger import entry_of
from consumers.lanes.outbox import Outbox
from consumers.lanes.triage import Item, Outcome
from consumers.pool.frames import Facts, Published
from processors.errors import Malformed
from processors.records import Article, State

FACTS = Facts(
    seconds=0,
    cpu_seconds=0,
    stages={},
    entities={},
    quotes={},
    language="id",
    source="",
    kept=1,
    removed=0,
    model=("light", "1"),
)


@pytest.fixture
def outbox():
    return Outbox(Settings(topic_prefix="t.", max_record_bytes=10_000))


def item(article, *, outcome=Outcome.ENRICHED, values=(b"{1}", b"{2}", b"{3}")):
    record = SimpleNamespace(
        topic="t.news.raw", partition=1, offset=7, timestamp=0, key=b"k", value=b"raw", headers=()
    )
    result = (
        Published(article=values[0], entities=values[1], quotes=values[2], facts=FACTS) if values else None
    )
    return Item(record, article, outcome=outcome, entry=entry_of(article, 7), result=result)


def test_an_enriched_story_writes_three_records_and_its_ledger_entry_all_keyed_by_uri(outbox):
    records = list(outbox.records(item(Article(uri="urn:a", version=1))))
    assert [(r.topic, r.value) for r in records[:3]] == [
        ("t.news.articles", b"{1}"),
        ("t.news.entities", b"{2}"),
        ("t.news.quotes", b"{3}"),
    ]
    assert records[3].topic == "t.news.ledger"
    assert orjson.loads(records[3].value)["offset"] == 7
    assert {r.key for r in records} == {b"urn:a"}


def test_a_kill_writes_records_without_a_word_of_the_story(outbox):
    story = Article(uri="urn:a", version=2, state=State.CANCELED, title="Rahasia", body="Rahasia besar")
    records = list(outbox.records(item(story, outcome=Outcome.KILLED, values=None)))
    assert [r.topic for r in records] == [
        "t.news.articles",
        "t.news.entities",
        "t.news.quotes",
        "t.news.ledger",
    ]
    assert all(b"Rahasia" not in r.value for r in records)
    assert orjson.loads(records[0].value)["enrichment"]["state"] == "canceled"


def test_a_duplicate_writes_nothing(outbox):
    known = item(Article(uri="urn:a"), outcome=Outcome.DUPLICATE, values=None)
    known.entry = None
    assert list(outbox.records(known)) == []


def test_what_died_writes_a_dead_letter_alone(outbox):
    dead = item(Article(uri="urn:a"))
    dead.die(Malformed("broken"))
    (record,) = outbox.records(dead)
    assert (record.topic, record.key, record.value) == ("t.news.dlq", b"k", b"raw")


def test_a_story_whose_record_the_broker_would_refuse_dies_with_its_size_and_the_setting(outbox):
    large = item(Article(uri="urn:a"), values=(b"x" * 10_001, b"{}", b"{}"))
    (record,) = outbox.records(large)
    assert record.topic == "t.news.dlq"
    assert dict(record.headers)["kawat-dlq-reason"] == b"too_large"
    assert b"max_record_bytes" in dict(record.headers)["kawat-dlq-error"]
    assert (large.outcome, large.entry) == (Outcome.DEAD, None)


def test_a_replay_writes_the_same_under_ids_of_its_own(outbox):
    story = Article(uri="urn:a", version=1)
    first, replay = item(story), item(story)
    replay.first_offset = 3
    ids = [
        [dict(r.headers)["ce_id"] for r in list(outbox.records(one))[:3]] for one in (first, replay, replay)
    ]
    assert ids[1] == ids[2]
    assert not set(ids[0]) & set(ids[1])
    assert [r.value for r in outbox.records(first)] == [r.value for r in outbox.records(replay)]
