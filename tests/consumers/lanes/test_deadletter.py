"""A dead letter is the raw record as it was, and why."""

from types import SimpleNamespace

from consumers.lanes.deadletter import dead_letter, original_headers
from processors.errors import Malformed


def record(**other):
    given = {
        "topic": "news.raw",
        "partition": 2,
        "offset": 41,
        "timestamp": 1_700_000_000_000,
        "key": b"urn:a",
        "value": b"\xff{",
        "headers": (("content-type", b"application/json"), ("x", None)),
    }
    return SimpleNamespace(**{**given, **other})


def test_key_value_and_headers_stay_as_they_were_and_ours_stand_behind():
    raw = record()
    dead = dead_letter("news.dlq", raw, Malformed("the JSON ends too soon", uri="urn:a"))
    assert (dead.topic, dead.key, dead.value) == ("news.dlq", raw.key, raw.value)
    assert tuple(dead.headers[:2]) == raw.headers
    assert dict(dead.headers[2:]) == {
        "kawat-dlq-reason": b"malformed",
        "kawat-dlq-stage": b"intake",
        "kawat-dlq-error": b"the JSON ends too soon",
        "kawat-dlq-topic": b"news.raw",
        "kawat-dlq-partition": b"2",
        "kawat-dlq-offset": b"41",
        "kawat-dlq-timestamp": b"1700000000000",
    }


def test_a_tombstone_stays_a_tombstone():
    assert dead_letter("news.dlq", record(value=None, key=None), Malformed("x")).value is None


def test_the_way_back_takes_off_just_our_headers():
    dead = dead_letter("news.dlq", record(), Malformed("x"))
    assert original_headers(dead.headers) == list(record().headers)
