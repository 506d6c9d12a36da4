"""Who speaks: phrases near the quote -> a person, an organisation, or a description; and who is meant by -nya."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from processors.entities.names import words_of
from processors.quotes.cues import Cues
from processors.records import Entity, Label, Span, Speaker

SPEAKING = frozenset((Label.PERSON, Label.ORG, Label.GPE, Label.NORP))
_WORDS = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Named:
    """A mention of something that can speak."""

    start: int
    end: int
    entity: Entity


class Cast:
    """The mentions of a story that can speak, and the titles of its people."""

    def __init__(self, text: str, entities: tuple[Entity, ...], cues: Cues, roles: frozenset[str]) -> None:
        """`roles`: lower-case words that titles are made of."""
        self.text = text
        self._cues = cues
        self._role_words = roles
        self.all = sorted(
            (Named(m.start, m.end, e) for e in entities if e.label in SPEAKING for m in e.mentions),
            key=lambda named: named.start,
        )
        self._starts = [named.start for named in self.all]
        self.people = [named for named in self.all if named.entity.label == Label.PERSON]
        self._people_starts = [named.start for named in self.people]
        self._roles: dict[str, str] = {}
        for named in self.people:
            if named.entity.id not in self._roles:
                role = self._role_near(named)
                if role:
                    self._roles[named.entity.id] = role

    def role(self, entity: Entity) -> str | None:
        """The title that the story gives a person, from the first mention that has one."""
        return self._roles.get(entity.id)

    def within(self, start: int, end: int) -> list[Named]:
        """Mentions that start in [start, end)."""
        return self.all[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def people_before(self, position: int, most: int) -> list[Named]:
        """Up to `most` mentions of people that start before `position`, the nearest first."""
        at = bisect_right(self._people_starts, position - 1)
        return self.people[max(0, at - most) : at][::-1]

    def titled(self, phrase: str) -> Named | None:
        """The first person whose title starts with `phrase` ("Kapolres" of "Kapolres Kota Lama")."""
        wanted = phrase.casefold()
        for named in self.people:
            role = self._roles.get(named.entity.id, "").casefold()
            if role == wanted or role.startswith(wanted + " "):
                return named
        return None

    def _role_near(self, named: Named) -> str | None:
        before = self.text[max(0, named.start - 140) : named.start]
        clause = re.split(r"[.;:\n\"“”()]|,(?=\s*$)", before)[-1] if not before.endswith(", ") else ""
        if before.endswith(", "):
            clause = re.split(r"[.;:\n\"“”()]", before[:-2])[-1]
        found = self._title(clause)
        if found:
            return found
        behind = re.match(r",\s+([^.,;:\n\"“”()]{3,100})[,.]", self.text[named.end : named.end + 120])
        if behind and self._is_title_word(behind[1].split()[0]):
            return behind[1].strip()
        return None

    def _is_title_word(self, word: str) -> bool:
        return word.strip("().,").casefold() in self._role_words

    def _title(self, clause: str) -> str | None:
        """The title at the end of a clause: from a title word on, over words that only names and titles hold."""
        words = list(_WORDS.finditer(clause))
        first = None
        for at in range(len(words) - 1, max(-1, len(words) - 16), -1):
            word = words[at][0]
            if self._is_title_word(word):
                first = at
            elif word.islower() and word not in ("dan", "of", "the", "for", "bidang", "umum", "kepada", "di"):
                break
        if first is None:
            return None
        title = clause[words[first].start() :].strip(" ,")
        return title if len(title) > 2 else None


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """[start, end) without white space and punctuation at its ends."""
    while start < end and not (text[start].isalnum() or text[start] == "@"):
        start += 1
    while end > start and not (text[end - 1].isalnum() or text[end - 1] in ")"):
        end -= 1
    return start, end


class Finder:
    """Reads speaker phrases of one story."""

    def __init__(self, cast: Cast, cues: Cues) -> None:
        """One for each story."""
        self._cast = cast
        self._cues = cues
        self._text = cast.text

    def phrase_behind(self, at: int, limit: int) -> tuple[int, int]:
        """The speaker's phrase that starts at `at`: up to a stop, or on to a name behind a comma.

        Returns: code points [start, end), perhaps empty; never beyond `limit`.
        """
        text = self._text
        while at < limit and text[at] in " \t":
            at += 1
        stop = self._cues.stop.search(text, at, limit)
        end = stop.start() if stop else limit
        named = self._cast.within(at, end)
        if any(one.entity.label == Label.PERSON for one in named) or self._cues.pronoun.match(text, at):
            return trimmed(text, at, end)
        if end < limit and text[end] == "," and end - at < 160:
            for one in self._cast.within(end, min(limit, end + 60)):
                if one.entity.label == Label.PERSON and not text[end : one.start].strip(" ,").islower():
                    between = text[end : one.start].strip(" ,")
                    if len(between.split()) <= 4:
                        return trimmed(text, at, one.end)
        return trimmed(text, at, end)

    def speaker(self, start: int, end: int, last: Speaker | None) -> Speaker | None:
        """Whom the phrase [start, end) names; `last`: who a pronoun means."""
        text = self._text
        if start >= end:
            return None
        phrase = text[start:end]
        mention = Span(start=start, end=end, text=phrase)
        named = self._cast.within(start, end)
        for one in named:
            if one.entity.label == Label.PERSON:
                own = Span(start=one.start, end=one.end, text=text[one.start : one.end])
                return Speaker(
                    name=one.entity.name, entity=one.entity.id, mention=own, role=self._cast.role(one.entity)
                )
        if self._cues.pronoun.match(phrase):
            return same(last, mention) if last else None
        if last is not None and self._cues.pointing.search(phrase):
            return same(last, mention)
        titled = self._cast.titled(phrase)
        if titled is not None:
            entity = titled.entity
            return Speaker(name=entity.name, entity=entity.id, mention=mention, role=self._cast.role(entity))
        words = phrase.split()
        if named:
            head = words[0].casefold()
            one = named[-1] if head in self._cues.sources else named[0]
            if one.start == start or head in self._cues.sources:
                own = Span(start=one.start, end=one.end, text=text[one.start : one.end])
                return Speaker(name=one.entity.name, entity=one.entity.id, mention=own)
        if len(words) > 12:
            return None
        return Speaker(name=" ".join(words), mention=mention)


def same(last: Speaker, mention: Span | None) -> Speaker:
    """The same speaker again, by another mention."""
    return Speaker(name=last.name, entity=last.entity, mention=mention, role=last.role)


def role_words() -> frozenset[str]:
    """Title words in lower case."""
    return frozenset(word.casefold() for word in words_of("roles.txt"))
