import json
from pathlib import Path
from types import SimpleNamespace

import orjson
import pytest

from processors.cleaning import Cleaner
from processors.enrich import RULES, STAGES, Chain
from processors.errors import ProcessorFailed, StoryMemory
from processors.quotes import QuoteFinder
from processors.records import Article, QuoteKind, State
from processors.wordlists import BrokenData

SHARED = Path(__file__).resolve().parents[3] / "shared"
STORY_WORD = "Bramantyo"
STORY = Article(
    uri="urn:kawat:test:1",
    version=3,
    title="Gubernur Tirtajaya puji nelayan",
    source="kabarpesisir.example",
    body=(
        "SUKARAYA - Gubernur Tirtajaya Bramantyo Halim memuji nelayan Pulau Sembilan, Senin (3/2/2025).\n"
        '"Kami tidak akan lupa jasa nelayan," kata Bramantyo. "Mereka bekerja tanpa takut," lanjutnya.\n'
        "Baca juga: Harga ikan naik jelang puasa"
    ),
)


@pytest.fixture(scope="module")
def chain():
    return Chain.load()


@pytest.fixture(scope="module")
def enriched(chain):
    return chain.enrich(STORY)


def test_a_story_becomes_clean_text_entities_and_attributed_quotes(enriched):
    story = enriched.article.enrichment
    assert "Baca juga" not in story.text
    assert story.language == "id"
    assert "Bramantyo Halim" in {entity.name for entity in story.entities}
    assert [(quote.text, quote.speaker.name, quote.speaker.role) for quote in story.quotes] == [
        ("Kami tidak akan lupa jasa nelayan,", "Bramantyo Halim", "Gubernur Tirtajaya"),
        ("Mereka bekerja tanpa takut,", "Bramantyo Halim", "Gubernur Tirtajaya"),
    ]


def test_the_three_records_tell_the_same_of_the_same_version(enriched):
    story = enriched.article.enrichment
    for record in (enriched.entities, enriched.quotes):
        for field in ("uri", "version", "state", "source", "language", "model"):
            assert getattr(record, field) == getattr(story, field)
    assert (story.uri, story.version, story.state, story.model) == (STORY.uri, "3", State.USABLE, RULES)
    assert enriched.entities.entities == story.entities
    assert enriched.quotes.quotes == story.quotes
    assert enriched.article.article["uri"] == STORY.uri


def test_a_speaker_points_to_an_entity_of_the_story(enriched):
    names = {entity.id: entity.name for entity in enriched.entities.entities}
    assert [names[quote.speaker.entity] for quote in enriched.quotes.quotes] == ["Bramantyo Halim"] * 2


def test_the_records_are_json_as_they_are(enriched):
    assert json.loads(orjson.dumps(enriched.article))["enrichment"]["schema"] == "kawat/1"


def test_the_same_story_gives_the_same_bytes(chain, enriched):
    assert orjson.dumps(chain.enrich(STORY).article) == orjson.dumps(enriched.article)


def test_each_stage_is_told_as_it_begins(chain):
    told = []
    chain.enrich(STORY, told.append)
    assert tuple(told) == STAGES


def test_an_empty_story_has_empty_text_entities_and_quotes(chain):
    story = chain.enrich(Article(uri="urn:kawat:test:2")).article.enrichment
    assert (story.text, story.entities, story.quotes, story.language) == ("", (), (), None)


def test_html_is_read_as_text(chain):
    body = '<p>Gubernur Bramantyo Halim tiba.</p><p>"Kami siap," kata Bramantyo.</p>'
    story = chain.enrich(Article(uri="urn:kawat:test:3", body=body, body_type="html")).article.enrichment
    assert [quote.text for quote in story.quotes] == ["Kami siap,"]


def raising(error):
    def fail(*_args, **_kwargs):
        raise error

    return fail


def failing(stage, error):
    """A chain of which one stage raises."""
    fail = raising(error)
    empty = SimpleNamespace(text=STORY_WORD, dateline=None, removed=())
    return Chain(
        cleaner=SimpleNamespace(clean=fail if stage == "clean" else lambda _article: empty),
        languages=SimpleNamespace(decide=fail if stage == "language" else lambda _text, stated: stated),
        entities=SimpleNamespace(find=fail if stage == "entities" else lambda *_args: ()),
        quotes=SimpleNamespace(find=fail if stage == "quotes" else lambda *_args: ()),
        document=fail if stage == "document" else lambda *_args, **_kwargs: {},
    )


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_raises_is_told_with_its_place_and_without_text_of_the_story(stage):
    with pytest.raises(ProcessorFailed) as caught:
        failing(stage, ValueError(f"can't read {STORY_WORD}")).enrich(STORY)
    failed = caught.value
    assert (failed.stage, failed.uri) == (stage, STORY.uri)
    assert str(failed).startswith("ValueError at ")
    assert STORY_WORD not in str(failed)
    assert failed.__cause__ is None
    assert failed.__suppress_context__


def test_lack_of_memory_and_errors_that_have_their_reason_pass_as_they_are():
    with pytest.raises(MemoryError):
        failing("entities", MemoryError()).enrich(STORY)
    error = StoryMemory("too much", stage="entities")
    with pytest.raises(StoryMemory) as caught:
        failing("entities", error).enrich(STORY)
    assert caught.value is error


def test_a_broken_data_file_is_told_when_loading(monkeypatch):
    monkeypatch.setattr(
        QuoteFinder, "load", raising(BrokenData("data/cues.tsv, line 7: 3 columns are expected"))
    )
    with pytest.raises(BrokenData, match=r"cues\.tsv, line 7"):
        Chain.load()


def test_the_cleaner_of_the_chain_is_the_real_one(chain):
    assert isinstance(chain._cleaner, Cleaner)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the annotated stories are not beside the project")
def test_the_first_real_story_gives_all_its_quotations_to_their_speaker(chain):
    gold = json.loads((SHARED / "data" / "seed" / "gold.jsonl").read_text("utf-8").splitlines()[0])
    story = chain.enrich(
        Article(uri="seed", body=gold["body"], source=gold["outlet"], language=gold["language"])
    ).article.enrichment
    quotes = [quote for quote in story.quotes if quote.kind is QuoteKind.DIRECT]
    wanted = [quote for quote in gold["quotes"] if quote["kind"] == "direct"]
    assert len(quotes) == len(wanted) == 4
    for quote, one in zip(quotes, wanted, strict=True):
        assert quote.text == gold["body"][one["start"] : one["end"]]
        assert (quote.speaker.name, quote.speaker.role) == (one["who"], one["role"])
        assert quote.cue.text == one["cue"]
    names = {entity.name for entity in story.entities}
    wanted_names = {name for *_, name in gold["entities"] if name}
    assert len(wanted_names - names) <= 1, wanted_names - names
