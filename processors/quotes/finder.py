"""Clean text and entities -> attributed quotes.

In order: marks, sentences and cues (`story`); speech in marks and reported speech (`said`); who speaks (`reader`).
A trained reader of speech may take the place of the second step, and one of speakers that of the third.
"""

from __future__ import annotations

from typing import Self

from processors.quotes.cast import Cast, title_words
from processors.quotes.confidence import Confidence, load_confidence
from processors.quotes.cues import Cues
from processors.quotes.marked_speech import MarkedSpeech
from processors.quotes.phrases import Phrases
from processors.quotes.reader import Attributed, Reader
from processors.quotes.reported_speech import ReportedSpeech
from processors.quotes.story import Story
from processors.quotes.whom import How
from processors.records import Entity, Quote, Span


class QuoteFinder:
    """Finds the quotes of one story at a time."""

    def __init__(self, cues: Cues, titles: frozenset[str], confidence: Confidence) -> None:
        """`titles`: the words that titles are made of, lower case; `confidence`: see `load_confidence`."""
        self._confidence = confidence
        self._cues = cues
        self._titles = titles

    @classmethod
    def load(cls) -> Self:
        """Reads cues, titles, closed classes and confidence.

        Raises:
            BrokenData: a data file can't be used.
        """
        return cls(Cues.load(), title_words(), load_confidence())

    def find(self, text: str, entities: tuple[Entity, ...], language: str | None) -> tuple[Quote, ...]:
        """Quotes with ids "q1", "q2", ... in reading order; they do not overlap. Linear in the length of `text`.

        Args:
            text: the clean text.
            entities: what `EntityFinder` found in it.
            language: of the text, as a BCP 47 tag; tells which reporting words are looked for.
        """
        return tuple(quote for quote, _ in self.attributed(text, entities, language))

    def attributed(
        self, text: str, entities: tuple[Entity, ...], language: str | None
    ) -> tuple[tuple[Quote, How], ...]:
        """As `find`, and with each quote how its speaker was found."""
        story = Story(text, self._cues, language)
        cast = Cast(text, entities, self._titles)
        phrases = Phrases(text, cast, self._cues)
        quoted = MarkedSpeech(story, self._cues, phrases).read()
        reported = ReportedSpeech(story, self._cues, phrases, quoted).read()
        told = sorted([*(said for _, said in quoted), *reported], key=lambda said: said.order)
        attributed = Reader(story, cast, self._cues, phrases).read(told)
        quotes: list[tuple[Quote, How]] = []
        for one in sorted(attributed, key=lambda one: (one.said.start, one.said.end)):
            start, end = _stripped(text, one.said.start, one.said.end)
            if start < end and (not quotes or start >= quotes[-1][0].end):
                quotes.append((self._quote(text, start, end, one, len(quotes) + 1), one.how))
        return tuple(quotes)

    def _quote(self, text: str, start: int, end: int, one: Attributed, number: int) -> Quote:
        cue = one.said.cue
        return Quote(
            id=f"q{number}",
            kind=one.kind,
            text=text[start:end],
            start=start,
            end=end,
            speaker=one.speaker,
            cue=Span(start=cue.start, end=cue.end, text=text[cue.start : cue.end]) if cue else None,
            confidence=self._confidence[one.kind, one.how],
        )


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
