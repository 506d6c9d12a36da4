"""Quotes by rules, their speakers by rules and encoder together.

Rules find what was said more exactly than the encoder does, and whom the words beside it name; the encoder has seen
who is meant by "katanya" and "dia". Where it is sure of somebody else, it is right more often than they are.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from processors.encoder.evidence import Known
from processors.encoder.reading import Place, Reading
from processors.language import primary_subtag
from processors.quotes.cast import Cast
from processors.records import Entity, Quote, QuoteKind, Span, Speaker

SURE = 0.9  # probability from which the encoder overrules; below, rules are right more often (split dev)
# of `weigh`, fitted by `python -m bench.calibrate_quotes ../shared --fit --encoder`
WEIGHTS = (0.38, 0.66, 0.29, -0.59)
MOST = 4.0  # no log-odds count for more
OWN_SPEAKER = "nya"  # a cue that ends so means its speaker too ("ujarnya")
NEAR = 160  # code points between a quote and the words that tell its speaker
READ_BY_RULES = frozenset(("en",))  # whose words the model does not have


def weigh(evidence: tuple[float, ...]) -> float:
    """The probability that a quote is right, stretch and speaker both.

    Args:
        evidence: 1; the log-odds of what the rules hold of it; those of the encoder for its speaker; 1 if the
            encoder overruled, else 0.
    """
    total = sum(weight * value for weight, value in zip(WEIGHTS, evidence, strict=True))
    return round(1 / (1 + math.exp(-total)), 2)


def log_odds(probability: float) -> float:
    """At most `MOST` either way."""
    if not 0 < probability < 1:
        return MOST if probability >= 1 else -MOST
    return max(-MOST, min(MOST, math.log(probability / (1 - probability))))


class Reads(Protocol):
    """What `processors.encoder.reader.Reader` does."""

    def read(self, text: str, known: Sequence[Known] = ()) -> Reading: ...


class Finds(Protocol):
    """What `processors.quotes.finder.QuoteFinder` does."""

    def find(self, text: str, entities: tuple[Entity, ...], language: str | None) -> tuple[Quote, ...]: ...


class VoicedQuotes:
    """Finds the quotes of one story at a time."""

    def __init__(self, reader: Reads, rules: Finds, titles: frozenset[str]) -> None:
        """`titles`: see `processors.quotes.cast.title_words`."""
        self._reader = reader
        self._rules = rules
        self._titles = titles

    def find(self, text: str, entities: tuple[Entity, ...], language: str | None) -> tuple[Quote, ...]:
        """Quotes with ids "q1", "q2", ... in reading order; they do not overlap."""
        quotes = self._rules.find(text, entities, language)
        if not quotes or primary_subtag(language) in READ_BY_RULES:
            return quotes
        story = _Story(text, entities, self._reader.read(text), self._titles)
        return tuple(story.voiced(quote) for quote in quotes)


class _Story:
    """One story's entities and reading, looked up by place."""

    def __init__(
        self, text: str, entities: tuple[Entity, ...], reading: Reading, titles: frozenset[str]
    ) -> None:
        self._text = text
        self._reading = reading
        self._cast = Cast(text, entities, titles)
        self._entities = {mention.start: entity for entity in entities for mention in entity.mentions}

    def voiced(self, quote: Quote) -> Quote:
        """The quote, with whom the encoder is sure of for its speaker, and how sure both together are of it.

        What is reported without marks keeps its speaker: rules are right more often there.
        """
        voice = self._reading.voices.of(quote.start, quote.end)
        summed: dict[str, float] = {}
        named: dict[str, Entity] = {}
        for candidate in voice.candidates:
            entity = self._entities.get(candidate.start)
            if entity is not None:
                summed[entity.id] = summed.get(entity.id, 0.0) + candidate.probability
                named[entity.id] = entity
        best = max(summed, key=summed.__getitem__, default=None)
        given = quote.speaker.entity if quote.speaker else None
        if best is None or summed[best] < SURE or given == best or quote.kind is QuoteKind.INDIRECT:
            likely = summed.get(given, 0.0) if given else voice.nobody
            return replace(quote, confidence=weigh((1.0, log_odds(quote.confidence), log_odds(likely), 0.0)))
        entity = named[best]
        speaker = Speaker(
            name=entity.name, entity=entity.id, mention=self._beside(quote), role=self._cast.role(entity)
        )
        sure = weigh((1.0, log_odds(quote.confidence), log_odds(summed[best]), 1.0))
        return replace(quote, speaker=speaker, confidence=sure)

    def _beside(self, quote: Quote) -> Span | None:
        """The words near the quote that tell its speaker."""
        if quote.cue is not None and quote.cue.text.casefold().endswith(OWN_SPEAKER):
            return quote.cue
        near = self._nearest(self._reading.sources, quote.start, quote.end)
        return Span(start=near.start, end=near.end, text=self._text[near.start : near.end]) if near else None

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
