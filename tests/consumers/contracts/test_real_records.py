"""What the chain makes of real formats fits the published schemas, and holds what they promise in words."""

import json

import orjson
import pytest

from consumers.demo import stories
from consumers.lanes.triage import Outcome
from processors import intake
from processors.enrich import Chain

RAWS = [raw for raw in stories.load() if raw.stories[0].outcome is Outcome.ENRICHED]


@pytest.fixture(scope="module")
def chain():
    return Chain.load()


@pytest.mark.parametrize("raw", RAWS, ids=lambda raw: raw.payload.where)
def test_an_enriched_story_fits_its_schemas_and_its_offsets_hold(raw, chain, validator):
    read = intake.read(
        raw.payload.value, content_type=raw.payload.content_type, key=raw.payload.where.encode()
    )
    for article in read:
        enriched = chain.enrich(article)
        for name in ("article", "entities", "quotes"):
            value = json.loads(orjson.dumps(getattr(enriched, name)))
            validator(name).validate(value)
        enrichment = enriched.article.enrichment
        spans = [mention for entity in enrichment.entities for mention in entity.mentions]
        assert spans
        assert all(enrichment.text[span.start : span.end] == span.text for span in spans)
        assert all(enrichment.text[quote.start : quote.end] == quote.text for quote in enrichment.quotes)
        assert enriched.entities.entities == enrichment.entities
        assert enriched.quotes.quotes == enrichment.quotes
