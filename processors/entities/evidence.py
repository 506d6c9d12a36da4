"""What words say about names: counts over annotated news, heads, titles, and the words beside a person's name."""

from __future__ import annotations

import math
from typing import Self

from processors.wordlists import BrokenData, lines, mapping, rows

PACKAGE = "processors.entities"
CLASSES = ("PERSON", "ORG", "GPE", "LOC", "FAC", "EVENT", "PRODUCT")
SMOOTHING = 0.3  # added to each count, so that one rare use does not rule the others out


class Evidence:
    """What each capitalised word says about the name it stands in."""

    def __init__(self, counts: dict[str, tuple[int, ...]]) -> None:
        """`counts`: word -> how often it stands outside names, then inside each of `CLASSES`."""
        self.outside: dict[str, float] = {}  # share of uses outside names
        self.person: dict[str, float] = {}  # share of uses inside names of people
        self._votes: dict[str, tuple[float, ...]] = {}  # log P(class | word), smoothed
        for word, (outside, *inside) in counts.items():
            total = sum(inside)
            self.outside[word] = outside / max(1, outside + total)
            self.person[word] = inside[0] / max(1, outside + total)
            if total:
                whole = total + SMOOTHING * len(CLASSES)
                self._votes[word] = tuple(math.log((n + SMOOTHING) / whole) for n in inside)

    @classmethod
    def load(cls) -> Self:
        """Read `data/words.tsv`.

        Raises:
            BrokenData: a count is no number, or one is missing.
        """
        counts = {}
        for number, (word, *fields) in rows(PACKAGE, "words.tsv", 2 + len(CLASSES)):
            if not all(field.isdigit() for field in fields):
                raise BrokenData(f"data/words.tsv, line {number}: counts are expected")
            counts[word] = tuple(map(int, fields))
        return cls(counts)

    def is_name_word(self, word: str) -> bool:
        """Mostly a part of people's names."""
        return self.person.get(word, 0) > 0.5

    def label(self, words: list[str]) -> str | None:
        """The class that the words of a name agree on most; None if none of them is known."""
        votes = [self._votes[word] for word in words if word in self._votes]
        if not votes:
            return None
        total = [sum(column) for column in zip(*votes, strict=True)]
        return CLASSES[max(range(len(CLASSES)), key=total.__getitem__)]


class Lexicon:
    """The word lists that names are read by."""

    def __init__(self) -> None:
        """Reads `data/`.

        Raises:
            BrokenData: a list can't be used.
        """
        heads = mapping(PACKAGE, "heads.yaml")
        self._first = _labelled(heads, "first_")
        self._last = _labelled(heads, "last_")
        self._longest = max(map(len, self._first))
        self.inner = frozenset(heads["inner"])
        self.joining = frozenset(heads["joining"])
        self.titles_inside = frozenset(heads["titles_inside"])
        self.titles = lines(PACKAGE, "roles.txt")
        speaking = mapping(PACKAGE, "speaking.yaml")
        self.before_names = frozenset(speaking["before_names"])
        self.behind_names = frozenset(speaking["behind_names"])
        self.titles_of_places = frozenset(speaking["titles_of_places"])
        self.before_places = frozenset(speaking["before_places"])

    def head(self, words: list[str], at: int, end: int) -> tuple[str, int] | None:
        """The label of the head that stands at `at`, and how many words it has; the longest."""
        for size in range(min(self._longest, end - at), 0, -1):
            label = self._first.get(tuple(words[at : at + size]))
            if label:
                return label, size
        return None

    def tail(self, word: str) -> str | None:
        """The label of a name that ends with this word ("Tbk", "Stadium")."""
        return self._last.get((word,))


def _labelled(heads: dict[str, list[str]], prefix: str) -> dict[tuple[str, ...], str]:
    """The words of each head -> its label, from the keys that start with `prefix`."""
    return {
        tuple(head.split()): key.removeprefix(prefix)
        for key, words in heads.items()
        if key.startswith(prefix)
        for head in words
    }
