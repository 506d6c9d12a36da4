"""A story's events follow from its raw record alone."""

from config.topics import OUTPUTS
from consumers.lanes.events import event_headers, trace_of


def headers(**other):
    given = {
        "uri": "urn:a",
        "version": "2",
        "content": "c0ffee00-usable",
        "source": "kabar.example",
        "timestamp_ms": 0,
    }
    return [(topic.name, dict(made)) for topic, made in event_headers(**{**given, **other})]


def test_each_output_topic_gets_an_event_of_its_own_type_and_id():
    made = headers()
    assert [name for name, _ in made] == [topic.name for topic in OUTPUTS]
    assert len({h["ce_id"] for _, h in made}) == len({h["ce_type"] for _, h in made}) == len(OUTPUTS)


def test_the_same_story_gives_the_same_headers_and_a_new_version_or_content_another_id():
    assert headers() == headers()
    ids = [dict(headers(**other)[0][1])["ce_id"] for other in ({}, {"version": "3"}, {"content": "x"})]
    assert len(set(ids)) == 3


def test_ids_hold_uri_version_and_topic_and_time_is_the_raw_records():
    name, first = headers(timestamp_ms=1_764_000_000_123)[0]
    assert first["ce_id"].startswith(b"urn:a;2;")
    assert first["ce_id"].endswith(name.encode())
    assert first["ce_time"] == b"2025-11-24T16:00:00.123000+00:00"


def test_the_trace_context_is_passed_on_and_nothing_else():
    raw = [("traceparent", b"00-1-2-01"), ("tracestate", b"x=1"), ("x-desk", b"secret")]
    assert trace_of(raw) == raw[:2]
    _, first = headers(trace=trace_of(raw))[0]
    assert first["traceparent"] == b"00-1-2-01"
