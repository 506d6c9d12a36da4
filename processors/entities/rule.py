"""What a rule for measures is: a pattern, the words that it can start with, and where it may begin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from processors.wordlists import any_of

NUMBER = r"(?:\d{1,3}(?:\.\d{3}){1,6}(?:,\d{1,6})?|\d{1,18}(?:[.,]\d{1,6})?)"
Border = Callable[[list[str], list[int], int], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One label's pattern.

    Attributes:
        pattern: matched at the start of a word.
        starts: words that an expression can start with; with `figures`, any number, too.
        fits: whether an expression may begin at a token, given texts and offsets of all tokens.
    """

    label: str
    pattern: re.Pattern[str]
    starts: frozenset[str]
    figures: bool
    fits: Border


def _before(words: list[str], starts: list[int], at: int) -> tuple[str, bool]:
    """The word before the one at `at`, and whether no space stands between them."""
    if not at:
        return "", False
    return words[at - 1], starts[at] == starts[at - 1] + len(words[at - 1])


def anywhere(
    *, not_after: frozenset[str] = frozenset(), inside: str = ".,:/-–", counted: bool = True
) -> Border:
    """Not behind these words; no number behind another and one of the marks `inside`; unless `counted`, no word
    behind a number ("3 jam 18 menit").
    """

    def fits(words: list[str], starts: list[int], at: int) -> bool:
        before, tight = _before(words, starts, at)
        if not before:
            return True
        figure = words[at][0].isdigit()
        if figure and tight and before[-1] in inside and at > 1 and words[at - 2][-1].isdigit():
            return False
        if not counted and not figure and before[-1].isdigit():
            return False
        return before.lower() not in not_after

    return fits


def calendar(*, not_after: frozenset[str], before_years: frozenset[str]) -> Border:
    """Not behind these words ("Nomor 5 Tahun 2020"), not inside of a number, and no year behind a capitalised word,
    which it numbers ("Liga Champions 2023"), unless that is one of `before_years`.
    """

    def fits(words: list[str], starts: list[int], at: int) -> bool:
        before, tight = _before(words, starts, at)
        if not before:
            return True
        word = words[at]
        if before.lower() in not_after or (before.isdigit() and not tight and word[0].islower()):
            return False
        if tight and word[0].isdigit() and (before in "./-–:$%," or before[0].isalnum()):
            return False
        year = word.isdigit() and len(word) == 4
        return not (year and not tight and before[0].isupper() and before not in before_years)

    return fits


def first_words(words: Iterable[str]) -> frozenset[str]:
    """The first tokens, as they are and capitalised."""
    firsts = {re.findall(r"\w+|[^\w\s]", word)[0] for word in words}
    return frozenset(firsts | {first.capitalize() for first in firsts if first.islower()})


def spelled(words: dict[str, list[str]]) -> str:
    """A pattern for numbers in words ("dua puluh lima")."""
    one = any_of(words["number_words"])
    return rf"(?:(?i:{one})(?:\s+{one}){{0,7}})"
