"""Clean text and entities -> attributed quotes: marks, cues, speech, speakers, in this order."""

from __future__ import annotations

from typing import Self

from processors.quotes.cast import Cast, title_words
from processors.quotes.cues import Cues
from processors.quotes.marks import marked
from processors.quotes.phrases import Phrases, again
from processors.quotes.sentences import Sentences
from processors.quotes.speech import Said, Speech
from processors.records import Entity, Quote, QuoteKind, Span, Speaker

# how often span and speaker are right on annotated stories, by how the speaker was found
CONFIDENCE = {"named": 0.95, "pronoun": 0.9, "carried": 0.8, "described": 0.4, "guessed": 0.5, "none": 0.1}
INDIRECT_FACTOR = 0.8


class QuoteFinder:
    """Finds the quotes of one story at a time."""

    def __init__(self, cues: Cues, titles: frozenset[str]) -> None:
        """`titles`: the words that titles are made of, lower case."""
        self._cues = cues
        self._titles = titles

    @classmethod
    def load(cls) -> Self:
        """Reads cues, titles and closed classes.

        Raises:
            BrokenData: a data file can't be used.
        """
        return cls(Cues.load(), title_words())

    def find(self, text: str, entities: tuple[Entity, ...], language: str | None) -> tuple[Quote, ...]:  # noqa: ARG002 - the cues of all languages are read at once
        """Quotes with ids "q1", "q2", ... in reading order; they do not overlap."""
        pieces = marked(text)
        cast = Cast(text, entities, self._titles)
        phrases = Phrases(text, cast, self._cues)
        speech = Speech(text, pieces, Sentences(text, pieces, self._cues.words["abbreviated"]), self._cues.scan(text), self._cues, phrases)
        reader = _Reader(text, cast, phrases, self._cues)
        for said in speech.all():
            reader.read(said)
        quotes: list[Quote] = []
        for start, end, said, speaker, confidence in sorted(reader.found, key=lambda found: found[:2]):
            if quotes and start < quotes[-1].end:
                continue
            cue = said.cue
            quotes.append(
                Quote(
                    id=f"q{len(quotes) + 1}",
                    kind=said.kind or QuoteKind.DIRECT,
                    text=text[start:end],
                    start=start,
                    end=end,
                    speaker=speaker,
                    cue=Span(start=cue.start, end=cue.end, text=text[cue.start : cue.end]) if cue else None,
                    confidence=confidence,
                )
            )
        return tuple(quotes)


class _Reader:
    """Walks over the acts of speech of a story and keeps who spoke last."""

    def __init__(self, text: str, cast: Cast, phrases: Phrases, cues: Cues) -> None:
        self._text = text
        self._cast = cast
        self._phrases = phrases
        self._last: Speaker | None = None
        self._last_person: Speaker | None = None
        self._no_person = cues.words["many"] | cues.words["sources"]
        self._people = {named.entity.id for named in cast.people}
        self.found: list[tuple[int, int, Said, Speaker | None, float]] = []

    def read(self, said: Said) -> None:
        """Resolve its speaker; keep the quote, if it is one."""
        speaker, how = self._speaker(said)
        if speaker is not None and how != "guessed" and not (said.kind is None and how != "named"):
            self._last = speaker
            if speaker.entity in self._people or (how == "described" and self._one_person(speaker)):
                self._last_person = speaker
        if said.kind is None or (said.kind is QuoteKind.INDIRECT and speaker is None):
            return
        start, end = said.start, said.end
        while start < end and self._text[start].isspace():
            start += 1
        while end > start and self._text[end - 1].isspace():
            end -= 1
        if start < end:
            factor = INDIRECT_FACTOR if said.kind is QuoteKind.INDIRECT else 1.0
            self.found.append((start, end, said, speaker, round(CONFIDENCE[how] * factor, 2)))

    def _one_person(self, speaker: Speaker) -> bool:
        """A description of one human being ("seorang warga"), to whom "ujarnya" can point back."""
        first = speaker.name.split()[0].casefold()
        return first not in self._no_person and not first[0].isdigit()

    def _speaker(self, said: Said) -> tuple[Speaker | None, str]:
        if said.phrase is None:
            mention = None
            if said.form == "own" and said.cue:
                mention = Span(
                    start=said.cue.start, end=said.cue.end, text=self._text[said.cue.start : said.cue.end]
                )
            return self._carried(said, mention)
        start, end = self._phrases.subject(*said.phrase) if said.backwards else self._phrases.behind(*said.phrase)
        speaker, how = self._phrases.speaker(start, end, self._carried(said, None)[0])
        if speaker is None and said.kind not in (None, QuoteKind.INDIRECT):
            return self._carried(said, None)
        return speaker, how

    def _carried(self, said: Said, mention: Span | None) -> tuple[Speaker | None, str]:
        """Who spoke last; before anybody has, the person named last."""
        last = self._last_person or self._last  # "ujarnya", "dia": a person rather than a body
        if last is not None:
            return again(last, mention), "carried"
        people = self._cast.people_within(0, said.order)
        if people:
            entity = people[-1].entity
            role = self._cast.role(entity)
            return Speaker(name=entity.name, entity=entity.id, mention=mention, role=role), "guessed"
        return None, "none"
