"""What the encoder makes of a text: labelled spans, speech, and who may have said what."""

from __future__ import annotations

from dataclasses import dataclass

from processors.encoder.voices import Voices
from processors.records import Label, QuoteKind


@dataclass(frozen=True, slots=True)
class Found:
    """A named thing at code points [start, end); `score`: mean probability of its tags."""

    start: int
    end: int
    label: Label
    score: float


@dataclass(frozen=True, slots=True)
class Place:
    """Code points [start, end) of a cue, or of the words beside a quote that tell its speaker."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Heard:
    """Speech at code points [start, end).

    Attributes:
        kind: direct, mixed or indirect.
        score: mean probability of its tags.
    """

    start: int
    end: int
    kind: QuoteKind
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as the encoder read it; all spans in reading order, none of one kind overlap.

    Attributes:
        end: the text was read up to here; less than its length when it is very long.
        voices: tells who may have said a stretch of it.
    """

    end: int
    entities: tuple[Found, ...]
    speech: tuple[Heard, ...]
    cues: tuple[Place, ...]
    sources: tuple[Place, ...]
    voices: Voices
