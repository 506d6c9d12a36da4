"""Mentions -> entities: which mentions are of one thing, and what is its fullest name in the story.

Names are brought together by what the story itself says (a name and another in brackets behind it), by known other
names of which it holds both (`data/aliases.tsv`), by initials, and by one name holding the words of the other.
Short forms of people follow Indonesian use: the first word stands for the name more often than the last, so any
words of a fuller name, in its order, refer to it; where two people share the word, to the one named last before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from unicodedata import combining, normalize

from processors.entities.recogniser import Mention

UNRESOLVED = frozenset(("DATE", "TIME", "MONEY", "PERCENT", "QUANTITY"))
LEGAL = frozenset(
    (
        "pt",
        "cv",
        "tbk",
        "persero",
        "inc",
        "ltd",
        "corp",
        "co",
        "llc",
        "kabupaten",
        "kota",
        "provinsi",
        "perum",
        "partai",
    )
)
MANY = 40  # names in one story that share a first word
RECENT = 8  # how many people of one name are looked back at
_WORD = re.compile(r"\w+")
_GLUED = re.compile(r"^[a-z]{3,}(?=[A-Z][a-z])")
STEM = 5  # so many letters of a word of a name stand for the word: "Hikmat" for "Hikmatullah"
MOST_WORDS = 16  # of a name that are compared: a list of words in capitals takes no time by its square
_SMALL = frozenset(("dan", "of", "the", "untuk", "di", "and", "for", "de"))
_CALLED = re.compile(r"(?:(?:akrab|karib|biasa)\s+(?:disapa|dipanggil)|alias|dijuluki)\s+[\"“]?$")


@dataclass(slots=True)
class Group:
    """The mentions of one entity while they are gathered."""

    label: str
    name: str
    mentions: list[Mention] = field(default_factory=list)


Key = tuple[str, tuple[str, ...]]  # label and case-folded words of a surface form


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name, case folded, without accents."""
    if not name.isascii():
        name = "".join(c for c in normalize("NFD", name) if not combining(c))
    folded = name.casefold()
    return tuple(_WORD.findall(folded)) or (folded,)


def unglued(surface: str) -> str:
    """A name without the lower-case word that lost its space before it ("olehRendra" -> "Rendra")."""
    return _GLUED.sub("", surface) if surface[:1].islower() else surface


