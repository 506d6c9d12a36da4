"""What could not be processed, kept byte for byte: the original key, value and headers, and why, behind them.

Our headers have a prefix of their own, so that the way back (`consumers.repair.redrive`) can take off just those.
"""

from __future__ import annotations

from collections.abc import Sequence

from aiokafka import ConsumerRecord

from consumers.lanes.transaction import Outgoing
from processors.errors import StoryError

PREFIX = "kawat-dlq-"
_MESSAGE_BYTES = 500


def dead_letter(topic: str, record: ConsumerRecord, error: StoryError) -> Outgoing:
    """The dead letter of a raw record.

    Args:
        topic: full name of the dead letters' topic.
        record: the raw record.
        error: why; its message holds no text of the story.
    """
    why = {
        "reason": error.reason,
        "stage": error.stage,
        "error": str(error)[:_MESSAGE_BYTES],
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp,
    }
    ours = [(PREFIX + name, str(value).encode()) for name, value in why.items()]
    return Outgoing(topic=topic, key=record.key, value=record.value, headers=[*record.headers, *ours])


def original_headers(headers: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """A dead letter's headers as they were on the raw record."""
    return [(name, value) for name, value in headers if not name.startswith(PREFIX)]
