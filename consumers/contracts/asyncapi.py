"""The AsyncAPI document: every topic with its key, value, headers and retention, and what Kawat does with it."""

from __future__ import annotations

from typing import Any

from config.headers import (
    BOILERPLATE_HEADERS,
    CLUSTER_HEADERS,
    DEAD_LETTER_HEADERS,
    MARK_HEADERS,
    RAW_HEADERS,
    RECORD_HEADERS,
    SPEAKER_HEADERS,
    TREND_HEADERS,
    Header,
)
from config.settings import Settings
from config.topics import (
    ARTICLES,
    BOILERPLATE,
    DEAD_LETTERS,
    ENTITIES,
    LEDGER,
    LINES,
    MENTIONS,
    QUOTES,
    RAW,
    SAYINGS,
    SKETCHES,
    SPEAKERS,
    STORIES,
    TOPICS,
    TRENDS,
    Topic,
)
from consumers.lanes.events import EVENT_TYPES
from processors.errors import REASONS

VERSION = "3.0.0"
_BINDING = "0.5.0"
_JSON_SCHEMA = "application/schema+json;version=draft-2020-12"

_ABOUT = """\
Kawat reads raw wire stories and publishes clean text, entities and attributed quotes, exactly once.

Read the topics with `isolation.level=read_committed`. The key is the story's uri on every topic, and the records of
one story stand in the same partition number of each output topic: a new version replaces the old one under
compaction, and the topics join without a shuffle. Properties may be added within `kawat/1`: ignore what you do not
know. Topic names may carry a prefix (setting `topic_prefix`).
"""

_READ = (
    (RAW, "the worker takes stories from here"),
    (LEDGER, "a worker that takes over a partition learns what is known of its stories"),
    (DEAD_LETTERS, "`kawat dlq` lists letters, and takes them back to where they came from"),
    (ENTITIES, "`kawat insights` counts the stories that name an entity"),
    (MENTIONS, "`kawat insights` brings together the stories of each entity"),
    (QUOTES, "`kawat insights` keeps what everyone is quoted with"),
    (SAYINGS, "`kawat insights` brings together the quotes of each speaker"),
    (ARTICLES, "`kawat insights` reads which stories share their words"),
    (SKETCHES, "`kawat insights` compares all stories in one place"),
    (LINES, "`kawat insights` brings together the stories of each outlet"),
    (BOILERPLATE, "`kawat outlets review` shows proposals to a person"),
)
_WRITTEN = (
    (RAW, "the newsroom, `kawat feed`, and `kawat dlq redrive` put stories here"),
    (ARTICLES, "one record for each new version of a story"),
    (ENTITIES, "likewise, in the same transaction"),
    (QUOTES, "likewise, in the same transaction"),
    (LEDGER, "likewise, in the same transaction"),
    (DEAD_LETTERS, "what could not be processed; and a mark for each letter that was sent back"),
    (MENTIONS, "`kawat insights` says by entity what each story names"),
    (
        TRENDS,
        "`kawat insights` says when an entity changes its class; at least once: the same ce_id is the same change",
    ),
    (SAYINGS, "`kawat insights` says by speaker what each story quotes"),
    (SPEAKERS, "`kawat insights` writes a speaker's record anew when it changes; at least once, likewise"),
    (SKETCHES, "`kawat insights` says what it takes to compare a story"),
    (LINES, "`kawat insights` says by outlet what of each story might recur"),
    (
        BOILERPLATE,
        "`kawat insights` proposes rules for an outlet, and says when nothing calls for one more; at least once, likewise",
    ),
    (STORIES, "`kawat insights` writes a cluster of stories anew when it changes; at least once, likewise"),
)
_HEADERS_OF: dict[str, tuple[Header, ...]] = {
    RAW.name: RAW_HEADERS,
    DEAD_LETTERS.name: DEAD_LETTER_HEADERS,
    TRENDS.name: TREND_HEADERS,
    SPEAKERS.name: SPEAKER_HEADERS,
    STORIES.name: CLUSTER_HEADERS,
    BOILERPLATE.name: BOILERPLATE_HEADERS,
    **{topic.name: () for topic in (LEDGER, MENTIONS, SAYINGS, SKETCHES, LINES)},
}
"""What differs from the headers of stories' records."""
_MARK = f"{DEAD_LETTERS.name}.redriven"


