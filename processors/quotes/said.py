"""What somebody said, and the evidence for who: what `speech` reads from the text, and the finder resolves."""

from __future__ import annotations

from dataclasses import dataclass

from processors.quotes.cues import Cue
from processors.records import QuoteKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A stretch, code points [start, end), that somebody said.

    Attributes:
        order: where in the text it is told, for "the last one who spoke".
        kind: None for an act of speech that makes no quote.
        cue: the reporting word; None without one.
        phrase: code points [start, end) in which the speaker's phrase stands; None: the same speaker as before.
        backwards: the phrase is a subject, which ends before the cue, rather than starting behind it.
        exact: the phrase is the speaker's and no more (English).
    """

    start: int
    end: int
    order: int
    kind: QuoteKind | None
    cue: Cue | None = None
    phrase: tuple[int, int] | None = None
    backwards: bool = False
    exact: bool = False
