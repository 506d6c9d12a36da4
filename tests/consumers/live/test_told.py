from __future__ import annotations

import orjson
import pytest

from consumers.live import told
from processors.records import State


def tell(record):
    uri, data = told.story(record)
    assert b"\n" not in data  # a line break would end the event
    return uri, orjson.loads(data)


def test_a_usable_story_is_told_with_its_marks(record, story):
    value = story(
        text='"Siap," kata Sari.\nBaris dua.',
        entities=[
            {
                "id": "e1",
                "label": "PERSON",
                "name": "Sari Lestanti",
                "mentions": [{"start": 13, "end": 17, "text": "Sari"}],
                "salience": 1.0,
            }
        ],
        quotes=[
            {
                "id": "q1",
                "kind": "direct",
                "text": "Siap,",
                "start": 1,
                "end": 6,
                "speaker": {"name": "Sari Lestanti", "entity": "e1", "mention": None, "role": "camat"},
                "cue": {"start": 8, "end": 12, "text": "kata"},
                "confidence": 0.9,
            }
        ],
        removed=[{"kind": "promo", "text": "Unduh aplikasi kami"}],
    )
    uri, data = tell(record(value))
    assert uri == "urn:x:1"
    assert (data["title"], data["byline"], data["source"], data["language"]) == (
        "Judul",
        "Tirta Baskara",
        "kabar.example",
        "id",
    )
    assert data["entities"] == [{"label": "PERSON", "name": "Sari Lestanti", "mentions": [[13, 17]]}]
    assert data["quotes"] == [
        {
            "kind": "direct",
            "at": [1, 6],
            "speaker": "Sari Lestanti",
            "role": "camat",
            "cue": [8, 12],
            "confidence": 0.9,
        }
    ]
    assert data["removed"] == [{"kind": "promo", "text": "Unduh aplikasi kami"}]


@pytest.mark.parametrize("state", [State.CANCELED, State.WITHHELD])
def test_of_a_story_that_is_not_usable_no_word_is_told_whatever_the_record_holds(record, story, state):
    _, data = tell(record(story(text="rahasia sekali", title="rahasia", state=state)))
    assert data["state"] == state
    assert "rahasia" not in orjson.dumps(data).decode()


def test_a_tombstone_is_told_as_a_kill(record):
    uri, data = tell(record(None, key=b"urn:x:9"))
    assert (uri, data["state"]) == ("urn:x:9", "canceled")


@pytest.mark.parametrize(
    ("address", "told_as"),
    [
        ("https://kabar.example/a", "https://kabar.example/a"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://[", None),
    ],
)
def test_only_a_web_address_becomes_a_link(record, story, address, told_as):
    article = {"altIds": [{"role": "url", "value": address}]}
    assert tell(record(story(article=article)))[1]["url"] == told_as


@pytest.mark.parametrize("value", [b"not json", b"[]", b"{}", b"null", b'{"enrichment": {"uri": "secret"}}'])
def test_what_is_no_story_is_refused_without_a_word_of_it(record, value):
    with pytest.raises(told.Unreadable) as refused:
        told.story(record(value))
    assert "secret" not in str(refused.value)


def test_the_moment_is_that_of_the_raw_record(record, story):
    stamped = [("ce_time", b"2026-11-24T02:10:00.250000+00:00")]
    assert told.came(record(story(), headers=stamped)) == 1_795_486_200_250
    assert told.came(record(story(), headers=[("ce_time", b"soon")], timestamp=5)) == 5


def test_a_trend_is_told_under_its_key(record):
    trend = {
        "schema": "kawat/1",
        "label": "ORG",
        "name": "X",
        "state": "rising",
        "at": 1,
        "since": 0,
        "windows": [],
    }
    key, data = told.trend(record(trend, key=b"ORG x"))
    assert key == "ORG x"
    assert orjson.loads(data)["state"] == "rising"
    with pytest.raises(told.Unreadable):
        told.trend(record(None, key=b"ORG x"))
