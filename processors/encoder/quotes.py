"""Quotes by rules, their speakers by rules and encoder together.

Rules find what was said more exactly than the encoder does, and whom the words beside it name; the encoder has seen
who is meant by "katanya" and "dia". Where it is sure enough of somebody else, it is right more often than they are:
how sure depends on how they found theirs (`trust`). Who was only described, and whom it does not see, it leaves.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from processors.encoder.evidence import Known
from processors.encoder.reading import Place, Reading
from processors.encoder.trust import Trust, log_odds
from processors.language import primary_subtag
from processors.quotes.cast import Cast
from processors.quotes.whom import How
from processors.records import Entity, Label, Quote, Span, Speaker

OWN_SPEAKER = "nya"  # a cue that ends so means its speaker too ("ujarnya")
NEAR = 160  # code points between a quote and the words that tell its speaker
READ_BY_RULES = frozenset(("en",))  # whose words the model does not have


class Reads(Protocol):
    """What `processors.encoder.reader.Reader` does."""

    def read(self, text: str, known: Sequence[Known] = ()) -> Reading: ...


class Finds(Protocol):
    """What `processors.quotes.finder.QuoteFinder` does."""

    def attributed(
        self, text: str, entities: tuple[Entity, ...], language: str | None
    ) -> tuple[tuple[Quote, How], ...]: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the encoder holds of a quote's speaker.

    Attributes:
        likely: probability of the speaker that the rules gave, or of nobody, if they gave none.
        rival: the most probable other entity that may replace him; None if there is none.
        probability: of the rival.
    """

    likely: float
    rival: Entity | None
    probability: float


class VoicedQuotes:
    """Finds the quotes of one story at a time."""

    def __init__(self, reader: Reads, rules: Finds, titles: frozenset[str], trust: Trust) -> None:
        """`titles`: see `processors.quotes.cast.title_words`."""
        self._reader = reader
        self._rules = rules
        self._titles = titles
        self.trust = trust

    def find(self, text: str, entities: tuple[Entity, ...], language: str | None) -> tuple[Quote, ...]:
        """Quotes with ids "q1", "q2", ... in reading order; they do not overlap."""
        attributed = self._rules.attributed(text, entities, language)
        if not attributed or primary_subtag(language) in READ_BY_RULES:
            return tuple(quote for quote, _ in attributed)
        story = _Story(text, entities, self._reader.read(text), self._titles, self.trust)
        return tuple(story.voiced(quote, how) for quote, how in attributed)

    def verdicts(
        self, text: str, entities: tuple[Entity, ...], language: str | None
    ) -> tuple[tuple[Quote, How, Verdict], ...]:
        """The rules' quotes, with what the encoder holds of each: what `trust` is fitted to."""
        story = _Story(text, entities, self._reader.read(text), self._titles, self.trust)
        return tuple(
            (quote, how, story.verdict(quote))
            for quote, how in self._rules.attributed(text, entities, language)
        )


class _Story:
    """One story's entities and reading, looked up by place."""

    def __init__(
        self,
        text: str,
        entities: tuple[Entity, ...],
        reading: Reading,
        titles: frozenset[str],
        trust: Trust,
    ) -> None:
        self._text = text
        self._reading = reading
        self._trust = trust
        self._cast = Cast(text, entities, titles)
        self._entities = {mention.start: entity for entity in entities for mention in entity.mentions}
        self._people = {entity.id for entity in entities if entity.label is Label.PERSON}

    def voiced(self, quote: Quote, how: How) -> Quote:
        """The quote, with whom the encoder is sure of for its speaker, and how sure both together are of it."""
        verdict = self.verdict(quote)
        rules = log_odds(quote.confidence)
        if verdict.rival is None or not self._trust.overrules(quote.kind, how, verdict.probability):
            return replace(quote, confidence=self._trust.weigh((1.0, rules, log_odds(verdict.likely), 0.0)))
        return replace(
            quote,
            speaker=self.speaker(quote, verdict.rival),
            confidence=self._trust.weigh((1.0, rules, log_odds(verdict.probability), 1.0)),
        )

    def speaker(self, quote: Quote, entity: Entity) -> Speaker:
        """The entity as the quote's speaker."""
        return Speaker(
            name=entity.name, entity=entity.id, mention=self._beside(quote), role=self._cast.role(entity)
        )

    def verdict(self, quote: Quote) -> Verdict:
        """What the encoder holds of the quote's speaker; a person whom it does not see has no rival."""
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
        likely = summed.get(given, 0.0) if given else voice.nobody
        if best is None or best == given or (given in self._people and given not in summed):
            return Verdict(likely, None, 0.0)
        return Verdict(likely, named[best], summed[best])

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
