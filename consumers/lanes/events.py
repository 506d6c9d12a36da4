"""The records that go out: CloudEvents in binary mode, one of each output topic for a story.

Everything here follows from the raw record alone, so a story that is done twice gives the same bytes twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from config.topics import ARTICLES, BOILERPLATE, ENTITIES, OUTPUTS, QUOTES, SPEAKERS, STORIES, TRENDS, Topic

Headers = Sequence[tuple[str, bytes]]

EVENT_TYPES = {
    ARTICLES.name: "kawat.article",
    ENTITIES.name: "kawat.entities",
    QUOTES.name: "kawat.quotes",
    TRENDS.name: "kawat.trend",
    SPEAKERS.name: "kawat.speaker",
    STORIES.name: "kawat.cluster",
    BOILERPLATE.name: "kawat.boilerplate",
}
# ids of zeros only are none
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-(?!0+-)([0-9a-f]{32})-(?!0+-)([0-9a-f]{16})-([0-9a-f]{2})")
TRACE_HEADERS = ("traceparent", "tracestate")


def trace_of(headers: Headers) -> list[tuple[str, bytes]]:
    """The W3C trace context that a record carries, to be passed on as it is."""
    return [(name, value) for name, value in headers if name in TRACE_HEADERS]


def trace_context(headers: Headers) -> tuple[str, str, str] | None:
    """The trace that a record belongs to, its span in it, and its flags, in hexadecimal digits; None if it has none."""
    for name, value in headers:
        if name == "traceparent" and value and (found := _TRACEPARENT.fullmatch(value)):
            trace, span, flags = found.groups()
            return trace.decode(), span.decode(), flags.decode()
    return None


def event_headers(
    *, uri: str, version: str, content: str, source: str, timestamp_ms: int, trace: Headers = ()
) -> Iterator[tuple[Topic, list[tuple[str, bytes]]]]:
    """For each output topic, the headers of a story's record on it.

    Args:
        uri: the story's identity.
        version: as `Article.version_name` gives it.
        content: differs when the same version comes with other content, or first withheld and then released.
        source: the outlet.
        timestamp_ms: the raw record's time stamp, milliseconds since the epoch.
        trace: trace headers to pass on.
    """
    time = datetime.fromtimestamp(timestamp_ms / 1000, UTC).isoformat().encode()
    shared = [
        ("ce_specversion", b"1.0"),
        ("ce_source", f"kawat/{source}".encode() if source else b"kawat"),
        ("ce_subject", uri.encode()),
        ("ce_time", time),
        ("content-type", b"application/json"),
        *trace,
    ]
    for topic in OUTPUTS:
        yield (
            topic,
            [
                ("ce_id", f"{uri};{version};{content};{topic.name}".encode()),
                ("ce_type", EVENT_TYPES[topic.name].encode()),
                *shared,
            ],
        )
