"""Mentions -> entities: which mentions are of one thing, and what is its fullest name in the story.

Short forms follow Indonesian use: the first word of a person's name stands for it more often than the last, so
any run of words of a fuller name, honorifics aside, refers to it. An abbreviation is tied to its expansion where
the story ties it: ``Komisi Pemberantasan Korupsi (KPK)``. A short form that fits two people goes to the one
named last before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from processors.entities.recogniser import Mention

UNRESOLVED = frozenset(("DATE", "TIME", "MONEY", "PERCENT", "QUANTITY"))
_WORD = re.compile(r"\w+")
_SKIPPED = frozenset(("dan", "of", "the", "untuk", "di", "and", "for"))


@dataclass(slots=True)
class Group:
    """The mentions of one entity while they are gathered."""

    label: str
    name: str
    words: tuple[str, ...]
    mentions: list[Mention] = field(default_factory=list)


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name, case folded."""
    return tuple(_WORD.findall(name.casefold()))


def is_initialism(short: str, full: str) -> bool:
    """``KPK`` of ``Komisi Pemberantasan Korupsi``: its letters are found in order at the heads of the words, the
    first at the first.
    """
    letters = [c for c in short.casefold() if c.isalnum()]
    words = [w for w in name_words(full) if w not in _SKIPPED]
    if len(letters) < 2 or len(words) < 2 or words[0][0] != letters[0]:
        return False
    at = 0
    joined = " ".join(words)
    for letter in letters:
        at = joined.find(letter, at) + 1
        if not at:
            return False
    return sum(word[0] in letters for word in words) * 2 >= len(words)


def resolve(text: str, mentions: list[Mention]) -> list[Group]:
    """Groups in order of first mention; each mention is in exactly one."""
    groups: list[Group] = []
    by_name: dict[tuple[str, tuple[str, ...]], Group] = {}
    people: dict[str, list[Group]] = {}  # word of a name -> the people who have it, the last named last
    bodies: dict[str, Group] = {}  # abbreviation -> what it stands for
    fullest = _fullest(text, mentions)
    before: tuple[Mention, Group] | None = None
    for mention in mentions:
        surface = " ".join(text[mention.start : mention.end].split())
        words = name_words(surface)
        group = by_name.get((mention.label, words))
        if mention.label == "PERSON":
            group = _person(words, people, fullest) or group
        elif group is None and mention.label not in UNRESOLVED:
            group = bodies.get(surface)
            tied = before is not None and text[before[0].end : mention.start].strip() == "("
            if group is None and tied and before is not None and is_initialism(surface, before[1].name):
                group = before[1]
                bodies[surface] = group
        if group is None:
            group = Group(
                mention.label, fullest.get(words, surface) if mention.label == "PERSON" else surface, words
            )
            groups.append(group)
        if mention.label == "PERSON":
            if len(words) > len(group.words):
                group.name, group.words = surface, words
            for word in {*words, *group.words}:
                owners = people.setdefault(word, [])
                if not owners or owners[-1] is not group:
                    owners.append(group)
        by_name.setdefault((mention.label, words), group)
        group.mentions.append(mention)
        before = (mention, group)
    return groups


def _fullest(text: str, mentions: list[Mention]) -> dict[tuple[str, ...], str]:
    """Names of people by their words, as they are first written."""
    full: dict[tuple[str, ...], str] = {}
    for mention in mentions:
        if mention.label == "PERSON":
            surface = " ".join(text[mention.start : mention.end].split())
            full.setdefault(name_words(surface), surface)
    return full


def contains(full: tuple[str, ...], part: tuple[str, ...]) -> bool:
    """`part` is a run of words of `full`, or words of it in order."""
    at = 0
    for word in part:
        while at < len(full) and full[at] != word:
            at += 1
        if at == len(full):
            return False
        at += 1
    return True


def _person(
    words: tuple[str, ...], people: dict[str, list[Group]], fullest: dict[tuple[str, ...], str]
) -> Group | None:
    """The person already named whom `words` refer to: the last named whose name holds them, or is held by them."""
    best: Group | None = None
    for word in words:
        for group in reversed(people.get(word, [])[-8:]):
            if group.words == words:
                return group
            if contains(group.words, words) or contains(words, group.words):
                best = best or group
    return best
