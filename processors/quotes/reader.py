"""Walks over the acts of speech of a story in the order in which they are told, and keeps who spoke last."""

from __future__ import annotations

from dataclasses import dataclass, replace

from processors.quotes.cast import Cast
from processors.quotes.cues import Cues
from processors.quotes.phrases import Phrases
from processors.quotes.said import Said
from processors.quotes.story import Story
from processors.quotes.subjects import Subjects
from processors.quotes.whom import How, Whom, again
from processors.records import Entity, Label, QuoteKind, Span, Speaker

AHEAD = 300  # code points behind a quote that opens a story, within which its speaker may be told


@dataclass(frozen=True, slots=True)
class Attributed:
    """A quote with its speaker, and how that was found."""

    said: Said
    kind: QuoteKind
    speaker: Speaker | None
    how: How


class Reader:
    """Resolves the speakers of one story.

    "ujarnya" and "dia" mean the nearest person before who spoke, or was told to speak, in marks or not; a body only
    if no person has.
    """

    def __init__(self, story: Story, cast: Cast, cues: Cues, phrases: Phrases) -> None:
        """`cast` and `phrases` are those of the story."""
        self._story = story
        text = self._text = story.text
        self._subjects = Subjects(story, cast, cues)
        self._somebody = cues.words["somebody"]
        self._several = cues.words["several"]
        self._sources = cues.words["sources"]
        self._pointers = cues.words["demonstratives"]
        self._cast = cast
        self._phrases = phrases
        self._whom = Whom(text, cast, cues)
        self._nobody = cues.words["many"] | cues.words["sources"]
        self._people = {named.entity.id for named in cast.people}
        self._last: Speaker | None = None
        self._last_quoted: tuple[int, Speaker | None] = (
            -1,
            None,
        )  # end of the last quote in marks, and its speaker
        self._last_person: Speaker | None = None
        self._last_several: Speaker | None = None  # a body, or several people

    def read(self, told: list[Said]) -> list[Attributed]:
        """The quotes among `told`, which is in order; reported speech without any speaker is none."""
        found: list[Attributed] = []
        for said in told:
            speaker, how = self._resolve(said)
            if self._last is None and speaker is not None and how in {How.NAMED, How.DESCRIBED}:
                self._open(found, said, speaker, how)
            self._remember(said, speaker, how)
            if said.kind is not None and said.kind is not QuoteKind.INDIRECT:
                self._last_quoted = said.end, speaker
            if said.kind is not None and (speaker is not None or said.kind is not QuoteKind.INDIRECT):
                found.append(Attributed(said, said.kind, speaker, how))
        return found

    def _open(self, found: list[Attributed], said: Said, speaker: Speaker, how: How) -> None:
        """The quotes that open a story are of the first who speaks, if that is told soon behind them."""
        for at, one in enumerate(found):
            near = said.order - one.said.end <= AHEAD
            if near and (one.said.cue is None or how is How.NAMED):
                found[at] = replace(one, speaker=again(speaker, None), how=How.AHEAD)

    def _remember(self, said: Said, speaker: Speaker | None, how: How) -> None:
        if speaker is not None and how in {How.NAMED, How.DESCRIBED} and not self._is_one(speaker, how):
            self._last_several = speaker
        if speaker is None or how is How.GUESSED or (said.kind is None and how is not How.NAMED):
            return
        self._last = speaker
        if how is How.DESCRIBED and speaker.entity is None:
            self._whom.remember(speaker)
        if self._is_one(speaker, how):
            self._last_person = speaker

    def _is_one(self, speaker: Speaker, how: How) -> bool:
        return speaker.entity in self._people or (how is How.DESCRIBED and self._is_one_person(speaker))

    def _is_one_person(self, speaker: Speaker) -> bool:
        """A description of one human being ("seorang warga"), to whom "ujarnya" can point back."""
        first = speaker.name.split(maxsplit=1)[0].casefold()
        return first not in self._nobody and not first[0].isdigit()

    def _resolve(self, said: Said) -> tuple[Speaker | None, How]:
        if said.phrase is None:
            if said.cue is None and self._goes_on(said):
                return again(self._last_quoted[1], None), How.CARRIED
            if said.cue is None or said.cue.behind != "own":
                return self._carried(said, None)
            mention = self._span(said.cue.start, said.cue.end)
            met = self._met(said.order, mention, close=said.kind is QuoteKind.INDIRECT)
            return (met, How.CARRIED) if met else self._carried(said, mention)
        start, end = self._words_of(said, said.phrase)
        if self._text[start:end].casefold() in self._somebody:
            opens = said.backwards or said.exact
            met = self._met(start if opens else said.order, self._span(start, end), close=opens)
            if met is not None:
                return met, How.PRONOUN
        last = self._carried(said, None)[0]
        if self._last_several is not None and self._means_several(self._text[start:end].casefold()):
            last = self._last_several
        speaker, how = self._whom.read(start, end, last, sure=said.exact)
        if speaker is None and said.kind in {QuoteKind.DIRECT, QuoteKind.MIXED}:
            return self._carried(said, None)
        return speaker, how

    def _means_several(self, phrase: str) -> bool:
        """``mereka``, ``media asal X itu``: no one person."""
        words = phrase.split()
        return phrase in self._several or (
            len(words) > 1 and words[0] in self._sources and words[-1] in self._pointers
        )

    def _goes_on(self, said: Said) -> bool:
        """Nothing but its attribution stands between the quote before and this one."""
        end, speaker = self._last_quoted
        return speaker is not None and self._story.follows(said.start, end)

    def _words_of(self, said: Said, phrase: tuple[int, int]) -> tuple[int, int]:
        """The speaker's words in his phrase."""
        if said.exact:
            return phrase
        return self._phrases.subject(*phrase) if said.backwards else self._phrases.behind(*phrase)

    def _met(self, position: int, mention: Span, *, close: bool) -> Speaker | None:
        """The person of whom the sentence before tells: one who is new to the story, or, if the words are so `close`
        to that sentence, anybody.
        """
        subject = self._subjects.before(position)
        if subject is None or not (subject.new or (close and subject.near)):
            return None
        return self._speaker(subject.named.entity, mention)

    def _span(self, start: int, end: int) -> Span:
        return Span(start=start, end=end, text=self._text[start:end])

    def _carried(self, said: Said, mention: Span | None) -> tuple[Speaker | None, How]:
        """Who spoke last; before anybody has, the person named last."""
        last = self._last_person or self._last
        if last is not None:
            return again(last, mention), How.CARRIED
        named = self._cast.person_before(said.order)
        if named is None:
            return None, How.NONE
        return self._speaker(named.entity, mention), How.GUESSED

    def _speaker(self, entity: Entity, mention: Span | None) -> Speaker:
        role = self._cast.role(entity) if entity.label is Label.PERSON else None
        return Speaker(name=entity.name, entity=entity.id, mention=mention, role=role)
