"""The headers of Kafka messages: the single source for what is written, documentation, checks and AsyncAPI."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """One header of a message. Kafka carries header values as bytes: here UTF-8 text.

    Attributes:
        name: as on the wire, lower case.
        about: what it holds, for people.
        schema: JSON Schema keywords of the value's text beyond `"type": "string"`.
        required: whether every message of the kind carries it.
    """

    name: str
    about: str
    schema: dict[str, Any] = field(default_factory=dict)
    required: bool = True


_NUMBER = {"pattern": "^[0-9]+$"}

CONTENT_TYPE = Header(
    name="content-type",
    about="media type of the value",
    schema={"const": "application/json"},
)
RAW_CONTENT_TYPE = Header(
    name="content-type",
    about="media type of the value; without it, a look at the bytes tells the format",
    schema={"examples": ["application/ninjs+json", "application/vnd.iptc.g2.newsitem+xml", "text/plain"]},
    required=False,
)
TRACEPARENT = Header(
    name="traceparent",
    about="W3C trace context, passed on from the raw message that led to this one",
    schema={"pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"},
    required=False,
)
TRACESTATE = Header(name="tracestate", about="W3C trace context, likewise", required=False)
TRACE: tuple[Header, ...] = (TRACEPARENT, TRACESTATE)

REPLAYED = Header(
    name="kawat-replay",
    about="for a record that `kawat replay` sent once more: the offset at which it stood first, in the same "
    "partition. Its story is done again if it is still the newest",
    schema=_NUMBER,
    required=False,
)

CLOUD_EVENT: tuple[Header, ...] = (
    Header(name="ce_specversion", about="version of CloudEvents", schema={"const": "1.0"}),
    Header(
        name="ce_id",
        about="the same for the same version of a story on the same topic, however often it is processed: "
        "readers that see an id twice see one event. Done again on purpose (`kawat replay`), it has another",
    ),
    Header(name="ce_source", about="`kawat/` and the outlet", schema={"format": "uri-reference"}),
    Header(name="ce_type", about="what kind of event it is"),
    Header(name="ce_subject", about="the story's uri, as in the key"),
    Header(
        name="ce_time", about="time stamp of the raw message that led to it", schema={"format": "date-time"}
    ),
)


def _insight(subject: str) -> tuple[Header, ...]:
    """The headers of what the insights publish about a subject."""
    return (
        Header(name="ce_specversion", about="version of CloudEvents", schema={"const": "1.0"}),
        Header(
            name="ce_id", about="the same for the same change: readers that see an id twice see one event"
        ),
        Header(name="ce_source", about="`kawat/insights`", schema={"format": "uri-reference"}),
        Header(name="ce_type", about="what kind of event it is"),
        Header(name="ce_subject", about=f"{subject}, as in the key"),
        Header(name="ce_time", about="the moment of the change", schema={"format": "date-time"}),
        CONTENT_TYPE,
    )


RAW_HEADERS: tuple[Header, ...] = (RAW_CONTENT_TYPE, *TRACE, REPLAYED)
RECORD_HEADERS: tuple[Header, ...] = (*CLOUD_EVENT, CONTENT_TYPE, *TRACE)
TREND_HEADERS: tuple[Header, ...] = _insight("the entity")
SPEAKER_HEADERS: tuple[Header, ...] = _insight("the speaker")
CLUSTER_HEADERS: tuple[Header, ...] = _insight("uri of the cluster's first story")
BOILERPLATE_HEADERS: tuple[Header, ...] = _insight("outlet and proposal")
DEAD_LETTER_HEADERS: tuple[Header, ...] = (
    Header(name="kawat-dlq-reason", about="why it could not be processed, one word of a closed set"),
    Header(name="kawat-dlq-stage", about="the stage at which that happened"),
    Header(name="kawat-dlq-error", about="the error in words; never text of the story"),
    Header(name="kawat-dlq-topic", about="topic that the original stands in"),
    Header(name="kawat-dlq-partition", about="its partition there", schema=_NUMBER),
    Header(name="kawat-dlq-offset", about="its offset there", schema=_NUMBER),
    Header(
        name="kawat-dlq-timestamp", about="its time stamp there, milliseconds since 1970 UTC", schema=_NUMBER
    ),
    RAW_CONTENT_TYPE,
    *TRACE,
)
MARK_HEADERS: tuple[Header, ...] = (
    Header(name="kawat-dlq-redriven", about="offset of the letter that was sent back", schema=_NUMBER),
)
