"""Who may have said a stretch of a text, by the encoder's third head: for any stretch, not only what was heard."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from processors.encoder import speaker
from processors.encoder.windows import Window
from processors.encoder.words import Word
from processors.records import Label

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Mention:
    """A candidate speaker as words [first, end); no label: a description ("seorang saksi")."""

    first: int
    end: int
    label: Label | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mention that may be a quote's speaker, at code points [start, end).

    `label` is None for words that name nobody.
    """

    start: int
    end: int
    label: Label | None
    probability: float


@dataclass(frozen=True, slots=True)
class Voice:
    """Who may have said it, the most probable first, and `nobody` who is named near: together they sum to 1."""

    nobody: float
    candidates: tuple[Candidate, ...]


NOBODY = Voice(1.0, ())


class Voices:
    """One text's mentions and what the session made of its windows."""

    def __init__(
        self,
        words: Sequence[Word],
        windows: Sequence[Window],
        pieces: Sequence[Floats],
        mentions: Sequence[Mention],
        by_distance: Sequence[float],
    ) -> None:
        """`pieces`: of each window the session's output ``speaker``; `mentions` in reading order."""
        self._words = words
        self._starts = [word.start for word in words]
        self._windows = windows
        self._pieces = pieces
        self._mentions = mentions
        self._by_distance = by_distance

    def of(self, start: int, end: int) -> Voice:
        """Of code points [start, end), by the window that shows most of what surrounds them."""
        first = max(0, bisect_right(self._starts, start) - 1)
        last = max(first, bisect_left(self._starts, end) - 1)
        if not self._windows or first >= self._windows[-1].end_word:
            return NOBODY
        number = max(range(len(self._windows)), key=lambda n: _margin(self._windows[n], first, last + 1))
        window = self._windows[number]
        here = range(window.first_word, window.end_word)
        low = bisect_left(self._mentions, here.start, key=lambda mention: mention.first)
        high = bisect_left(self._mentions, here.stop, key=lambda mention: mention.first)
        near = self._mentions[low:high]

        def piece(word: int) -> int:
            return window.firsts[min(max(word, here.start), here.stop - 1) - here.start]

        likely = speaker.probabilities(
            self._pieces[number],
            (piece(first), piece(last)),
            [piece(mention.first) for mention in near],
            self._by_distance,
        )
        candidates = [
            Candidate(self._words[m.first].start, self._words[m.end - 1].end, m.label, float(p))
            for m, p in zip(near, likely[1:], strict=True)
        ]
        candidates.sort(key=lambda candidate: -candidate.probability)
        return Voice(float(likely[0]), tuple(candidates))


def _margin(window: Window, first: int, end: int) -> tuple[int, int]:
    """How much of words [first, end) a window holds, and how far they are from its nearer border."""
    held = min(end, window.end_word) - max(first, window.first_word)
    return held, min(first - window.first_word, window.end_word - end)
