"""Mentions -> entities: which mentions are of one thing, and what is its fullest name in the story.

Names are brought together by what the story itself says (a name and another in brackets behind it), by known other
names of which it holds both (`data/aliases.tsv`), by initials, and by one name holding the words of the other.
People: see `processors.entities.people`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from unicodedata import combining, normalize

from processors.entities.glued import Glue, apart, whole
from processors.entities.people import People, Person, same
from processors.entities.recogniser import Mention
from processors.entities.spelling import holds, like

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
BEFORE = 30  # code points before a name, which hold the word before it
MANY = 40  # names in one story that share a first word
_WORD = re.compile(r"\w+")
MOST_WORDS = 16  # of a name that are compared: a list of words in capitals takes no time by its square
_SMALL = frozenset(("dan", "of", "the", "untuk", "di", "and", "for", "de"))


@dataclass(slots=True)
class Group:
    """The mentions of one entity while they are gathered.

    Attributes:
        surfaces: of each mention its words, without what was glued to them.
        lesser: those of them that are another name, by which the entity is called only if it has no fuller one.
    """

    label: str
    name: str
    mentions: list[Mention] = field(default_factory=list)
    surfaces: list[str] = field(default_factory=list)
    lesser: set[str] = field(default_factory=set)


Key = tuple[str, tuple[str, ...]]  # label and case-folded words of a surface form


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name, case folded, without accents."""
    if not name.isascii():
        name = "".join(c for c in normalize("NFD", name) if not combining(c))
    folded = name.casefold()
    return tuple(_WORD.findall(folded)) or (folded,)


def core(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without legal forms and kinds of places: "PT Maju Jaya Tbk" -> "maju jaya"."""
    kept = tuple(word for word in words if word not in LEGAL)
    return kept or words


def initials(words: tuple[str, ...]) -> set[str]:
    """``kpk`` of ``komisi pemberantasan korupsi``: the first letters, small words left out or not."""
    return {"".join(word[0] for word in words), "".join(word[0] for word in words if word not in _SMALL)}


def resolve(text: str, mentions: list[Mention], aliases: dict[str, str], glue: Glue) -> list[Group]:
    """Groups in order of first mention; each mention is in exactly one.

    Args:
        text: what the offsets are of.
        mentions: in reading order.
        aliases: other name -> full name.
        glue: cuts off what is glued to names.
    """
    written = [" ".join(text[one.start : one.end].split()) for one in mentions]
    known = glue.known(written)
    others = frozenset(
        " ".join(surface.split()[-size:])
        for one, surface in zip(mentions, written, strict=True)
        if one.label != "PERSON"
        for size in (2, 3)
    )

    def cleaned(one: Mention, surface: str) -> str:
        if one.label == "PERSON":
            before = text[max(0, one.start - BEFORE) : one.start]
            return glue.cleaned(apart(before, whole(before, surface), others), known)
        return glue.body(surface) if one.label == "ORG" else surface

    surfaces = [cleaned(one, surface) for one, surface in zip(mentions, written, strict=True)]
    keys = [
        (one.label, name_words(surface)[:MOST_WORDS]) for one, surface in zip(mentions, surfaces, strict=True)
    ]
    ties = _Ties(text, mentions, surfaces, keys, aliases)
    people = People()
    found: dict[object, Group] = {}
    for mention, surface, key in zip(mentions, surfaces, keys, strict=True):
        owner: object = ties.head(key)
        if mention.label == "PERSON":
            owner = people.owner(ties.head(key)[1])
        group = found.get(owner)
        if group is None:
            group = found[owner] = Group(mention.label, surface)
        group.mentions.append(mention)
        group.surfaces.append(surface)
    groups = _of_one_person(text, list(found.values()))
    for group in groups:
        group.lesser.update(surface for surface in group.surfaces if surface in aliases)
        _name(group)
    return sorted(groups, key=lambda group: group.mentions[0].start)


def _of_one_person(text: str, groups: list[Group]) -> list[Group]:
    """The groups, those of one person brought together; the forms of what was only another name are `lesser`."""
    people = [group for group in groups if group.label == "PERSON"]
    told = [
        Person(
            [name_words(surface)[:MOST_WORDS] for surface in group.surfaces],
            [(one.start, one.end) for one in group.mentions],
        )
        for group in people
    ]
    gone = set()
    for number, other in same(text, told).items():
        short, full = people[number], people[other]
        if not like(told[number].full, told[other].full):
            full.lesser.update(short.surfaces)
        pairs = sorted(
            zip([*full.mentions, *short.mentions], [*full.surfaces, *short.surfaces], strict=True),
            key=lambda pair: pair[0].start,
        )
        full.mentions, full.surfaces = [one for one, _ in pairs], [surface for _, surface in pairs]
        gone.add(id(short))
    return [group for group in groups if id(group) not in gone]


def _name(group: Group) -> None:
    """The fullest name: none that is only another, then most words, then most often written so, then the earliest."""
    counts: dict[str, int] = {}
    for surface in group.surfaces:
        counts[surface] = counts.get(surface, 0) + 1
    order = list(counts)
    group.name = max(
        order,
        key=lambda name: (name not in group.lesser, len(name_words(name)), counts[name], -order.index(name)),
    )
    group.name = _whole(group.name, order)


def _whole(name: str, forms: list[str]) -> str:
    """A name whose last letter was lost, with the letter that another form of it has: "Rendra Wigun", "Wiguna"."""
    *_, last = name.split()
    return next(
        (
            name + word[-1]
            for form in forms
            for word in form.split()
            if word[:-1] == last and word[-1].islower() and len(last) > 1
        ),
        name,
    )


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
        """``Komisi Pemberantasan Korupsi (KPK)``."""
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

    def _known(self, surfaces: list[str], keys: list[Key], aliases: dict[str, str]) -> None:
        forms: dict[tuple[str, ...], Key] = {}
        for key in keys:
            forms.setdefault(core(key[1]), key)
        for surface, key in dict(zip(surfaces, keys, strict=True)).items():
            full = aliases.get(surface)
            if full is None:
                continue
            words = core(name_words(full))
            other = forms.get(words)
            if other is None and key[0] == "PERSON":
                fuller = [
                    form
                    for form in islice(forms.values(), MANY)
                    if form[0] == "PERSON" and holds(form[1], words)
                ]
                other = fuller[0] if fuller else None
            if other is not None:
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
