"""One name, one label: what the encoder said of a name here and there is put to the vote, and holds throughout."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from processors.encoder.decode import TaggedSpan
from processors.encoder.words import Word, split

LEAST = 0.3  # mean score over all places where the words stand, below which they name nothing


def agree(text: str, words: Sequence[Word], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Spans that give the same words the same label wherever they stand alone, the longest names first.

    Args:
        text: the text.
        words: its words, or the first of them: those that were read.
        spans: what was decoded; they do not overlap.

    Returns:
        Spans in reading order that do not overlap.
    """
    votes: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for span in spans:
        votes[text[words[span.first].start : words[span.end - 1].end]][span.label] += span.score
    places = _Places(text, words)
    taken = bytearray(len(words))
    kept: list[TaggedSpan] = []
    for name in sorted(votes, key=len, reverse=True):
        free: list[tuple[int, int]] = []
        for first, end in places.of(name):  # a name that repeats a word may overlap itself
            if not any(taken[first:end]) and (not free or first >= free[-1][1]):
                free.append((first, end))
        if not free or sum(votes[name].values()) < LEAST * len(free):
            continue
        label, votes_for = max(votes[name].items(), key=lambda item: item[1])
        for first, end in free:
            taken[first:end] = b"\1" * (end - first)
            kept.append(TaggedSpan(first, end, label, min(1.0, votes_for / len(free))))
    return sorted(kept, key=lambda span: span.first)


class _Places:
    """Where names stand, by whole words."""

    def __init__(self, text: str, words: Sequence[Word]) -> None:
        self._text = text
        self._words = words
        self._ends = {word.end: number for number, word in enumerate(words, 1)}
        self._starts: defaultdict[str, list[int]] = defaultdict(list)
        for number, word in enumerate(words):
            self._starts[text[word.start : word.end]].append(number)

    def of(self, name: str) -> list[tuple[int, int]]:
        """Words [first, end) whose text is `name`."""
        first = next(iter(split(name)))
        found = []
        for number in self._starts[name[: first.end]]:
            start = self._words[number].start
            end = self._ends.get(start + len(name))
            if end is not None and self._text.startswith(name, start):
                found.append((number, end))
        return found
