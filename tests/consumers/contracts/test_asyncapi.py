import gzip
import json
from pathlib import Path

import pytest
from aiokafka import ConsumerRecord
from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker, ValidationError

from config.topics import LEDGER, OUTPUTS, RAW, TOPICS
from consumers.contracts.asyncapi import document
from consumers.contracts.files import FOLDER
from consumers.lanes.deadletter import dead_letter
from consumers.lanes.events import event_headers
from consumers.repair.letters import REDRIVEN
from processors.errors import Malformed

TRACE = [
    ("traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
    ("tracestate", b"desk=1"),
]

OFFICIAL = Path(__file__).parents[2] / "vendor/asyncapi/asyncapi-3.0.0.json.gz"


@pytest.fixture(scope="module")
def official():
    return Draft7Validator(json.loads(gzip.decompress(OFFICIAL.read_bytes())))


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_the_document_fits_the_official_schema(official):
    official.validate(document())


def test_the_official_schema_would_notice_a_broken_document(official):
    broken = document()
    broken["channels"]["news.raw"]["bindings"]["kafka"]["partitions"] = 0
    with pytest.raises(ValidationError):
        official.validate(broken)


def test_every_reference_leads_somewhere():
    whole = document()
    for reference in references(whole):
        if reference.startswith("#/"):
            here = whole
            for step in reference.removeprefix("#/").split("/"):
                here = here[step]
        else:
            assert (FOLDER / reference).is_file(), reference


def test_every_topic_is_a_channel_with_a_message_and_an_operation():
    whole = document()
    assert list(whole["channels"]) == [topic.name for topic in TOPICS]
    used = {operation["channel"]["$ref"] for operation in whole["operations"].values()}
    assert used == {f"#/channels/{topic.name}" for topic in TOPICS}


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_channel_tells_the_retention_that_the_topic_is_created_with(topic):
    told = document()["channels"][topic.name]["bindings"]["kafka"]["topicConfiguration"]
    assert {
        key: ",".join(value) if isinstance(value, list) else str(value) for key, value in told.items()
    } == topic.config


@pytest.mark.parametrize("topic", OUTPUTS, ids=lambda topic: topic.name)
def test_output_messages_are_cloud_events_in_binary_mode(topic):
    message = document()["components"]["messages"][topic.name]
    required = set(message["headers"]["required"])
    # CloudEvents 1.0: the required attributes, in the Kafka binding's spelling
    assert {"ce_id", "ce_source", "ce_specversion", "ce_type", "content-type"} <= required
    assert "traceparent" in message["headers"]["properties"]
    assert message["contentType"] == "application/json"
    assert message["payload"]["schema"]["$ref"] == f"./{topic.schema}.schema.json"


def test_dead_letters_say_why_and_where_from():
    message = document()["components"]["messages"]["news.dlq"]
    parts = ("reason", "stage", "error", "topic", "partition", "offset", "timestamp")
    assert {f"kawat-dlq-{part}" for part in parts} == set(message["headers"]["required"])
    assert "payload" not in message
    assert "malformed" in message["headers"]["properties"]["kawat-dlq-reason"]["enum"]


def test_the_headers_that_records_carry_are_the_documented_ones():
    messages = document()["components"]["messages"]
    made = event_headers(
        uri="urn:warta:1",
        version="2",
        content="0f",
        source="warta.example",
        timestamp_ms=1_772_600_000_123,
        trace=TRACE,
    )
    for topic, headers in made:
        assert_documented(headers, messages[topic.name])


def test_the_headers_that_dead_letters_carry_are_the_documented_ones():
    raw = ConsumerRecord(
        topic="news.raw",
        partition=3,
        offset=17,
        timestamp=1_772_600_000_123,
        timestamp_type=0,
        key=b"urn:warta:1",
        value=b"{",
        checksum=None,
        serialized_key_size=11,
        serialized_value_size=1,
        headers=[("content-type", b"application/json"), *TRACE],
    )
    letter = dead_letter("news.dlq", raw, Malformed("broken JSON", uri=None))
    assert_documented(letter.headers, document()["components"]["messages"]["news.dlq"])


def assert_documented(headers, message):
    """Each header is one that the document names, with a value that it allows; none is missing."""
    texts = {name: value.decode() for name, value in headers}
    assert len(texts) == len(headers)
    closed = {**message["headers"], "additionalProperties": False}
    Draft202012Validator(closed, format_checker=FormatChecker()).validate(texts)


def test_the_mark_of_a_letter_that_was_sent_back_is_documented():
    whole = document()
    assert "news.dlq.redriven" in whole["channels"]["news.dlq"]["messages"]
    assert_documented([(REDRIVEN, b"17")], whole["components"]["messages"]["news.dlq.redriven"])


def test_raw_stories_need_no_header():
    assert document()["components"]["messages"][RAW.name]["headers"]["required"] == []


def test_the_ledger_is_both_read_and_written():
    actions = {
        operation["action"]
        for operation in document()["operations"].values()
        if operation["channel"]["$ref"] == f"#/channels/{LEDGER.name}"
    }
    assert actions == {"send", "receive"}
