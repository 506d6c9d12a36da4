"""Text into words: the units that carry tags, in training and in the product alike."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

# letters and digits together, any other mark alone: a span never starts or ends inside such a word
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text.

    Attributes:
        start: first code point.
        end: one past the last code point.
        spaced: white space or the text's start stands before it.
        breaks: it is the first word of its line, and not of the text.
    """

    start: int
    end: int
    spaced: bool
    breaks: bool


def split(text: str) -> list[Word]:
    """The words of `text` in order. White space (and nothing else) belongs to no word."""
    words: list[Word] = []
    last = 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        spaced = start == 0 or start > last
        breaks = bool(words) and start > last and "\n" in text[last:start]
        words.append(Word(start, end, spaced, breaks))
        last = end
    return words


def touched(words: Sequence[Word], start: int, end: int) -> range:
    """The numbers of the words that code points [start, end) touch."""
    first = bisect_right(words, start, key=lambda word: word.end)
    return range(first, max(first, bisect_left(words, end, key=lambda word: word.start)))
