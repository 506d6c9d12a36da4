"""Quotes from what the encoder heard: spans, kinds, speakers; rules read what lies behind the end of its reading."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from processors.encoder.reader import Reader
from processors.encoder.reading import Heard, Place, Reading
from processors.encoder.voices import Candidate
from processors.language import primary_subtag
from processors.quotes.cast import Cast
from processors.quotes.finder import QuoteFinder
from processors.records import Entity, Quote, QuoteKind, Span, Speaker

MARKS = "\"“”„«»'‘’`?" + " \t\n"
OWN_SPEAKER = "nya"  # a cue that ends so means its speaker too ("ujarnya")
NEAR = 160  # code points between a quote and its cue or source
READ_BY_RULES = frozenset(("en",))  # whose words the model does not have


@dataclass(frozen=True, slots=True)
class _Spoken:
    """Who speaks, and how probable that is."""

    speaker: Speaker | None
    probability: float


class HeardQuotes:
    """Finds the quotes of one story at a time."""

    def __init__(self, reader: Reader, rules: QuoteFinder, titles: frozenset[str]) -> None:
        """`titles`: see `processors.quotes.cast.title_words`."""
        self._reader = reader
        self._rules = rules
        self._titles = titles

    def find(self, text: str, entities: tuple[Entity, ...], language: str | None) -> tuple[Quote, ...]:
        """Quotes with ids "q1", "q2", ... in reading order; they do not overlap."""
        if primary_subtag(language) in READ_BY_RULES:
            return self._rules.find(text, entities, language)
        reading = self._reader.read(text)
        story = _Story(text, entities, reading, Cast(text, entities, self._titles))
        quotes = [quote for heard in reading.speech if (quote := story.quote(heard)) is not None]
        if reading.end < len(text):
            behind = self._rules.find(text, entities, language)
            quotes += [quote for quote in behind if quote.start >= reading.end]
        return tuple(replace(quote, id=f"q{number}") for number, quote in enumerate(quotes, 1))


class _Story:
    """One story's entities and reading, looked up by place."""

    def __init__(self, text: str, entities: Sequence[Entity], reading: Reading, cast: Cast) -> None:
        self._text = text
        self._reading = reading
        self._cast = cast
        self._entities = {mention.start: entity for entity in entities for mention in entity.mentions}

    def quote(self, heard: Heard) -> Quote | None:
        """The record of what was heard; None when nothing of it is left between its marks."""
        start, end = self._inside(heard)
        if start >= end:
            return None
        cue = self._nearest(self._reading.cues, start, end)
        spoken = self._speaker(heard, start, end, cue)
        return Quote(
            id="",
            kind=heard.kind,
            text=self._text[start:end],
            start=start,
            end=end,
            speaker=spoken.speaker,
            cue=self._span(cue) if cue else None,
            confidence=round(heard.score * spoken.probability, 2),
        )

    def _inside(self, heard: Heard) -> tuple[int, int]:
        """Without marks and white space at its ends, which are not said."""
        start, end = heard.start, heard.end
        marks = MARKS if heard.kind is not QuoteKind.INDIRECT else " \t\n"
        while start < end and self._text[start] in marks:
            start += 1
        while end > start and self._text[end - 1] in marks.replace("?", ""):
            end -= 1
        return start, end

    def _speaker(self, heard: Heard, start: int, end: int, cue: Place | None) -> _Spoken:
        voice = self._reading.voices.of(heard.start, heard.end)
        summed: dict[str | int | None, float] = {None: voice.nobody}
        first: dict[str | int, Candidate] = {}
        for candidate in voice.candidates:
            entity = self._entities.get(candidate.start)
            key = entity.id if entity else candidate.start
            summed[key] = summed.get(key, 0.0) + candidate.probability
            first.setdefault(key, candidate)
        best = max(summed, key=summed.__getitem__)
        own = cue is not None and self._text[cue.start : cue.end].casefold().endswith(OWN_SPEAKER)
        source = cue if own else self._nearest(self._reading.sources, start, end)
        mention = self._span(source) if source else None
        if best is None:
            return _Spoken(None, summed[None])
        candidate = first[best]
        entity = self._entities.get(candidate.start)
        if entity is None:
            words = self._span(candidate)
            return _Spoken(Speaker(name=words.text, mention=words), summed[best])
        speaker = Speaker(name=entity.name, entity=entity.id, mention=mention, role=self._cast.role(entity))
        return _Spoken(speaker, summed[best])

    def _nearest(self, places: Sequence[Place], start: int, end: int) -> Place | None:
        """The nearest place within `NEAR` of the quote, on its line."""
        at = bisect_right(places, start, key=lambda place: place.start)
        best, least = None, NEAR
        for place in places[max(0, at - 3) : at + 12]:
            if place.end <= start:
                gap = self._text[place.end : start]
            elif place.start >= end:
                gap = self._text[end : place.start]
            else:
                continue
            if len(gap) < least and "\n" not in gap:
                best, least = place, len(gap)
        return best

    def _span(self, place: Place | Candidate) -> Span:
        return Span(start=place.start, end=place.end, text=self._text[place.start : place.end])
