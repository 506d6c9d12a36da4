"""Words into pieces of a Unigram vocabulary (Kudo 2018): the most probable segmentation of each word alone.

Pieces never cross a word's border, so that spans of words are exact spans of text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

SPACE = "\u2581"  # stands for the white space before a word, as in SentencePiece
BEGIN, PAD, END, UNKNOWN = 0, 1, 2, 3
# what a longer word says, its head says; and a text without a space must not take quadratic time
_LONGEST_WORD = 48
_CACHED_WORDS = 20_000
_UNKNOWN_PENALTY = 10.0  # below the least probable piece, as in SentencePiece


class Pieces:
    """A vocabulary that cuts words.

    Args:
        vocabulary: the pieces with their log-probabilities, in order of their ids; the first four are
            begin, padding, end and unknown.
    """

    def __init__(self, vocabulary: Sequence[tuple[str, float]]) -> None:
        self._scores = {piece: (score, i) for i, (piece, score) in enumerate(vocabulary) if i > UNKNOWN}
        self._longest = max(map(len, self._scores))
        self._unknown = min(score for score, _ in self._scores.values()) - _UNKNOWN_PENALTY
        self.word = lru_cache(_CACHED_WORDS)(self._word)

    def _word(self, word: str, spaced: bool) -> tuple[int, ...]:
        """The ids of a word's pieces, at least one; `spaced`: white space stands before it."""
        text = unicodedata.normalize("NFKC", word[:_LONGEST_WORD])[:_LONGEST_WORD]
        text = SPACE + text if spaced else text
        best = [0.0] + [float("-inf")] * len(text)
        back = [(0, UNKNOWN)] * (len(text) + 1)
        for end in range(1, len(text) + 1):
            for start in range(max(0, end - self._longest), end):
                found = self._scores.get(text[start:end])
                if found is None:
                    if start < end - 1:
                        continue
                    found = (self._unknown, UNKNOWN)
                score = best[start] + found[0]
                if score > best[end]:
                    best[end], back[end] = score, (start, found[1])
        ids: list[int] = []
        end = len(text)
        while end:
            end, piece = back[end]
            if not (piece == UNKNOWN and ids and ids[-1] == UNKNOWN):
                ids.append(piece)
        return tuple(reversed(ids)) or (UNKNOWN,)
