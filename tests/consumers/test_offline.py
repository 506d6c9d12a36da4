from __future__ import annotations

import functools
import json
import os
from datetime import UTC, datetime, timedelta

import pytest

from consumers.offline import Failed, ProcessDied, process, process_all
from consumers.sources import Payload
from processors.errors import ProcessorFailed
from processors.records import ArticleRecord, Enriched, Enrichment, EntitiesRecord, Model, QuotesRecord, State

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MODEL = Model(name="fake", version="1")


class Shouting:
    """A chain whose clean text is the body in capitals; it can't stand the word "rusak"."""

    model = MODEL

    def enrich(self, article):
        if "rusak" in article.body:
            raise ProcessorFailed("KeyError at quotes.py:1", stage="quotes", uri=article.uri)
        if "berat" in article.body:
            raise MemoryError
        text = "\ud800" if "setengah" in article.body else article.body.upper()
        said = {
            "uri": article.uri,
            "version": article.version_name(),
            "state": State.USABLE,
            "source": article.source,
            "language": "id",
            "model": MODEL,
        }
        return Enriched(
            article=ArticleRecord(article={"uri": article.uri}, enrichment=Enrichment(text=text, **said)),
            entities=EntitiesRecord(**said),
            quotes=QuotesRecord(**said),
        )


def payload(*stories, where="wire.jsonl:1"):
    documents = [
        {"type": "text", "bodies": [{"role": "main", "value": "Padi menguning."}]} | story
        for story in stories
    ]
    return Payload(
        json.dumps(documents[0] if len(documents) == 1 else documents).encode(), where, "application/json"
    )


def done(given):
    return process(given, Shouting(), max_bytes=2_000_000, now=NOW)


def texts(result):
    return {
        record["enrichment"]["uri"]: record["enrichment"]["text"]
        for record in map(json.loads, result.records)
    }


def test_a_story_comes_out_as_the_value_of_the_article_topic():
    result = done(payload({"uri": "urn:1"}))
    (record,) = map(json.loads, result.records)
    assert record.keys() == {"article", "enrichment"}
    assert record["enrichment"]["text"] == "PADI MENGUNING."
    assert (result.where, result.failed) == ("wire.jsonl:1", ())


@pytest.mark.parametrize(
    ("story", "state"),
    [
        ({"pubStatus": "canceled"}, "canceled"),
        ({"pubStatus": "withheld"}, "withheld"),
        ({"embargoedUntil": (NOW + timedelta(hours=1)).isoformat()}, "withheld"),
    ],
)
def test_what_may_not_be_shown_comes_out_without_a_word(story, state):
    (record,) = done(payload({"uri": "urn:1"} | story)).records
    assert json.loads(record)["enrichment"]["state"] == state
    assert json.loads(record)["enrichment"]["model"]["name"] == "fake"
    assert b"Padi" not in record
    assert b"PADI" not in record


def test_an_embargo_that_is_over_holds_nothing_back():
    result = done(payload({"uri": "urn:1", "embargoedUntil": (NOW - timedelta(hours=1)).isoformat()}))
    assert texts(result) == {"urn:1": "PADI MENGUNING."}


def test_what_can_t_be_read_says_why():
    (failed,) = done(Payload(b'{"uri": ', "a.json", "application/json")).failed
    assert failed.reason == "malformed"
    (failed,) = process(payload({"uri": "urn:1"}), Shouting(), max_bytes=10, now=NOW).failed
    assert failed.reason == "too_large"


@pytest.mark.parametrize(
    ("word", "reason"), [("rusak", "processor_failed"), ("berat", "memory"), ("setengah", "processor_failed")]
)
def test_one_story_that_fails_does_not_keep_its_neighbours(word, reason):
    bad = {"uri": "urn:2", "bodies": [{"role": "main", "value": f"Jalan {word}."}]}
    result = done(payload({"uri": "urn:1"}, bad, {"uri": "urn:3"}))
    assert texts(result).keys() == {"urn:1", "urn:3"}
    (failed,) = result.failed
    assert failed.reason == reason
    assert word not in failed.message


def test_payloads_come_out_in_order_as_they_go_in():
    taken = []

    def reading():
        for number in range(3):
            taken.append(number)
            yield payload({"uri": f"urn:{number}"}, where=f"w:{number}")

    results = process_all(reading(), Shouting, jobs=1, max_bytes=2_000_000)
    assert next(results).where == "w:0"
    assert taken == [0]
    assert [result.where for result in results] == ["w:1", "w:2"]


def test_a_process_that_dies_ends_it_all_and_what_it_was_about_is_named():
    dying = functools.partial(os._exit, 3)
    with pytest.raises(ProcessDied, match=r"wire\.jsonl:1"):
        list(process_all([payload({"uri": "urn:1"})], dying, jobs=2, max_bytes=2_000_000))


def test_failures_can_be_compared():
    assert Failed("empty", "x") == Failed("empty", "x")
