"""Whom a speaker phrase names: a person, a body, somebody by description, or who spoke before."""

from __future__ import annotations

import re
from enum import StrEnum

from processors.quotes.cast import Cast, Named
from processors.quotes.cues import Cues
from processors.quotes.described import Described
from processors.quotes.phrases import MOST_WORDS
from processors.records import Entity, Label, Span, Speaker

_HANDLE = re.compile(r"@[\w.*-]+[\w*]")
_AND = frozenset(("dan", "and", "serta"))
_ARTICLES = frozenset(("sang", "si", "the"))


class How(StrEnum):
    """How a speaker was found; the confidence follows from it."""

    NAMED = "named"
    PRONOUN = "pronoun"  # "dia", "pelatih itu"
    CARRIED = "carried"  # "ujarnya", or nothing at all: who spoke last
    DESCRIBED = "described"  # "seorang warga"
    AHEAD = "ahead"  # the quote opens the story: who speaks next
    GUESSED = "guessed"  # nobody has spoken yet: the person named last
    NONE = "none"


class Whom:
    """Reads the speaker phrases of one story."""

    def __init__(self, text: str, cast: Cast, cues: Cues) -> None:
        """`cast` is that of `text`."""
        self._text = text
        self._cast = cast
        self._words = cues.words
        self._offices = cues.offices
        self._described = Described(cues)

    def read(
        self, start: int, end: int, last: Speaker | None, *, sure: bool = False
    ) -> tuple[Speaker | None, How]:
        """Whom the phrase at code points [start, end) names; `last`: whom a pronoun means; `sure`: it is a speaker's."""
        if start >= end:
            return None, How.NONE
        phrase = self._text[start:end]
        words = [word.casefold() for word in phrase.split()]
        mention = Span(start=start, end=end, text=phrase)
        if words[0] in self._words["pronouns"] and len(words) <= 2:
            return again(last, mention), How.PRONOUN
        found = self._by_any_name(words, start, end, last, mention)
        if found is not None:
            return found
        return self._by_description(words, mention, last, sure=sure)

    def _by_any_name(
        self, words: list[str], start: int, end: int, last: Speaker | None, mention: Span
    ) -> tuple[Speaker, How] | None:
        """Who is named there, or held to be the last speaker by a title or a description that points back."""
        pointing = self._points(words)
        named = None if pointing else self._by_name(start, end) or self._by_handle(mention)
        named = named or self._by_title(words, mention)
        if (
            named is None
            and last is not None
            and (pointing or self._points_to_body(words, last) or self._is_title_of(words, last))
        ):
            return _again(last, mention), How.PRONOUN
        named = named or self._by_part(words, start, end) or self._by_short_name(mention)
        return (named, How.NAMED) if named else None

    def _by_description(
        self, words: list[str], mention: Span, last: Speaker | None, *, sure: bool
    ) -> tuple[Speaker | None, How]:
        """Who is described there: somebody who has been described or named before, or somebody new."""
        pointing = words[-1] in self._words["demonstratives"]
        before = self._described.meant(words, pointing=pointing)
        if before is None and pointing:
            before = self._body(words, mention.start)
        if before is None and len(words) <= 2 and words[0] in self._words["firms"]:
            before = self._firm(mention.start)
        if before is not None:
            return again(before, mention), How.PRONOUN if pointing else How.DESCRIBED
        phrase = mention.text
        if sure and words[0] in self._words["nobody"]:
            return None, How.NONE
        if not sure and (len(words) > MOST_WORDS or not self._describes(words, phrase)):
            return None, How.NONE
        if pointing and last is not None and self._is_who(words, phrase):
            return again(last, mention), How.PRONOUN
        return Speaker(name=self._description(phrase), mention=mention), How.DESCRIBED

    def remember(self, speaker: Speaker) -> None:
        """A described speaker, whom a shorter description means later on."""
        self._described.add(speaker)

    def _body(self, words: list[str], position: int) -> Speaker | None:
        """The nearest body before whose name begins with the head of a description: "kementerian itu"."""
        head = self._described.head(words)
        for named in reversed(self._cast.bodies_before(position)):
            if named.entity.name.split(maxsplit=1)[0].casefold() == head:
                return self._named(named)
        return None

    def _firm(self, position: int) -> Speaker | None:
        """The nearest body before, for "perusahaan" without a name."""
        near = (
            named for named in reversed(self._cast.bodies_before(position)) if named.entity.label is Label.ORG
        )
        named = next(near, None)
        return self._named(named) if named else None

    def _is_who(self, words: list[str], phrase: str) -> bool:
        """A description of one person by what only that one is: "Ulama asal X ini"."""
        closed = self._words["people"] | self._words["sources"] | self._words["many"]
        capitals = sum(word[0].isupper() for word in phrase.split())
        return words[0] not in closed and len(words) > 2 and capitals > 1

    def _by_handle(self, mention: Span) -> Speaker | None:
        """An account: ``akun @sukaraya.info``."""
        handle = _HANDLE.search(mention.text)
        return Speaker(name=handle[0], mention=mention) if handle else None

    def _by_name(self, start: int, end: int) -> Speaker | None:
        """A person named in the phrase, or two who speak together (names joined, no entity)."""
        people = [one for one in self._cast.people_within(start, end) if not self._owns(one)]
        return self._together(people) or (self._named(people[0]) if people else None)

    def _together(self, named: list[Named]) -> Speaker | None:
        """The first two, if they are joined."""
        if len(named) < 2 or self._text[named[0].end : named[1].start].strip() not in _AND:
            return None
        first, second = named[0], named[1]
        if first.entity.id == second.entity.id:
            return None
        mention = Span(start=first.start, end=second.end, text=self._text[first.start : second.end])
        return Speaker(name=f"{first.entity.name} dan {second.entity.name}", mention=mention)

    def _owns(self, one: Named) -> bool:
        """``X's lawyer``."""
        return self._text[one.end : one.end + 2] in {"'s", "’s"}

    def _by_title(self, words: list[str], mention: Span) -> Speaker | None:
        """A body that the phrase is the name of, else the person who holds the title that it is."""
        mentions = self._cast.within(mention.start, mention.end)
        if mentions and mentions[0].start == mention.start and mentions[0].end >= mention.end - 1:
            return self._named(mentions[0])
        if len(mentions) == 2 and (mentions[0].start, mentions[1].end) == (mention.start, mention.end):
            return self._together(mentions)
        holder = self._holder(words)
        if holder is None:
            return None
        return Speaker(name=holder.name, entity=holder.id, mention=mention, role=self._cast.role(holder))

    def _by_part(self, words: list[str], start: int, end: int) -> Speaker | None:
        """A body that the phrase begins with, or whose report it is ("laporan X")."""
        mentions = self._cast.within(start, end)
        if not mentions:
            return None
        if words[0] in self._words["sources"]:
            return self._named(mentions[-1])
        return self._named(mentions[0]) if mentions[0].start == start else None

    def _by_short_name(self, mention: Span) -> Speaker | None:
        """A person, by a name that the story's entities do not hold at this place: ``Ranu`` of "Ranu Sadewo"."""
        for word in reversed(mention.text.split()):
            holder = self._cast.by_name(word.casefold()) if word[0].isupper() else None
            if holder is not None:
                return Speaker(
                    name=holder.name, entity=holder.id, mention=mention, role=self._cast.role(holder)
                )
        return None

    def _named(self, one: Named) -> Speaker:
        mention = Span(start=one.start, end=one.end, text=self._text[one.start : one.end])
        role = self._cast.role(one.entity) if one.person else None
        return Speaker(name=one.entity.name, entity=one.entity.id, mention=mention, role=role)

    def _points(self, words: list[str]) -> bool:
        """A description that points back to a person: "pria itu", "pelatih asal X"."""
        if len(words) < 2:
            return False
        human = words[0] in self._words["persons"]
        if words[-1] in self._words["demonstratives"]:
            return human or self._cast.is_title_word(words[0])
        return human and words[1] in self._words["person_tails"]

    def _points_to_body(self, words: list[str], last: Speaker) -> bool:
        """``media asal X itu``, where a body spoke last."""
        if len(words) < 3 or words[0] not in self._words["sources"]:
            return False
        return words[-1] in self._words["demonstratives"] and last.entity in self._cast.bodies

    def _is_title_of(self, words: list[str], last: Speaker) -> bool:
        """The words are of the title of who spoke last ("sang pelatih", "Ketua KPU")."""
        kept = {word for word in words if word not in _ARTICLES}
        if not last.role or not 0 < len(kept) < 4 or not any(map(self._cast.is_title_word, kept)):
            return False
        return kept <= set(re.findall(r"\w+", last.role.casefold()))

    def _holder(self, words: list[str]) -> Entity | None:
        """The first person whose title starts with the phrase, spelled out or abbreviated."""
        phrase = " ".join(words)
        holder = self._cast.holder(phrase)
        if holder is None and phrase in self._offices:
            holder = self._cast.holder(self._offices[phrase])
        if holder is None and words[0] in self._offices:
            holder = self._cast.holder(" ".join((self._offices[words[0]], *words[1:])))
        return holder

    def _describes(self, words: list[str], phrase: str) -> bool:
        """Looks like a description of somebody."""
        if words[0] in self._words["people"] or words[0] in self._words["sources"]:
            return words[-1] != "satunya"  # "salah satunya"
        if words[-1] in self._words["others"] and len(words) < 4:
            return True
        if self._cast.is_title_word(words[0]):
            return True
        if phrase[0].isdigit():
            return not self._words["people"].isdisjoint(words)
        capitals = sum(word[0].isupper() for word in phrase.split())
        named = phrase[0].isupper() and (capitals > 1 or phrase.isupper())
        return named and self._words["adverbs"].isdisjoint(words)

    def _description(self, phrase: str) -> str:
        words = phrase.split()
        if len(words) > 1 and words[-1].casefold() in self._words["demonstratives"]:
            words.pop()
        return " ".join(words)


def again(last: Speaker | None, mention: Span | None) -> Speaker | None:
    """The same speaker, by another mention."""
    return None if last is None else _again(last, mention)


def _again(last: Speaker, mention: Span | None) -> Speaker:
    return Speaker(name=last.name, entity=last.entity, mention=mention, role=last.role)