def core(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without legal forms and kinds of places: "PT Maju Jaya Tbk" -> "maju jaya"."""
    kept = tuple(word for word in words if word not in LEGAL)
    return kept or words


def initials(words: tuple[str, ...]) -> set[str]:
    """``kpk`` of ``komisi pemberantasan korupsi``: the first letters, small words left out or not."""
    return {"".join(word[0] for word in words), "".join(word[0] for word in words if word not in _SMALL)}


def holds(full: tuple[str, ...], part: tuple[str, ...]) -> bool:
    """The words of `part` are in `full`, in this order; a long word may be cut short."""
    at = 0
    for word in part:
        while at < len(full) and full[at] != word and not (len(word) >= STEM and full[at].startswith(word)):
            at += 1
        if at == len(full):
            return False
        at += 1
    return True


def resolve(text: str, mentions: list[Mention], aliases: dict[str, str]) -> list[Group]:
    """Groups in order of first mention; each mention is in exactly one.

    Args:
        text: what the offsets are of.
        mentions: in reading order.
        aliases: other name -> full name.
    """
    surfaces = [unglued(" ".join(text[one.start : one.end].split())) for one in mentions]
    keys = [
        (one.label, name_words(surface)[:MOST_WORDS]) for one, surface in zip(mentions, surfaces, strict=True)
    ]
    ties = _Ties(text, mentions, surfaces, keys, aliases)
    people = _People()
    found: dict[object, Group] = {}
    for mention, surface, key in zip(mentions, surfaces, keys, strict=True):
        owner: object = ties.head(key)
        if mention.label == "PERSON":
            owner = people.owner(ties.head(key)[1])
        group = found.get(owner)
        if group is None:
            group = found[owner] = Group(mention.label, surface)
        group.mentions.append(mention)
    for group in found.values():
        _name(text, group)
    return sorted(found.values(), key=lambda group: group.mentions[0].start)


def _name(text: str, group: Group) -> None:
    """The fullest name: most words, then most often written so, then the earliest."""
    counts: dict[str, int] = {}
    for one in group.mentions:
        surface = unglued(" ".join(text[one.start : one.end].split()))
        counts[surface] = counts.get(surface, 0) + 1
    order = list(counts)
    group.name = max(order, key=lambda name: (len(name_words(name)), counts[name], -order.index(name)))


class _People:
    """Which person a name means, in reading order."""

    def __init__(self) -> None:
        self._by_word: dict[
            str, list[list[tuple[str, ...]]]
        ] = {}  # word -> people, each a list of its fullest name

    def owner(self, words: tuple[str, ...]) -> object:
        """The person: one already named whose name holds these words or is held by them, the last named first."""
        best = None
        for word in words:
            for person in reversed(self._by_word.get(word[:STEM], [])[-RECENT:]):
                if person[0] == words:
                    return self._seen(person, words)
                if best is None and (holds(person[0], words) or holds(words, person[0])):
                    best = person
        return self._seen([words] if best is None else best, words)

    def _seen(self, person: list[tuple[str, ...]], words: tuple[str, ...]) -> object:
        if len(words) > len(person[0]):
            person[0] = words
        for word in person[0]:
            named = self._by_word.setdefault(word[:STEM], [])
            if not named or named[-1] is not person:
                named.append(person)
        return id(person)


class _Ties:
    """Which surface forms are names of one thing: union of forms, by what the whole story holds."""

    def __init__(
        self,
        text: str,
        mentions: list[Mention],
        surfaces: list[str],
        keys: list[Key],
        aliases: dict[str, str],
    ) -> None:
        self._parent: dict[Key, Key] = {key: key for key in keys}
        self._brackets(text, mentions, keys)
        self._known(surfaces, keys, aliases)
        self._shorter(surfaces, keys)

    def head(self, key: Key) -> Key:
        """The form that stands for all forms tied to `key`."""
        while self._parent[key] != key:
            self._parent[key] = key = self._parent[self._parent[key]]
        return key

    def _tie(self, short: Key, full: Key) -> None:
        short, full = self.head(short), self.head(full)
        if short != full and short[0] == full[0]:
            self._parent[short] = full

    def _brackets(self, text: str, mentions: list[Mention], keys: list[Key]) -> None:
        """``Komisi Pemberantasan Korupsi (KPK)``, ``Azhar Jaya yang akrab disapa Aco``."""
        for at in range(1, len(mentions)):
            before, one = mentions[at - 1], mentions[at]
            if before.label != one.label or one.label in UNRESOLVED:
                continue
            between = text[before.end : one.start]
            if between.strip() == "(" and text[one.end : one.end + 1] == ")":
                long, short = keys[at - 1], keys[at]
                if len(long[1]) < len(short[1]):
                    long, short = short, long
                if one.label not in {"GPE", "LOC", "FAC"} or (len(short[1]) == 1 and len(long[1]) > 1):
                    self._tie(short, long)
            elif one.label == "PERSON" and len(between) < 60 and _CALLED.search(between):
                self._tie(keys[at], keys[at - 1])

    def _known(self, surfaces: list[str], keys: list[Key], aliases: dict[str, str]) -> None:
        forms: dict[tuple[str, ...], Key] = {}
        for key in keys:
            forms.setdefault(core(key[1]), key)
        for surface, key in dict(zip(surfaces, keys, strict=True)).items():
            full = aliases.get(surface)
            if full is not None and (other := forms.get(core(name_words(full)))) is not None:
                self._tie(key, other)

    def _shorter(self, surfaces: list[str], keys: list[Key]) -> None:
        """Initials, and names whose words open exactly one longer name of a body or place."""
        distinct = {
            key: surface
            for key, surface in zip(keys, surfaces, strict=True)
            if key[0] not in UNRESOLVED and key[0] != "PERSON"
        }
        by_first: dict[tuple[str, str], list[Key]] = {}
        by_initials: dict[tuple[str, str], list[Key]] = {}
        for label, words in distinct:
            kept = core(words)
            by_first.setdefault((label, kept[0]), []).append((label, words))
            for short in initials(kept) if len(kept) > 1 else ():
                by_initials.setdefault((label, short), []).append((label, words))
        for key, surface in distinct.items():
            label, kept = key[0], core(key[1])
            fuller = by_initials.get((label, kept[0]), []) if len(kept) == 1 and surface.isupper() else []
            if not fuller and label in {"ORG", "GPE"}:
                fuller = _longer(key, by_first[label, kept[0]])
            if len({self.head(other) for other in fuller[:MANY]}) == 1:
                self._tie(key, fuller[0])


def _longer(key: Key, others: list[Key]) -> list[Key]:
    """The names that go on where this one ends; a place is only itself with its kind ("Kabupaten X")."""
    label, words = key
    kept = core(words)
    if len(others) > MANY:  # "Bank", "Kelompok": so many names share it that it stands for none
        return []
    return [
        other
        for other in others
        if len(other[1]) > len(words)
        and core(other[1])[: len(kept)] == kept
        and (label != "GPE" or core(other[1]) == kept)
    ]