def document() -> dict[str, Any]:
    """The AsyncAPI 3.0 document; values' schemas are referred to as files beside it."""
    defaults = Settings()
    return {
        "asyncapi": VERSION,
        "id": "urn:kawat",
        "info": {
            "title": "Kawat",
            "version": "1",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {
                "host": "{bootstrap}",
                "protocol": "kafka",
                "description": "The newsroom's own Kafka, 3.9 or newer.",
                "variables": {
                    "bootstrap": {
                        "default": defaults.bootstrap_servers,
                        "description": "setting `bootstrap_servers`",
                    }
                },
            }
        },
        "channels": {topic.name: _channel(topic, defaults) for topic in TOPICS},
        "operations": {
            **{f"read-{topic.name}": _operation("receive", topic, why) for topic, why in _READ},
            **{f"write-{topic.name}": _operation("send", topic, why) for topic, why in _WRITTEN},
        },
        "components": {"messages": {topic.name: _message(topic) for topic in TOPICS} | {_MARK: _mark()}},
    }


def _channel(topic: Topic, defaults: Settings) -> dict[str, Any]:
    configuration: dict[str, Any] = {
        key: int(value) if value.isdigit() else value for key, value in topic.config.items()
    }
    configuration["cleanup.policy"] = topic.config["cleanup.policy"].split(",")
    return {
        "address": topic.name,
        "description": f"Key: {topic.key}. Value: {topic.value}.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _messages(topic)},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": defaults.partitions,
                "replicas": defaults.replication_factor,
                "topicConfiguration": configuration,
                "bindingVersion": _BINDING,
            }
        },
    }


def _message(topic: Topic) -> dict[str, Any]:
    message: dict[str, Any] = {
        "name": topic.name,
        "summary": topic.value,
        "headers": _headers(headers_of(topic), topic),
        "bindings": {
            "kafka": {"key": {"type": "string", "description": topic.key}, "bindingVersion": _BINDING}
        },
    }
    if topic.schema is None:
        message["contentType"] = "application/octet-stream"
    else:
        message["contentType"] = "application/json"
        message["payload"] = {
            "schemaFormat": _JSON_SCHEMA,
            "schema": {"$ref": f"./{topic.schema}.schema.json"},
        }
    return message


def _messages(topic: Topic) -> tuple[str, ...]:
    return (topic.name, _MARK) if topic is DEAD_LETTERS else (topic.name,)


def _mark() -> dict[str, Any]:
    """What `kawat dlq redrive` leaves beside a letter that it sent back."""
    return {
        "name": _MARK,
        "summary": "a mark: the letter at this offset of the same partition was sent back; it has no value",
        "headers": _headers(MARK_HEADERS, DEAD_LETTERS),
        "bindings": {
            "kafka": {"key": {"type": "string", "description": DEAD_LETTERS.key}, "bindingVersion": _BINDING}
        },
    }


def headers_of(topic: Topic) -> tuple[Header, ...]:
    """The headers that messages of a topic carry."""
    return _HEADERS_OF.get(topic.name, RECORD_HEADERS)


def _headers(headers: tuple[Header, ...], topic: Topic) -> dict[str, Any]:
    """The headers' schema. Values are bytes on the wire; the schema is of their UTF-8 text."""
    return {
        "type": "object",
        "properties": {header.name: _header(header, topic) for header in headers},
        "required": [header.name for header in headers if header.required],
    }


def _header(header: Header, topic: Topic) -> dict[str, Any]:
    schema = {"type": "string", "description": header.about, **header.schema}
    if header.name == "kawat-dlq-reason":
        schema["enum"] = list(REASONS)
    if header.name == "ce_type":
        schema["const"] = EVENT_TYPES[topic.name]
    return schema


def _operation(action: str, topic: Topic, why: str) -> dict[str, Any]:
    return {
        "action": action,
        "summary": why,
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "messages": [{"$ref": f"#/channels/{topic.name}/messages/{name}"} for name in _messages(topic)],
    }
