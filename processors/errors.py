"""What can go wrong with a story. Each class is one dead-letter reason and one metric label.

Messages never hold text of the story: they go to logs and to headers.
"""

from __future__ import annotations

from typing import ClassVar


class StoryError(Exception):
    """This story can't be processed; the next one can.

    Attributes:
        reason: one word for headers, metrics and `kawat dlq`; a closed set.
        stage: where it happened: "intake", "clean", "entities", "quotes", "pool".
        uri: the story's identity when it was already known.
    """

    reason: ClassVar[str] = "error"

    def __init__(self, message: str, *, stage: str = "intake", uri: str | None = None) -> None:
        """`message` says what was wrong and what is allowed, without text of the story."""
        super().__init__(message)
        self.stage = stage
        self.uri = uri

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), str(self), self.stage, self.uri)


def _rebuild(kind: type[StoryError], message: str, stage: str, uri: str | None) -> StoryError:
    return kind(message, stage=stage, uri=uri)


class EmptyPayload(StoryError):
    """No bytes at all (a tombstone, or an empty value)."""

    reason = "empty"


class TooLarge(StoryError):
    """Over the size that the settings allow."""

    reason = "too_large"


class UnknownFormat(StoryError):
    """Neither the content type nor a look at the bytes tells the format."""

    reason = "unknown_format"


class Malformed(StoryError):
    """The format is known, the bytes break it (broken JSON, XML that is not well-formed, wrong encoding)."""

    reason = "malformed"


class Invalid(StoryError):
    """Well-formed, but not a story: a required property is missing or has a wrong type or value."""

    reason = "invalid"


class ProcessorFailed(StoryError):
    """A processor raised: a defect of ours, kept with its story so that it can be mended and redriven."""

    reason = "processor_failed"


class StoryTimeout(StoryError):
    """The story took longer than its time limit."""

    reason = "timeout"


class StoryMemory(StoryError):
    """The story needed more memory than its limit."""

    reason = "memory"


class StoryCrash(StoryError):
    """The process died twice on this story."""

    reason = "crash"


REASONS: tuple[str, ...] = tuple(
    kind.reason
    for kind in (
        EmptyPayload,
        TooLarge,
        UnknownFormat,
        Malformed,
        Invalid,
        ProcessorFailed,
        StoryTimeout,
        StoryMemory,
        StoryCrash,
    )
)
