"""Of whom the sentence before tells: a person that is its subject may be who speaks next, though nobody says so."""

from __future__ import annotations

from dataclasses import dataclass

from processors.quotes.cast import Cast, Named
from processors.quotes.cues import Cues
from processors.quotes.story import BLANK, Story

MOST_WORDS_BEFORE = 8  # connecting words and a title
_NO_VERB = frozenset(("dan", "serta", "itu", "tersebut", "ini", "and", "of"))


@dataclass(frozen=True, slots=True)
class Subject:
    """A person that a sentence tells of.

    Attributes:
        named: the mention.
        new: the story has not named the person before.
        near: no line ends between that sentence and what follows.
    """

    named: Named
    new: bool
    near: bool


class Subjects:
    """The subjects of the sentences of one story."""

    def __init__(self, story: Story, cast: Cast, cues: Cues) -> None:
        """`cast` is that of the story."""
        self._story = story
        self._text = story.text
        self._cast = cast
        self._small = cues.words["leads"] | cues.words["adverbs"] | cues.words["connecting"]
        self._heads = cues.words["people"] | cues.words["persons"]
        self._first: dict[str, int] = {}
        for named in cast.people:
            self._first.setdefault(named.entity.id, named.start)

    def before(self, position: int) -> Subject | None:
        """The subject of the sentence before that of `position`, if that is a person and the sentence no speech."""
        begin, _ = self._story.sentences.around(position)
        at = min(begin, position) - 1
        while at > 0 and self._text[at] in BLANK:
            at -= 1
        if at <= 0 or self._story.in_marks(at):
            return None
        start, end = self._story.sentences.around(at)
        person = next(iter(self._cast.people_within(start, end)), None)
        if person is None or not self._leads_only(start, person.start) or not self._has_verb(person.end):
            return None
        return Subject(
            named=person,
            new=self._first[person.entity.id] >= start,
            near="\n" not in self._text[at:begin],
        )

    def _leads_only(self, start: int, end: int) -> bool:
        """Nothing stands there but connecting words, and then a title or a description of who that is."""
        words = self._text[start:end].split()
        if len(words) > MOST_WORDS_BEFORE:
            return False
        for word in words:
            low = word.strip(",").lower()
            if low in self._heads or self._cast.is_title_word(word):
                return True
            if not word[0].isupper() and low not in self._small:
                return False
        return True

    def _has_verb(self, position: int) -> bool:
        """A small word follows that may be one: the name is not a part of a longer phrase."""
        if self._text[position : position + 1] != " ":
            return False
        word = self._text[position + 1 : position + 40].split(maxsplit=1)
        if not word or not word[0][0].islower() or word[0] in _NO_VERB:
            return False
        return not word[0].startswith("di")  # who has something done to him is seldom who speaks next
