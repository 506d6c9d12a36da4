"""The headers of what the insights publish: CloudEvents in binary mode."""

from __future__ import annotations

from datetime import UTC, datetime

from config.topics import Topic
from consumers.lanes.events import EVENT_TYPES


def headers(topic: Topic, subject: bytes, *, identity: str, at: int) -> list[tuple[str, bytes]]:
    """Headers of one record.

    Args:
        topic: where it goes.
        subject: the record's key.
        identity: the same for the same change, however often it is said.
        at: the moment of the change, seconds since the epoch.
    """
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", identity.encode()),
        ("ce_source", b"kawat/insights"),
        ("ce_type", EVENT_TYPES[topic.name].encode()),
        ("ce_subject", subject),
        ("ce_time", datetime.fromtimestamp(at, UTC).isoformat().encode()),
        ("content-type", b"application/json"),
    ]
