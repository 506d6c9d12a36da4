"""The demo's checks: each can fail, and fails for what it names."""

from collections import Counter

import pytest
from aiokafka import ConsumerRecord

from config.topics import OUTPUTS
from consumers.demo.arrivals import Arrivals, checks
from processors.records import State

USABLE, HELD = "urn:x:1", "urn:x:2"
STATES = {USABLE: State.USABLE, HELD: State.WITHHELD}
REASONS = Counter(malformed=1)


def facts(uri, state, version="1"):
    return {"uri": uri, "state": state, "version": version}


def article(uri, state, text="", **more):
    enrichment = {**facts(uri, state), "text": text, "removed": [], "entities": [], "quotes": []}
    return {"article": {"uri": uri, **more}, "enrichment": enrichment}


def letter(reason):
    return ConsumerRecord(
        topic="news.dlq", partition=0, offset=0, timestamp=0, timestamp_type=0, key=b"k", value=b"{", checksum=None,
        serialized_key_size=1, serialized_value_size=1, headers=[("kawat-dlq-reason", reason.encode())],
    )  # fmt: skip


@pytest.fixture
def arrivals():
    """All as it must be."""
    made = Arrivals(dead=[letter("malformed")])
    made.newest["news.articles"] = {
        USABLE: article(USABLE, "usable", "Teks."),
        HELD: article(HELD, "withheld"),
    }
    for name in ("news.entities", "news.quotes"):
        made.newest[name] = {USABLE: facts(USABLE, "usable"), HELD: facts(HELD, "withheld")}
    return made


def failed(arrivals):
    return [check.what for check in checks(arrivals, STATES, REASONS) if not check.holds]


def test_nothing_is_wrong_when_all_arrived(arrivals):
    assert failed(arrivals) == []


@pytest.mark.parametrize("topic", OUTPUTS, ids=lambda topic: topic.name)
def test_a_story_that_is_missing_on_one_topic_is_noticed(arrivals, topic):
    del arrivals.newest[topic.name][USABLE]
    assert f"stories on {topic.name} in their last state" in failed(arrivals)


def test_a_story_in_a_wrong_state_is_noticed(arrivals):
    arrivals.newest["news.quotes"][HELD]["state"] = "usable"
    assert failed(arrivals) == ["stories on news.quotes in their last state"]


def test_a_story_that_nobody_sent_is_noticed(arrivals):
    arrivals.newest["news.entities"]["urn:x:9"] = facts("urn:x:9", "usable")
    assert "stories on news.entities in their last state" in failed(arrivals)


def test_topics_that_disagree_on_a_version_are_noticed(arrivals):
    arrivals.newest["news.quotes"][USABLE]["version"] = "2"
    assert failed(arrivals) == ["the three topics agree on each version"]


def test_an_event_that_came_twice_is_noticed(arrivals):
    arrivals.repeated.append("urn:x:1;1;news.quotes")
    assert failed(arrivals) == ["events that came twice"]


@pytest.mark.parametrize("leak", ["text", "headline"])
def test_a_word_of_a_withheld_story_is_noticed(arrivals, leak):
    held = arrivals.newest["news.articles"][HELD]
    if leak == "text":
        held["enrichment"]["text"] = "Rahasia."
    else:
        held["article"]["headlines"] = [{"value": "Rahasia"}]
    assert failed(arrivals) == ["withheld or killed stories with a word in them"]


def test_a_usable_story_without_text_is_noticed(arrivals):
    arrivals.newest["news.articles"][USABLE]["enrichment"]["text"] = ""
    assert failed(arrivals) == ["usable stories without text"]


@pytest.mark.parametrize("dead", [[], ["invalid"], ["malformed", "malformed"]])
def test_other_dead_letters_than_expected_are_noticed(arrivals, dead):
    arrivals.dead = [letter(reason) for reason in dead]
    assert failed(arrivals) == ["dead letters"]
