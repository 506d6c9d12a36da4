"""A story's words cut into windows of pieces that the encoder can read at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from processors.encoder.pieces import BEGIN, END, Pieces
from processors.encoder.words import Word

LONGEST = 510  # pieces a window, begin and end included: the length that the model was trained at
_LONGEST_WORD = 64  # pieces a word: more say nothing


@dataclass(frozen=True, slots=True)
class Window:
    """A run of words as pieces.

    Attributes:
        ids: begin, the words' pieces with an end between lines, end.
        first_word: the number of its first word in the story.
        firsts: for each of its words the place of the word's first piece in `ids`.
    """

    ids: list[int]
    first_word: int
    firsts: list[int]

    @property
    def end_word(self) -> int:
        """One past the number of its last word."""
        return self.first_word + len(self.firsts)


def encode(text: str, words: Sequence[Word], pieces: Pieces) -> list[list[int]]:
    """For each word its pieces, with an end before them where the word starts a new line."""
    encoded = []
    for word in words:
        ids = pieces.word(text[word.start : word.end], word.spaced)[:_LONGEST_WORD]
        encoded.append([END, *ids] if word.breaks else [*ids])
    return encoded


def cut(words: Sequence[Word], encoded: Sequence[list[int]], *, overlap: int = 0) -> list[Window]:
    """Windows in order that cover all words; neighbours share words of about `overlap` pieces."""
    windows: list[Window] = []
    start = 0
    while start < len(words):
        ids, firsts, end = [BEGIN], [], start
        while end < len(words):
            more = encoded[end]
            breaks = words[end].breaks
            if end == start and breaks:  # begin says it already
                more, breaks = more[1:], False
            if len(ids) + len(more) > LONGEST - 1:
                break
            firsts.append(len(ids) + breaks)
            ids += more
            end += 1
        windows.append(Window([*ids, END], start, firsts))
        if end == len(words):
            break
        back = end
        shared = 0
        while back - 1 > start and shared + len(encoded[back - 1]) <= overlap:
            back -= 1
            shared += len(encoded[back])
        start = back
    return windows
