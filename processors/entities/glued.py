"""Names that lost the space beside them: "PresidenRendra Wiguna", "Rendra Wigunamengatakan" -> "Rendra Wiguna".

Texts that were taken out of HTML carelessly have them, and taggers take the whole token for the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from processors.wordlists import any_of

LEAST = 4  # letters of what is cut off before a capital: "McCarthy", "DeLuca" and "AlGhazali" are names
STEM = 3  # letters that a name keeps when a word behind it is cut off; two more before a short one: "Sebayang" is a name
SHORT = 5
LONG = 4  # letters of a word behind a name that is cut off wherever the story has the name's last word alone
_BEFORE_NAME = re.compile(rf"^(?:[a-z]{{3,}}|[A-Z][a-z]{{{LEAST - 1},}})(?=[A-Z][a-z]|[A-Z]\.)")
_WITHIN = re.compile(r"(?<=[a-z]{3})(?=[A-Z][a-z]{2,})")
_DOUBLE = '"“”'
_OPEN = re.compile(rf"((?:[A-Z][\w.]+\s)+[{_DOUBLE}])\Z")
_DEGREE = re.compile(r"(?:[SMDA]|Sp|Ph|Dr|Lc)\.[A-Z][A-Za-z]{0,4}(?:\.[A-Z]?[a-z]*)*")  # "S.T", "M.Si"
_JOINED = re.compile(r"(\w{3,})(?:dan|serta|atau|alias|vs)\Z")
_AND = frozenset(("dan", "serta", "atau", "alias", "vs"))
_PLAIN = re.compile(r"[A-Z][a-z]{3,}\Z")
_VERB = re.compile(r"(?:me|ber|ter)[a-z]{4,}\Z")


class Glue:
    """Cuts off what is no part of a name."""

    def __init__(
        self, words: Iterable[str], small: Iterable[str], heads: Iterable[str], titles: Iterable[str]
    ) -> None:
        """`words`: that end no name, so they are cut off behind any; `small`: those that names do end in, cut off
        where the story has the name without them; `heads`: of titles, cut off behind a name where a capital begins
        them; `titles`: that stand before names, and that taggers take into them.
        """
        words = list(words)
        long = any_of(word for word in words if len(word) > SHORT)
        short = any_of(word for word in words if len(word) <= SHORT)
        self._behind = re.compile(rf"(?<=\w{{{STEM}}}){long}\Z|(?<=\w{{{STEM + 2}}}){short}\Z")
        self._small = frozenset(small)
        self._titles = frozenset(titles)
        self._heads = frozenset(word.casefold() for word in heads)

    def known(self, surfaces: Iterable[str]) -> frozenset[str]:
        """A story's names, and their plain words."""
        names = frozenset(surfaces)
        return names | {word for name in names for word in name.split() if _PLAIN.match(word)}

    def cleaned(self, surface: str, known: frozenset[str]) -> str:
        """A name without what is glued to it; `known`: see there."""
        words = surface.split()
        if not words:
            return surface
        first = _BEFORE_NAME.sub("", words[0])
        if first and (len(words) > 1 or words[0][0].islower() or first in known):
            words[0] = first
        words = _parted(words)
        if len(words) > 1 and words[-1].casefold() in self._heads:
            words.pop()
        words[-1] = self._without_end(words, known)
        while len(words) > 1 and words[0].rstrip(".").casefold() in self._titles:
            words.pop(0)
        while len(words) > 1 and _DEGREE.fullmatch(words[-1]):
            words.pop()
        return " ".join(words)

    def body(self, surface: str) -> str:
        """A name of a body, which may well hold capitals: only without the words that end no name."""
        return self._behind.sub("", surface)

    def _without_end(self, words: list[str], known: frozenset[str]) -> str:
        """The last of the words."""
        word = words[-1]
        if not word.isalpha() or word.isupper():
            return word
        short = self._behind.sub("", word)
        if short != word:
            return short
        for size in range(len(word) - 2, STEM - 1, -1):
            stem, rest = word[:size], word[size:]
            whole = " ".join((*words[:-1], stem))
            if (stem in known and _VERB.match(rest)) or (
                rest in self._small and (whole if len(rest) < LONG else stem) in known
            ):
                return stem
        return word


def whole(before: str, surface: str) -> str:
    """A name of which a nickname in marks was cut: ``Sari "Ayu`` before ``" Dewi``; `before`: what stands before it."""
    cut = _OPEN.search(before)
    if cut is None or sum(surface.count(mark) for mark in _DOUBLE) != 1:
        return surface
    return cut[1] + surface


def apart(before: str, surface: str, others: frozenset[str]) -> str:
    """A person's name without what belongs to the word before it: "Kota Tirta" is a place that the story names, so
    "Wali Kota [Tirta Rendra]" is Rendra.

    Args:
        before: what stands before the name.
        surface: the name.
        others: the last two words, and the last three, of each name in the story of what is no person.
    """
    words, lead = surface.split(), before.split()
    for size in (2, 1):
        if len(words) > size and lead and " ".join((lead[-1], *words[:size])) in others:
            return " ".join(words[size:])
    return surface


def _parted(words: list[str]) -> list[str]:
    """``ArjunaReski`` -> ``Arjuna Reski``; of two who are joined ("Rendra WigunadanSari Dewi") the first."""
    parts = []
    for word in words:
        *before, last = _WITHIN.split(word)
        for part in before:
            joined = _JOINED.match(part)
            if part not in _AND:
                parts.append(joined[1] if joined else part)
            if parts and (joined or part in _AND):
                return parts
        parts.append(last)
    return parts
