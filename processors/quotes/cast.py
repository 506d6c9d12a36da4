"""The cast of a story: who is named where, and with what title."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from importlib import resources

from processors.records import Entity, Label

SPEAKING = frozenset((Label.PERSON, Label.ORG, Label.GPE, Label.NORP))
TITLE_CHARS = 140  # a title stands within so many code points before its name
_TITLE_INNER = frozenset("dan of the for bidang umum kepada di dari untuk pada & bagi".split())
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


def title_words() -> frozenset[str]:
    """The words that titles are made of, lower case: `data/titles.txt`."""
    text = (resources.files(__package__) / "data" / "titles.txt").read_text("utf-8")
    return frozenset(line.strip().casefold() for line in text.splitlines() if line.strip() and line[0] != "#")


class Cast:
    """The mentions of a story that can speak, and the titles of its people."""

    def __init__(self, text: str, entities: tuple[Entity, ...], titles: frozenset[str]) -> None:
        """`titles`: see `title_words`."""
        self._text = text
        self._titles = titles
        self.all = sorted(
            (Named(m.start, m.end, e) for e in entities if e.label in SPEAKING for m in e.mentions),
            key=lambda named: named.start,
        )
        self._starts = [named.start for named in self.all]
        self.people = [named for named in self.all if named.person]
        self._people_starts = [named.start for named in self.people]
        self._roles: dict[str, str] = {}
        tries: dict[str, int] = {}
        for named in self.people:
            key = named.entity.id
            if key not in self._roles and tries.get(key, 0) < 8:  # a title comes early, or not at all
                tries[key] = tries.get(key, 0) + 1
                role = self._before(named) or self._behind(named)
                if role:
                    self._roles[key] = role

    def role(self, entity: Entity) -> str | None:
        """The title of a person as the story gives it, from the first mention that has one."""
        return self._roles.get(entity.id)

    def roles(self) -> list[tuple[Entity, str]]:
        """People with their titles, by first mention."""
        seen = {named.entity.id: named.entity for named in self.people}
        return [(entity, self._roles[key]) for key, entity in seen.items() if key in self._roles]

    def within(self, start: int, end: int) -> list[Named]:
        """Mentions that start in [start, end)."""
        return self.all[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def people_within(self, start: int, end: int) -> list[Named]:
        """Mentions of people that start in [start, end)."""
        return self.people[bisect_left(self._people_starts, start) : bisect_left(self._people_starts, end)]

    def is_title_word(self, word: str) -> bool:
        """``Ketua``, ``dokter``."""
        return word.strip("().,").casefold() in self._titles

    def _before(self, named: Named) -> str | None:
        """A title right before the name, or before a comma before it."""
        lead = self._text[max(0, named.start - TITLE_CHARS) : named.start].rstrip(" ")
        lead = lead.removesuffix(",")
        breaks = [match.end() for match in _BREAK.finditer(lead)]
        return self._title(lead[breaks[-1] if breaks else 0 :])

    def _behind(self, named: Named) -> str | None:
        """A title between commas behind the name."""
        match = re.compile(r"(?:\s+\([^)\n]{1,20}\))?,\s+([^,;:\n\"“”]{3,110}?)(?:[,;:\n\"“”]|\.(?=\s|$))").match(
            self._text, named.end, named.end + 150
        )
        if match and self.is_title_word(match[1].split()[0]):
            return match[1].strip(" .")
        return None

    def _title(self, clause: str) -> str | None:
        """The title that ends a clause: from a title word on, over words that only titles and names hold."""
        words = list(re.finditer(r"\S+", clause))
        first = None
        for at in range(len(words) - 1, max(-1, len(words) - 16), -1):
            word = words[at][0].strip(",")
            if self.is_title_word(word):
                first = at
            elif word.islower() and word not in _TITLE_INNER and first is not None:
                break
            elif word.islower() and word not in _TITLE_INNER and at < len(words) - 4:
                break
        if first is None:
            return None
        title = clause[words[first].start() :].strip(" ,")
        return title if len(title) > 2 else None
