"""The cast of a story: who is named where, and with what title."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from dataclasses import dataclass

from processors.records import Entity, Label
from processors.wordlists import lines

SPEAKING = frozenset((Label.PERSON, Label.ORG, Label.GPE, Label.NORP))
TITLE_CHARS = 140  # a title stands within so many code points before its name
MOST_TITLE_WORDS = 16
TITLE_GAP = 60  # code points between a title and the name behind it
REACH = 60  # mentions back
TRIES = 8  # a person's title comes with an early mention, or not at all
_TITLE_INNER = frozenset(
    ("dan", "of", "the", "for", "bidang", "umum", "kepada", "di", "dari", "untuk", "pada", "&", "bagi")
)
_OFFICES = frozenset(
    (
        "camat", "lurah", "kades", "bupati", "gubernur", "wali", "walikota", "kepala", "kadis", "kabid", "kabag", "kasi",
        "kapolda", "kapolres", "kapolsek", "kasat", "ketua", "sekretaris", "sekda", "direktur", "menteri", "jaksa", "hakim",
        "jubir", "rektor", "dekan", "dandim", "danramil", "kajari", "kajati",
    )
)  # fmt: skip
_POINTERS = frozenset(("itu", "ini", "tersebut"))
_BEHIND = re.compile(r"(?:\s+\([^)\n]{1,20}\))?,\s+([^,;:\n\"“”]{3,110}?)(?:[,;:\n\"“”]|\.(?=\s|$))")
_DEGREE = re.compile(r"(?:[SMDA]|Sp|Ph|Dr|Lc)\.\s?[A-Z][A-Za-z]{0,4}\.?(?:[A-Z]\.?)*")
_VERB = re.compile(r"(?:me[mnrlwy]|di)\w{4,}")  # no part of a title
_BREAK = re.compile(r"[;:\n\"“”]|\((?!\w+\)\s)|(?<!\w)\)|(?<![A-Z])(?<!\b[DdSs]r)\.(?=\s)")


@dataclass(frozen=True, slots=True)
class Named:
    """A mention at code points [start, end) of something that can speak."""

    start: int
    end: int
    entity: Entity

    @property
    def person(self) -> bool:
        """Whether it is a person."""
        return self.entity.label is Label.PERSON


def _fuller(entities: tuple[Entity, ...]) -> dict[str, Entity]:
    """Id of a person of one name -> the only other person of the story in whose longer name it stands."""
    people = [entity for entity in entities if entity.label is Label.PERSON]
    holders: dict[str, list[Entity]] = {}
    for entity in people:
        names = entity.name.casefold().split()
        if len(names) > 1:
            for name in set(names):
                holders.setdefault(name, []).append(entity)
    return {
        entity.id: holders[name][0]
        for entity in people
        if len(holders.get(name := entity.name.casefold(), ())) == 1
    }


def title_words() -> frozenset[str]:
    """The words that titles are made of, lower case: `data/titles.txt`."""
    return frozenset(word.casefold() for word in lines("processors.quotes", "titles.txt"))


class Cast:
    """The mentions of a story that can speak, and the titles of its people."""

    def __init__(self, text: str, entities: tuple[Entity, ...], titles: frozenset[str]) -> None:
        """`titles`: see `title_words`."""
        self._text = text
        self._titles = titles
        fuller = _fuller(entities)
        self.all = sorted(
            (
                Named(m.start, m.end, fuller.get(e.id, e))
                for e in entities
                if e.label in SPEAKING
                for m in e.mentions
            ),
            key=lambda named: named.start,
        )
        people = [named for named in self.all if named.person]
        titles_alone = {
            one.start for one, after in itertools.pairwise(people) if self._is_mere_title(one, after)
        } | {one.start for one in people if self._is_degree(one) or self._is_office(one)}
        self.all = [named for named in self.all if named.start not in titles_alone]
        self._starts = [named.start for named in self.all]
        self.people = [named for named in self.all if named.person]
        self.bodies = frozenset(named.entity.id for named in self.all if not named.person)
        self._people_starts = [named.start for named in self.people]
        self._names: dict[str, list[Entity]] = {}  # one name of a person -> who bears it
        for entity in {named.entity.id: named.entity for named in self.people}.values():
            for name in set(entity.name.casefold().split()):
                self._names.setdefault(name, []).append(entity)
        self._roles: dict[str, str] = {}
        self._holders: dict[
            str, Entity
        ] = {}  # title, or its beginning, or its short form in brackets -> who holds it
        tries: dict[str, int] = {}
        for named in self.people:
            key = named.entity.id
            tries[key] = tries.get(key, 0) + 1
            if key not in self._roles and tries[key] <= TRIES:
                role = self._before(named) or self._behind(named)
                if role:
                    self._roles[key] = role
                    self._index(role.casefold(), named.entity)

    def role(self, entity: Entity) -> str | None:
        """The title of a person as the story gives it, from the first mention that has one."""
        return self._roles.get(entity.id)

    def holder(self, title: str) -> Entity | None:
        """The first person whose title starts with these words (lower case), or has them in brackets as its short
        form.
        """
        return self._holders.get(title)

    def by_name(self, word: str) -> Entity | None:
        """The only person one of whose names is `word` (lower case)."""
        found = self._names.get(word, ())
        return found[0] if len(found) == 1 else None

    def within(self, start: int, end: int) -> list[Named]:
        """Mentions that start in [start, end)."""
        return self.all[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def people_within(self, start: int, end: int) -> list[Named]:
        """Mentions of people that start in [start, end)."""
        return self.people[bisect_left(self._people_starts, start) : bisect_left(self._people_starts, end)]

    def person_before(self, position: int) -> Named | None:
        """The nearest mention of a person that starts before `position`."""
        at = bisect_left(self._people_starts, position)
        return self.people[at - 1] if at else None

    def bodies_before(self, position: int) -> list[Named]:
        """The last mentions that start before `position` of what is no person."""
        near = self.all[
            max(0, bisect_left(self._starts, position) - REACH) : bisect_left(self._starts, position)
        ]
        return [named for named in near if not named.person]

    def is_title_word(self, word: str) -> bool:
        """``Ketua``, ``dokter``."""
        return word.strip("().,").casefold() in self._titles

    def _is_mere_title(self, named: Named, after: Named) -> bool:
        """``Jubir`` taken for a person, where the name itself follows ("Jubir KPK Budi")."""
        if after.start - named.end > TITLE_GAP:
            return False
        words = self._text[named.start : named.end].split()
        return all(map(self.is_title_word, words)) and not _BREAK.search(self._text, named.end, after.start)

    def _is_office(self, named: Named) -> bool:
        """``Camat`` or ``Kabid Pasar`` taken for a person's only name: it begins with a title that is nobody's name."""
        return named.entity.name.split(maxsplit=1)[0].casefold() in _OFFICES

    def _is_degree(self, named: Named) -> bool:
        """``M.Ed`` behind the comma of "Rendra Wiguna, M.Ed" taken for a person."""
        if self._text[max(0, named.start - 2) : named.start] != ", ":
            return False
        return _DEGREE.fullmatch(self._text, named.start, named.end) is not None

    def _before(self, named: Named) -> str | None:
        """A title right before the name, or before a comma before it."""
        lead = self._text[max(0, named.start - TITLE_CHARS) : named.start].rstrip(" ")
        lead = lead.removesuffix(",")
        breaks = [match.end() for match in _BREAK.finditer(lead)]
        return self._title(lead[breaks[-1] if breaks else 0 :])

    def _behind(self, named: Named) -> str | None:
        """A title between commas behind the name."""
        match = _BEHIND.match(self._text, named.end, named.end + 150)
        if match and self.is_title_word(match[1].split()[0]):
            return match[1].strip(" .")
        return None

    def _title(self, clause: str) -> str | None:
        """The title that ends a clause: from a title word on, over words that only titles and names hold."""
        words = list(re.finditer(r"\S+", clause))
        first = None
        for at in range(len(words) - 1, max(-1, len(words) - 1 - MOST_TITLE_WORDS), -1):
            word = words[at][0].strip(",")
            if self.is_title_word(word):
                first = at
            elif word.islower() and self._ends_title(
                word, started=first is not None, far=at < len(words) - 4
            ):
                break
        if first is None:
            return None
        if words[-1][0] in _POINTERS:  # "dosen X itu, Y ..." is of who spoke before, not of Y
            return None
        title = clause[words[first].start() :].strip(" ,")
        return title if len(title) > 2 else None

    def _ends_title(self, word: str, *, started: bool, far: bool) -> bool:
        """A word in small letters before which no title goes on."""
        if not started and _VERB.fullmatch(word):
            return True
        return word not in _TITLE_INNER and (started or far)

    def _index(self, title: str, holder: Entity) -> None:
        words = title.split()
        for size in range(1, len(words) + 1):
            self._holders.setdefault(" ".join(words[:size]), holder)
        for word in words:
            if word.startswith("(") and word.endswith(")"):
                self._holders.setdefault(word[1:-1], holder)
