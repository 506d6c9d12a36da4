"""Sentences of the text outside of quotation marks."""

from __future__ import annotations

import re
from bisect import bisect_right

from processors.quotes.marks import Marked

_END = re.compile(r"[.!?…]+[\"”'’)]*(?=\s|,?[A-Z\"“]|$)|\n+")
_LAST_WORD = re.compile(r"[\w.]*\w$")
WORD_CHARS = 12  # no abbreviation is longer
REACH = 1200  # code points to either side: a "sentence" that goes further is a list or a text without stops


class Sentences:
    """Borders between sentences: line breaks and full stops that stand in no quotation."""

    def __init__(self, text: str, pieces: list[Marked], abbreviated: frozenset[str]) -> None:
        """`pieces` are the stretches in marks, in reading order; `abbreviated` words have a dot that ends nothing."""
        self._length = len(text)
        starts = [piece.start for piece in pieces]
        ends = [piece.end for piece in pieces]
        self._borders = [0]
        for match in _END.finditer(text):
            at = bisect_right(starts, match.start()) - 1
            if match[0][0] != "\n":
                if at >= 0 and match.start() < ends[at]:
                    continue
                if match[0] == "." and _abbreviates(text, match.start(), abbreviated):
                    continue
                if match[0][0] == "." and _goes_on(text, match.end()):
                    continue
            self._borders.append(match.end())

    def around(self, position: int) -> tuple[int, int]:
        """The sentence that holds `position`, as code points [start, end), its last mark included; at most `REACH`
        to either side.
        """
        at = bisect_right(self._borders, position)
        end = self._borders[at] if at < len(self._borders) else self._length
        return max(self._borders[at - 1], position - REACH), min(end, position + REACH)


def _abbreviates(text: str, dot: int, abbreviated: frozenset[str]) -> bool:
    """The dot belongs to an abbreviation or an initial."""
    word = _LAST_WORD.search(text[max(0, dot - WORD_CHARS) : dot])
    if word is None:
        return False
    return (len(word[0]) == 1 and word[0].isupper()) or word[0].lower() in abbreviated


def _goes_on(text: str, position: int) -> bool:
    """A small letter follows: the dot ended an abbreviation, or stands where a comma should."""
    return text[position : position + 1] == " " and text[position + 1 : position + 2].islower()
