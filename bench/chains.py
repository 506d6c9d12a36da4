"""Chains that cost nothing or little, to measure and torment everything around the NLP.

`bench.chains:noop` answers at once; `bench.chains:light` works for about 3 ms a story, always the same work.
Both find an entity and a quote, so that there is something on every output topic.
"""

from collections.abc import Callable
from hashlib import blake2b

from processors.records import (
    Article,
    ArticleRecord,
    Enriched,
    Enrichment,
    EntitiesRecord,
    Entity,
    Label,
    Model,
    Quote,
    QuoteKind,
    QuotesRecord,
    Removed,
    RemovedKind,
    Span,
    Speaker,
)

MODEL = Model(name="bench", version="1")


class Made:
    """Takes the first word for a person and the rest of the story's first 80 characters for what they said."""

    def __init__(self, work: int = 0) -> None:
        self._work = bytes(work)

    def enrich(self, article: Article, on_stage: Callable[[str], None] | None = None) -> Enriched:
        if on_stage:
            on_stage("clean")
        text = article.body.rstrip()
        if on_stage:
            on_stage("entities")
        person = text.partition(" ")[0]
        span = Span(start=0, end=len(person), text=person)
        entities = (Entity(id="e1", label=Label.PERSON, name=person, mentions=(span,), salience=1.0),)
        if on_stage:
            on_stage("quotes")
        said = text[len(person) + 1 : 80]
        quote = Quote(
            id="q1",
            kind=QuoteKind.DIRECT,
            text=said,
            start=len(person) + 1,
            end=len(person) + 1 + len(said),
            speaker=Speaker(name=person, entity="e1", mention=span),
            cue=None,
            confidence=1.0,
        )
        of = {
            "uri": article.uri,
            "version": article.version_name(),
            "state": article.state,
            "source": article.source,
            "language": article.language or "id",
            "model": MODEL,
        }
        enrichment = Enrichment(
            **of,
            text=text,
            removed=(Removed(kind=RemovedKind.OTHER, text=article.body[len(text) :]),),
            entities=entities,
            quotes=(quote,),
        )
        blake2b(self._work)
        return Enriched(
            article=ArticleRecord(article={"uri": article.uri}, enrichment=enrichment),
            entities=EntitiesRecord(**of, entities=entities),
            quotes=QuotesRecord(**of, quotes=(quote,)),
        )


def noop() -> Made:
    """Costs only the records themselves."""
    return Made()


def light() -> Made:
    """About 3 ms a story on a core of 2022: blake2b over 2.8 MB."""
    return Made(2_800_000)
