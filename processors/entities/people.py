"""Which mentions are of one person: by the words of a name, by what the story says of other names, and by spelling.

Short forms of people follow Indonesian use: the first word stands for the name more often than the last, so any
words of a fuller name, in its order, refer to it; where two people share the word, to the one named last before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from processors.entities.spelling import cut, holds, like, shortened, spelt_out

RECENT = 8  # how many people of one name are looked back at
MANY = 60  # people in one story; where there are more, only words tell who is who
STEM = 5  # letters by which people are looked up
LEAST_PART = 3  # letters of a name's beginning that stand for it: "Kus" for "Kuseryansyah"
LEAST_END = 4  # of its end: "Barno" for "Subarno"; in the middle of it one more: "Dayat" for "Hidayatullah"
LONG_NAME = 3  # words; so long is no name that somebody is called by
_CALL = r"di(?:sapa|panggil|kenal|juluki)"
_HOW = r"(?:(?:akrab|karib|biasa|kerap|sering|populer|lebih|juga|dengan|nama|sebagai|panggilan|sapaan)\s+)*"
_TITLE = r"(?:(?:Ustaz|Ustadz|Pak|Bu|dr\.|Dr\.)\s+)?[\"“'‘]?"
# between a name and another of the same person; what is only in brackets, or behind "atau", may be another person
_ALSO = re.compile(
    rf"[\s,(]*(?:(?:atau|alias)\s+)?(?:yang\s+)?{_HOW}{_CALL}\s+{_HOW}{_TITLE}\Z|\s*(?:\(\d+\))?[\s,(]*alias\s+{_TITLE}\Z"
)
_OR = re.compile(rf"[\s,]*atau\s+{_TITLE}\Z")
_OPENED = re.compile(rf"[\s,]*\(\s*{_TITLE}\Z")
_CALLED = re.compile(rf"\b(?:akrab|karib|biasa|kerap)\s+di(?:sapa|panggil)\s+{_HOW}{_TITLE}\Z")
_NICKNAME_OF = re.compile(
    r"[\s,]*(?:nama\s+)?(?:sapaan|panggilan)(?:\s+(?:akrab|dari|bagi|untuk))*\s+(?:\w+\.?\s+){0,4}\Z"
)
_NICKNAME = re.compile(
    r"[\s,\"”]*(?:begitu\s+)?(?:nama\s+)?(?:(?:sapaan|panggilan)(?:\s+akrab)?nya\b|(?:ia|dia|beliau)\s+(?:akrab|biasa|karib)?\s*di(?:sapa|panggil)\b)"
)
NEAR = 50  # code points between the two names, or for the words that tie them

Words = tuple[str, ...]
Placed = tuple[int, int, int, Words]  # code points [start, end) of a mention, number of its person, its words


class People:
    """Which person a name means, in reading order."""

    def __init__(self) -> None:
        self._by_word: dict[str, list[list[Words]]] = {}  # word -> people, each a list of its fullest name

    def owner(self, words: Words) -> object:
        """The person: one already named whose name holds these words or is held by them, the last named first."""
        best = None
        for word in words:
            for person in reversed(self._by_word.get(word[:STEM], [])[-RECENT:]):
                if person[0] == words:
                    return self._seen(person, words)
                if best is None and (holds(person[0], words) or holds(words, person[0], whole=True)):
                    best = person
        return self._seen([words] if best is None else best, words)

    def _seen(self, person: list[Words], words: Words) -> object:
        if len(words) > len(person[0]):
            person[0] = words
        for word in person[0]:
            named = self._by_word.setdefault(word[:STEM], [])
            if not named or named[-1] is not person:
                named.append(person)
        return id(person)


@dataclass(slots=True)
class Person:
    """The mentions that words alone gave to one person, in reading order.

    Attributes:
        forms: the words of each mention, case folded.
        places: code points [start, end) of each mention.
    """

    forms: list[Words]
    places: list[tuple[int, int]]
    full: Words = field(init=False)

    def __post_init__(self) -> None:
        self.full = max(self.forms, key=len)


def same(text: str, people: Sequence[Person]) -> dict[int, int]:
    """Number of a person -> of the one whose other name, shorter name or misspelling it is.

    Args:
        text: what the places are of.
        people: in order of first mention.
    """
    if not 1 < len(people) <= MANY:
        return {}
    order = sorted(
        (start, end, number, form)
        for number, one in enumerate(people)
        for (start, end), form in zip(one.places, one.forms, strict=True)
    )
    found: dict[int, int] = {}
    for number, one in enumerate(people):
        other = _stated(text, number, people, order)
        if other is None:
            other = _spelt(text, one, number, people)
        if other is not None and _end(found, other) != number:
            found[number] = other
    return {number: _end(found, number) for number in found}


def _end(found: dict[int, int], number: int) -> int:
    while number in found:
        number = found[number]
    return number


def _stated(text: str, number: int, people: Sequence[Person], order: list[Placed]) -> int | None:
    """Whom the story says to be called so, at a mention of the name."""
    for at, (start, end, mine, form) in enumerate(order):
        if mine != number:
            continue
        if at and order[at - 1][2] != number:
            _, over, other, _ = order[at - 1]
            between = text[over:start] if start - over < NEAR else "\n"
            if _ALSO.fullmatch(between):
                return other
            if _OPENED.fullmatch(between) and text[end : end + 3].lstrip()[:1] == ")":
                return other
            if _OR.fullmatch(between) and not set(people[mine].full).isdisjoint(people[other].full):
                return other
            alone = len(people[mine].full) < LONG_NAME and people[mine].full == form
            if alone and (
                _CALLED.search(text[max(0, start - NEAR) : start]) or _NICKNAME.match(text, end, end + NEAR)
            ):
                return other
        if at + 1 < len(order):
            begin, _, other, _ = order[at + 1]
            if other != number and begin - end < NEAR and _NICKNAME_OF.fullmatch(text[end:begin]):
                return other
    return None


def _spelt(text: str, one: Person, number: int, people: Sequence[Person]) -> int | None:
    """The only other person whose name this is, cut, in initials, shortened or misspelt; the surer tie counts."""
    stops = any(text[end : end + 1] == "." for _, end in one.places)
    ties: dict[int, list[int]] = {}
    for at, other in enumerate(people):
        if at != number and (tie := _tie(one.full, other.full, stops=stops, after=at < number)) is not None:
            ties.setdefault(tie, []).append(at)
    return next((found[0] for _, found in sorted(ties.items()) if len(found) == 1), None)


def _tie(mine: Words, other: Words, *, stops: bool, after: bool) -> int | None:
    """What ties a name to another, the surest first. `stops`: a full stop stands behind it; `after`: it comes later."""
    alone = len(mine) == 1
    ties = (
        stops and len(mine) <= len(other) and cut(mine, other),
        alone and len(other) > 1 and other[-1] == mine[0][:-1],
        len(mine) < len(other) and spelt_out(mine, other),
        alone and after and any(shortened(mine[0], word, LEAST_PART, LEAST_END) for word in other),
        (after or len(mine) < len(other)) and like(mine, other),
    )
    return next((number for number, holds_good in enumerate(ties) if holds_good), None)
