"""Sentences of the text outside of quotation marks."""

from __future__ import annotations

import re
from bisect import bisect_right

from processors.quotes.marks import Marked

_END = re.compile(
    r"(?<!\b[A-Z])(?<!\b[DdSsMmJj][rt])(?<!\bProf)(?<!\bDrs)(?<!\bDra)(?<!\bNo)(?<!\bJl)(?<!\bInc)(?<!\bLtd)(?<!\bRp)"
    r"[.!?…]+[\"”'’)]*(?=\s|,?[A-Z\"“]|$)|\n+"
)


class Sentences:
    """Borders between sentences: line breaks and full stops that stand in no quotation."""

    def __init__(self, text: str, pieces: list[Marked]) -> None:
        """`pieces` are the stretches in marks, in reading order."""
        self._length = len(text)
        inside = [(piece.start, piece.end) for piece in pieces]
        starts = [start for start, _ in inside]
        self._borders = [0]
        for match in _END.finditer(text):
            at = bisect_right(starts, match.start()) - 1
            if match[0][0] == "\n" or at < 0 or match.start() >= inside[at][1]:
                self._borders.append(match.end())

    def around(self, position: int) -> tuple[int, int]:
        """The sentence that holds `position`, as code points [start, end); its last mark included."""
        at = bisect_right(self._borders, position)
        end = self._borders[at] if at < len(self._borders) else self._length
        return self._borders[at - 1], end
