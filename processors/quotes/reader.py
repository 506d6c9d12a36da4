"""Walks over the acts of speech of a story in the order in which they are told, and keeps who spoke last."""

from __future__ import annotations

from dataclasses import dataclass

from processors.quotes.cast import Cast
from processors.quotes.cues import Cues
from processors.quotes.phrases import Phrases
from processors.quotes.said import Said
from processors.quotes.whom import How, Whom, again
from processors.records import Entity, Label, QuoteKind, Span, Speaker


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

    def __init__(self, text: str, cast: Cast, cues: Cues, phrases: Phrases) -> None:
        """`cast` and `phrases` are those of `text`."""
        self._text = text
        self._cast = cast
        self._phrases = phrases
        self._whom = Whom(text, cast, cues)
        self._nobody = cues.words["many"] | cues.words["sources"]
        self._people = {named.entity.id for named in cast.people}
        self._last: Speaker | None = None
        self._last_person: Speaker | None = None

    def read(self, told: list[Said]) -> list[Attributed]:
        """The quotes among `told`, which is in order; reported speech without any speaker is none."""
        found = []
        for said in told:
            speaker, how = self._resolve(said)
            self._remember(said, speaker, how)
            if said.kind is not None and (speaker is not None or said.kind is not QuoteKind.INDIRECT):
                found.append(Attributed(said, said.kind, speaker, how))
        return found

    def _remember(self, said: Said, speaker: Speaker | None, how: How) -> None:
        if speaker is None or how is How.GUESSED or (said.kind is None and how is not How.NAMED):
            return
        self._last = speaker
        if speaker.entity in self._people or (how is How.DESCRIBED and self._is_one_person(speaker)):
            self._last_person = speaker

    def _is_one_person(self, speaker: Speaker) -> bool:
        """A description of one human being ("seorang warga"), to whom "ujarnya" can point back."""
        first = speaker.name.split(maxsplit=1)[0].casefold()
        return first not in self._nobody and not first[0].isdigit()

    def _resolve(self, said: Said) -> tuple[Speaker | None, How]:
        mention = None
        if said.phrase is None:
            if said.cue is not None and said.cue.behind == "own":
                cue = said.cue
                mention = Span(start=cue.start, end=cue.end, text=self._text[cue.start : cue.end])
            return self._carried(said, mention)
        find = self._phrases.subject if said.backwards else self._phrases.behind
        start, end = find(*said.phrase)
        speaker, how = self._whom.read(start, end, self._carried(said, None)[0])
        if speaker is None and said.kind in {QuoteKind.DIRECT, QuoteKind.MIXED}:
            return self._carried(said, None)
        return speaker, how

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
