"""Where the phrase stands that names a speaker: behind a cue ("kata X"), or as the subject of a verb ("X mengatakan")."""

from __future__ import annotations

import re

from processors.quotes.cast import Cast, Named
from processors.quotes.cues import Cues

MOST_WORDS = 9  # of a description; a longer phrase is no description but a clause
LONGEST = 260  # code points of a phrase behind a cue
_GAP = 90  # code points between a comma and the name behind it
_APPOSED = 110  # code points between a name and its verb
_TOKEN = re.compile(r"@?\w+(?:[-.'’@*]+\w+)*\.?|[^\w\s]|\n")
_POINTER = re.compile(r"[^.,\"“”\n;:]{0,90}?\b(?:itu|ini|tersebut)\b")
_RELATIVE = re.compile(r"\s+yang\s+")
_TIES = frozenset("@(/&-–'’")  # marks that may stand inside of a phrase
_AND = frozenset(("dan", "and", "serta"))


class Phrases:
    """Finds the speaker phrases of one story; all offsets are code points of its text."""

    def __init__(self, text: str, cast: Cast, cues: Cues) -> None:
        """`cast` is that of `text`."""
        self._text = text
        self._cast = cast
        self._words = cues.words

    def opens_name(self, position: int) -> bool:
        """A person's name or a title starts at `position`."""
        if self._cast.people_within(position, position + 1):
            return True
        word = _TOKEN.match(self._text, position)
        return word is not None and self._cast.is_title_word(word[0])

    def agent(self, position: int) -> int | None:
        """Where, right behind a passive, its agent starts ("disampaikan langsung oleh X"); None if it has none there."""
        for match in _TOKEN.finditer(self._text, position, position + 60):
            word = match[0].lower()
            if word in self._words["before_agents"]:
                continue
            named = match[0][0].isupper() or self._cast.is_title_word(match[0])
            return match.start() if named or word in self._words["people"] else None
        return None

    def behind(self, at: int, limit: int) -> tuple[int, int]:
        """The phrase that starts at `at`: up to a name, or up to a word that ends it; never beyond `limit`."""
        limit = min(limit, at + LONGEST)
        person = next(iter(self._cast.people_within(at, limit)), None)
        pointed = self._pointed(at, person, limit)
        if pointed is not None:
            return trimmed(self._text, at, pointed)
        end = at
        title = False
        for match in _TOKEN.finditer(self._text, at, limit):
            word = match[0]
            if person is not None and match.start() >= person.start:
                own = self._own(at, person, limit)
                return trimmed(self._text, at if own is person else own.start, self._joint(own, limit).end)
            if end == at:
                pronoun = word.lower().rstrip(".")
                if pronoun in self._words["pronouns"]:
                    return match.start(), match.start() + len(pronoun)
                title = self._cast.is_title_word(word)
            if word == "," and person is not None and person.start - match.end() <= _GAP:
                continue
            if word.lower() in self._words["stops"] and not self._may_hold(
                at, end, word.lower(), title=title and person is not None
            ):
                return self._described(at, end, limit)
            if word[0].isalnum() or word[0] in _TIES:
                end = match.end()
            if word != ")" and (end < match.end() or self._ends_sentence(word)):
                break
        return trimmed(self._text, at, end)

    def subject(self, start: int, end: int) -> tuple[int, int]:
        """The subject of a verb that starts at `end`, in the clause from `start` on."""
        text, adverbs = self._text, self._words["adverbs"]
        tokens = list(_TOKEN.finditer(text, start, end))
        while tokens and (tokens[-1][0] == "," or tokens[-1][0].lower() in adverbs):
            tokens.pop()
        if not tokens:
            return end, end
        last = tokens[-1]
        stop = last.end()
        if last[0].lower() in self._words["pronouns"]:
            return last.start(), stop
        if last[0].lower() == "yang":  # "X yang mengaku ...": told of the name right before, or of nobody
            named = [one for one in self._cast.within(start, last.start()) if one.end >= last.start() - 2]
            return (named[-1].start, named[-1].end) if named else (end, end)
        pointing = last[0].lower() in self._words["demonstratives"]
        person = None if pointing else self._person_before(start, stop) or self._body_before(start, stop)
        if person is not None:
            return person
        begin = max(
            (match.end() for match in tokens if match.end() < stop and self._divides(match)), default=start
        )
        begin = self._skip_leads(begin, stop)
        mentions = self._cast.within(start, stop)
        if mentions and mentions[-1].end >= stop and not self._opens_description(text[begin:stop]):
            joined = len(mentions) > 1 and text[mentions[-2].end : mentions[-1].start].strip() in _AND
            return mentions[-2 if joined and mentions[-2].start == begin else -1].start, stop
        return trimmed(text, begin, stop)

    # behind a cue

    def _may_hold(self, at: int, end: int, stop: str, *, title: bool) -> bool:
        """A word that ends most phrases goes on with this one: a long title before a name ("Kepala Dinas X di Y, N"),
        or the source of a report ("pernyataan dari N").
        """
        if title and stop in self._words["soft"]:
            return True
        head = self._text[at:end].split(maxsplit=1)
        return stop in {"dari", "from"} and bool(head) and head[0].lower() in self._words["sources"]

    def _ends_sentence(self, word: str) -> bool:
        """A word with a full stop that is neither an abbreviation nor an initial."""
        if not word.endswith("."):
            return False
        return word[:-1].lower() not in self._words["abbreviated"] and not (
            len(word) == 2 and word[0].isupper()
        )

    def _pointed(self, at: int, person: Named | None, limit: int) -> int | None:
        """Where a description of a person ends that points back, whatever name it holds: "putri mendiang X itu"."""
        head = _TOKEN.search(self._text, at, limit)
        if head is None:
            return None
        first = head[0].casefold()
        heads = self._words["persons"] | self._words["people"] | self._words["sources"]
        pointer = _POINTER.match(self._text, at, limit)
        if pointer is None or not (first in heads or self._cast.is_title_word(first)):
            return None
        if person is not None and pointer.end() > person.start:
            behind = self._text[person.end : pointer.end()].casefold().split()
            return pointer.end() if len(behind) == 1 else None
        words = self._text[at : pointer.end()].casefold().split()
        return pointer.end() if self._words["stops"].isdisjoint(words) else None

    def _own(self, at: int, person: Named, limit: int) -> Named:
        """Who is meant where one name only tells who the other is: "pengacara X, Y", "Kepala Polres X AKP Y"."""
        behind = self._cast.people_within(person.end, min(limit, person.end + _GAP))
        lead = self._text[at : person.start].split()
        if not behind or not lead:
            return person
        between = self._text[person.end : behind[0].start]
        if between == ", " and lead[-1].casefold() in self._words["related"]:
            return behind[0]
        words = between.split()
        named = all(word[0].isupper() and word.isalnum() for word in words)
        return behind[0] if named and any(map(self._cast.is_title_word, words)) else person

    def _joint(self, person: Named, limit: int) -> Named:
        """The second of two who speak together ("A dan B"), else the first."""
        behind = self._cast.people_within(person.end, min(limit, person.end + 30))
        if behind and self._text[person.end : behind[0].start].strip() in _AND:
            return behind[0]
        return person

    def _described(self, at: int, end: int, limit: int) -> tuple[int, int]:
        """A description goes on over a stop to its demonstrative ("mantan bek asal X itu"), or over a relative clause
        ("seorang sumber yang mengetahui rencana").
        """
        head = self._text[at:end].split(maxsplit=1)
        first = head[0].casefold() if head else ""
        anybody = first in self._words["people"]
        if anybody or first in self._words["persons"] or self._cast.is_title_word(first):
            pointer = _POINTER.match(self._text, end, limit)
            if pointer:
                return trimmed(self._text, at, pointer.end())
        relative = _RELATIVE.match(self._text, end, limit) if anybody else None
        if relative:
            for match in _TOKEN.finditer(self._text, relative.end(), limit):
                if match[0].lower() in self._words["clause_ends"] or not match[0][0].isalnum():
                    break
                end = match.end()
        return trimmed(self._text, at, end)

    # before a verb

    def _person_before(self, start: int, stop: int) -> tuple[int, int] | None:
        """The last person named in the clause, or the last two together, if only a description of who that is stands
        between name and verb.
        """
        people = self._cast.people_within(start, stop)
        while len(people) > 1 and self._beside(people[-2].end, people[-1].start):
            people.pop()
        if not people:
            return None
        behind = self._text[people[-1].end : stop]
        framed = behind.startswith(",") and self._text[stop : stop + 1] == ","
        if len(behind) >= (2 * _APPOSED if framed else _APPOSED) or not self._apposes(people[-1].end, stop):
            return None
        first = people[-1]
        if len(people) > 1 and self._text[people[-2].end : first.start].strip() in _AND:
            first = people[-2]
        return first.start, people[-1].end

    def _body_before(self, start: int, stop: int) -> tuple[int, int] | None:
        """A name that opens the clause where only a description of it stands between two commas before the verb: it
        may be a person's that was taken for another's.
        """
        named = next(iter(self._cast.within(start, stop)), None)
        if (
            named is None
            or self._text[stop : stop + 1] != ","
            or self._skip_leads(start, stop) != named.start
        ):
            return None
        behind = self._text[named.end : stop]
        words = behind.removeprefix(",").split()
        if not behind.startswith(", ") or len(behind) > 2 * _APPOSED or not words or "," in behind[1:]:
            return None
        head = words[0].casefold()
        described = head in self._words["people"] or head in self._words["persons"] or head == "yang"
        return (named.start, named.end) if described or self._cast.is_title_word(head) else None

    def _beside(self, start: int, end: int) -> bool:
        """The second of two names is only told beside the first: "X, istri Y", "X didampingi Y"."""
        words = self._text[start:end].replace(",", " ").split()
        return bool(words) and words[0].lower() in self._words["beside"]

    def _divides(self, mark: re.Match[str]) -> bool:
        """A comma or its like, but not that of a number."""
        around = self._text[mark.start() - 1 : mark.start()] + self._text[mark.end() : mark.end() + 1]
        return mark[0] in ",;:" and not around.isdigit()

    def _apposes(self, start: int, end: int) -> bool:
        between = self._text[start:end].strip()
        if not between or between[0] in "(," or between.count(" ") < 3:
            return True
        return between.split(maxsplit=1)[0].lower() in self._words["apposing"]

    def _opens_description(self, phrase: str) -> bool:
        """The phrase opens as a description or a title does, so a name at its end is only a part of it."""
        words = phrase.split()
        if not words or len(words) > MOST_WORDS:
            return False
        head = words[0].casefold()
        return (
            self._cast.is_title_word(head) or head in self._words["people"] or head in self._words["sources"]
        )

    def _skip_leads(self, start: int, end: int) -> int:
        """Past the connecting words before a subject ("Namun kemudian ...")."""
        for match in _TOKEN.finditer(self._text, start, end):
            low = match[0].lower()
            if low not in self._words["leads"] and low not in self._words["adverbs"]:
                return match.start()
        return end


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """[start, end) without white space and punctuation at its ends."""
    while start < end and not (text[start].isalnum() or text[start] == "@"):
        start += 1
    while end > start and not (text[end - 1].isalnum() or text[end - 1] in ")*"):
        end -= 1
    return start, end
