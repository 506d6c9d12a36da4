"""The phrases beside a cue: where the speaker's begins and ends, and whom it names."""

from __future__ import annotations

import re

from processors.quotes.cast import Cast, Named
from processors.quotes.cues import Cues
from processors.records import Entity, Span, Speaker

_TOKEN = re.compile(r"@?\w+(?:[-.'’@*]\w+)*\.?|[^\w\s]|\n")
_POINTER = re.compile(r"[^.,\"“”\n;:]{0,90}?\b(?:itu|ini|tersebut)\b")
_RELATIVE = re.compile(r"\s+yang\s+")
_HANDLE = re.compile(r"@[\w.*]+[\w*]")
MOST_WORDS = 9  # of a description; a longer phrase is no description but a clause


class Phrases:
    """Reads the speaker phrases of one story."""

    def __init__(self, text: str, cast: Cast, cues: Cues) -> None:
        """`cast` is that of `text`."""
        self._text = text
        self._cast = cast
        self._words = cues.words
        self._offices = dict(line.split(" = ") for line in cues.words["offices"])

    def opens_name(self, position: int) -> bool:
        """A person's name or a title starts at `position`."""
        if any(self._cast.people_within(position, position + 1)):
            return True
        word = _TOKEN.match(self._text, position)
        return word is not None and self._cast.is_title_word(word[0])

    # where a phrase is

    def behind(self, at: int, limit: int) -> tuple[int, int]:
        """The phrase that starts at `at`: up to a name, or up to a word that ends it; never beyond `limit`."""
        words = self._words
        limit = min(limit, at + 260)
        person = next(iter(self._cast.people_within(at, limit)), None)
        end = at
        title = None
        for match in _TOKEN.finditer(self._text, at, limit):
            token, low = match[0], match[0].lower()
            if person is not None and match.start() >= person.start:
                return trimmed(self._text, at, self._joint(person, limit).end)
            if title is None and token[0].isalnum():
                title = self._cast.is_title_word(token)
            if low.rstrip(".") in words["pronouns"] and end == at:
                return match.start(), match.start() + len(low.rstrip("."))
            if token in ",":
                if person is None or person.start - match.end() > 90:
                    break
                continue
            if low in words["stops"]:
                source = low in {"dari", "from"} and self._text[at:end].split()[:1] and self._text[at:end].split()[0].lower() in words["sources"]
                if not source and not (title and low in words["soft"] and person is not None):
                    return self._pointing(at, end, limit)
            if not token[0].isalnum() and token[0] not in "@(/&-–'’":
                if token != ")":
                    break
                continue
            end = match.end()
            if token.endswith(".") and low[:-1] not in words["abbreviated"] and not (len(token) == 2 and token[0].isupper()):
                break
        return trimmed(self._text, at, end)

    def _joint(self, person: Named, limit: int) -> Named:
        """The second of two who speak together ("A dan B"), else the first."""
        behind = self._cast.people_within(person.end, min(limit, person.end + 30))
        if behind and self._text[person.end : behind[0].start].strip() in {"dan", "and", "serta"}:
            return behind[0]
        return person

    def _pointing(self, at: int, end: int, limit: int) -> tuple[int, int]:
        """A phrase that goes on over its end to a demonstrative ("mantan bek asal X itu") is one description."""
        head = self._text[at:end].split()
        first = head[0].casefold() if head else ""
        if first in self._words["persons"] or first in self._words["people"] or (head and self._cast.is_title_word(first)):
            match = _POINTER.match(self._text, end, limit)
            if match:
                return trimmed(self._text, at, match.end())
        if first in self._words["people"]:  # "seorang sumber yang mengetahui rencana itu"
            match = _RELATIVE.match(self._text, end, limit)
            if match:
                for token in _TOKEN.finditer(self._text, match.end(), limit):
                    if token[0].lower() in self._words["clause_ends"] or not token[0][0].isalnum():
                        break
                    end = token.end()
        return trimmed(self._text, at, end)

    def subject(self, start: int, end: int) -> tuple[int, int]:
        """The subject of a verb that starts at `end`, in the clause from `start` on."""
        text = self._text
        tokens = list(_TOKEN.finditer(text, start, end))
        while tokens and (tokens[-1][0].lower() in self._words["adverbs"] or tokens[-1][0] == ","):
            tokens.pop()
        if not tokens:
            return end, end
        last = tokens[-1]
        stop = last.end()
        if last[0].lower() in self._words["pronouns"]:
            return last.start(), stop
        mentions = self._cast.within(start, stop)
        people = [one for one in mentions if one.person]
        if people and stop - people[-1].end < 110 and self._apposed(people[-1].end, stop):
            first = people[-1]
            if len(people) > 1 and text[people[-2].end : first.start].strip() in {"dan", "and", "serta"}:
                first = people[-2]
            return first.start, people[-1].end
        begin = start
        for match in tokens:
            if match[0] in ",;:" and match.end() < stop:
                begin = match.end()
        begin = self._skip_leads(begin, stop)
        if mentions and mentions[-1].end >= stop and not self._heads(text[begin:stop]):
            return mentions[-1].start, stop
        return trimmed(text, begin, stop)

    def _heads(self, phrase: str) -> bool:
        """The phrase opens as a description or a title does, so a name at its end is only a part of it."""
        words = phrase.split()
        if not words or len(words) > MOST_WORDS:
            return False
        head = words[0].casefold()
        return self._cast.is_title_word(head) or head in self._words["people"] or head in self._words["sources"]

    def _apposed(self, start: int, end: int) -> bool:
        """Between a name and its verb there stand only brackets, adverbs or a description of who it is."""
        between = self._text[start:end].strip()
        if not between or between[0] in "(," or between.count(" ") < 3:
            return True
        return between.split()[0].lower() in {"dari", "selaku", "sebagai", "yang", "from", "of"}

    def _skip_leads(self, start: int, end: int) -> int:
        for match in _TOKEN.finditer(self._text, start, end):
            if match[0].lower() not in self._words["leads"] and match[0].lower() not in self._words["adverbs"]:
                return match.start()
        return end

    # whom it names

    def speaker(self, start: int, end: int, last: Speaker | None) -> tuple[Speaker | None, str]:
        """Whom the phrase [start, end) names, and how: "named", "pronoun" (`last` again), "described", "none"."""
        if start >= end:
            return None, "none"
        text = self._text
        phrase = text[start:end]
        mention = Span(start=start, end=end, text=phrase)
        words = [word.casefold() for word in phrase.split()]
        mentions = self._cast.within(start, end)
        pointing = self._points(words)
        people = [one for one in mentions if one.person]
        if people and not pointing:
            return self._together(people, start, end) or self._named(people[0]), "named"
        handle = _HANDLE.search(phrase)
        if handle:
            return Speaker(name=handle[0], mention=mention), "named"
        if words[0] in self._words["pronouns"] and len(words) <= 2:
            return again(last, mention), "pronoun"
        if mentions and mentions[0].start == start and mentions[0].end >= end - 1:
            return self._named(mentions[0]), "named"
        holder = self._holder(words)
        if holder is not None and (last is None or holder.id != last.entity):
            return Speaker(name=holder.name, entity=holder.id, mention=mention, role=self._cast.role(holder)), "named"
        if last is not None and (pointing or self._of(words, last)):
            return again(last, mention), "pronoun"
        if mentions and (mentions[0].start == start or words[0] in self._words["sources"]):
            return self._named(mentions[-1] if words[0] in self._words["sources"] else mentions[0]), "named"
        if len(words) > MOST_WORDS or not self._describes(words, phrase):
            return None, "none"
        named = phrase.split()
        if words[-1] in self._words["demonstratives"] and len(named) > 1:
            named.pop()
        return Speaker(name=" ".join(named), mention=mention), "described"

    def _together(self, people: list[Named], start: int, end: int) -> Speaker | None:
        """Two who speak together: their names joined, no entity."""
        if len(people) < 2 or self._text[people[0].end : people[1].start].strip() not in {"dan", "and", "serta"}:
            return None
        first, second = people[0], people[1]
        if first.entity.id == second.entity.id:
            return None
        mention = Span(start=first.start, end=second.end, text=self._text[first.start : second.end])
        return Speaker(name=f"{first.entity.name} dan {second.entity.name}", mention=mention)

    def _named(self, one: Named) -> Speaker:
        own = Span(start=one.start, end=one.end, text=self._text[one.start : one.end])
        role = self._cast.role(one.entity) if one.person else None
        return Speaker(name=one.entity.name, entity=one.entity.id, mention=own, role=role)

    def _points(self, words: list[str]) -> bool:
        """A description that points back: "pria itu", "pelatih asal X"."""
        if words[-1] in self._words["demonstratives"] and len(words) > 1:
            return words[0] in self._words["persons"] or self._cast.is_title_word(words[0])
        return len(words) > 1 and words[0] in self._words["persons"] and words[1] in self._words["person_tails"]

    def _of(self, words: list[str], last: Speaker) -> bool:
        """The words are of the title of who spoke last ("sang pelatih", "Ketua KPU")."""
        role = (last.role or "").casefold()
        kept = [word for word in words if word not in {"sang", "si", "the"}]
        return bool(role) and bool(kept) and len(kept) < 4 and any(map(self._cast.is_title_word, kept)) and set(kept) <= set(re.findall(r"\w+", role))

    def _holder(self, words: list[str]) -> Entity | None:
        """The first person whose title is the phrase, or starts with it, spelled out or abbreviated."""
        phrase = " ".join(words)
        first = self._offices.get(words[0]) if phrase not in self._offices else self._offices[phrase]
        wanted = [phrase] if first is None else [phrase, " ".join((first, *words[1:])) if phrase not in self._offices else first]
        for entity, role in self._cast.roles():
            title = role.casefold()
            for want in wanted:
                if title == want or title.startswith(want + " ") or f"({want})" in title:
                    return entity
        return None

    def _describes(self, words: list[str], phrase: str) -> bool:
        """Looks like a description of somebody."""
        if words[0] in self._words["people"] or words[0] in self._words["sources"]:
            return words[-1] != "satunya"
        if self._cast.is_title_word(words[0]):
            return True
        if phrase[0].isdigit():
            return bool(set(words) & self._words["people"])
        capitalised = sum(word[0].isupper() for word in phrase.split())
        return phrase[0].isupper() and (capitalised > 1 or phrase.isupper()) and not set(words) & self._words["adverbs"]


def again(last: Speaker | None, mention: Span | None) -> Speaker | None:
    """The same speaker, by another mention."""
    if last is None:
        return None
    return Speaker(name=last.name, entity=last.entity, mention=mention, role=last.role)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """[start, end) without white space and punctuation at its ends."""
    while start < end and not (text[start].isalnum() or text[start] == "@"):
        start += 1
    while end > start and not (text[end - 1].isalnum() or text[end - 1] in ")*"):
        end -= 1
    return start, end
