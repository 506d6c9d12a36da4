"""The schemas accept what the code writes and refuse what it must never write."""

import dataclasses
import inspect
import json
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from jsonschema import Draft202012Validator, ValidationError

from config.topics import TOPICS
from consumers.contracts.schemas import NINJS, RECORDS, _dataclasses, _documented, schema_of
from consumers.insights.boilerplate.records import BoilerplateRecord, LinesRecord
from consumers.insights.speakers.records import Said, SayingRecord, Share, SpeakerRecord, SpeakerStory
from consumers.insights.stories.records import ClusterRecord, ClusterStory, Name, SketchRecord, Voice
from consumers.insights.trends.bursts import Measure
from consumers.insights.trends.records import MentionRecord, TrendRecord
from consumers.lanes.ledger import Entry
from processors import intake, records
from processors.records import (
    ArticleRecord,
    Dateline,
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
    State,
)

NINJS_FILE = Path(intake.__file__).parent / "schemas/ninjs-schema_3.1.json"

TEXT = '"Pasar ini dibuka lagi bulan depan," kata Wali Kota Ranu Sadewo.'
ENTITY = Entity(
    id="e1",
    label=Label.PERSON,
    name="Ranu Sadewo",
    mentions=(Span(start=52, end=63, text="Ranu Sadewo"),),
    salience=0.8,
)
QUOTE = Quote(
    id="q1",
    kind=QuoteKind.DIRECT,
    text="Pasar ini dibuka lagi bulan depan,",
    start=1,
    end=35,
    speaker=Speaker(
        name="Ranu Sadewo", entity="e1", mention=Span(start=52, end=63, text="Ranu Sadewo"), role="Wali Kota"
    ),
    cue=Span(start=37, end=41, text="kata"),
    confidence=0.93,
)
ABOUT = {
    "uri": "urn:newsml:warta.example:20260304:17",
    "version": "2",
    "state": State.USABLE,
    "source": "warta.example",
    "language": "id",
    "model": Model(name="kawat_id", version="1.0.0"),
}
ENRICHMENT = Enrichment(
    **ABOUT,
    text=TEXT,
    dateline=Dateline(place="SALATIGA", outlet=None, text="SALATIGA - "),
    removed=(Removed(kind=RemovedKind.RELATED, text="Baca juga: Pasar Lama Dibongkar"),),
    entities=(ENTITY,),
    quotes=(QUOTE,),
)
ARTICLE = {
    "uri": ABOUT["uri"],
    "standard": {"name": "ninjs", "version": "3.1", "schema": NINJS.rstrip("#")},
    "type": "text",
    "pubStatus": "usable",
    "headlines": [{"role": "main", "value": "Pasar dibuka lagi"}],
}
ENTRY = Entry(
    version=2,
    version_created=datetime(2026, 3, 4, 5, 6, tzinfo=UTC),
    digest="0f" * 16,
    state=State.USABLE,
    offset=41,
)
SAMPLES = {
    "article": ArticleRecord(article=ARTICLE, enrichment=ENRICHMENT),
    "entities": EntitiesRecord(**ABOUT, entities=(ENTITY,)),
    "quotes": QuotesRecord(**ABOUT, quotes=(QUOTE,)),
    "ledger": ENTRY,
    "mention": MentionRecord(
        uri="urn:warta:1", name="Ranu Sadewo", at=1_790_000_000, offset=41, now=1_790_000_001
    ),
    "trend": TrendRecord(
        label=Label.PERSON,
        name="Ranu Sadewo",
        state="rising",
        at=1_790_000_001,
        since=1_790_000_001,
        windows=(Measure(window="10m", stories=3, expected=0.1, score=4.2),),
    ),
}

SAID = Said(
    id="q1",
    kind=QuoteKind.DIRECT,
    text=QUOTE.text,
    start=1,
    end=35,
    role="Wali Kota",
    confidence=0.93,
)
SAMPLES["saying"] = SayingRecord(
    uri="urn:warta:1",
    version="2",
    source="warta.example",
    name="Ranu Sadewo",
    at=1_790_000_000,
    offset=41,
    quotes=(SAID,),
    now=1_790_000_001,
)
SAMPLES["speaker"] = SpeakerRecord(
    name="Ranu Sadewo",
    at=1_790_000_001,
    revision=12,
    stories=1,
    quotes=1,
    outlets=(Share(name="warta.example", stories=1),),
    roles=(Share(name="Wali Kota", stories=1),),
    said=(
        SpeakerStory(
            uri="urn:warta:1", version="2", source="warta.example", at=1_790_000_000, quotes=(SAID,)
        ),
    ),
)

VOICE, NAME = Voice(id="q1", speaker=None, text="Belum"), Name(label=Label.PERSON, name="Ranu Sadewo")
SAMPLES["sketch"] = SketchRecord(
    uri="urn:warta:1",
    version="2",
    source="warta.example",
    at=1_790_000_000,
    offset=41,
    triples="AQAAAA==",
    quotes=(VOICE,),
    entities=(NAME,),
    now=1_790_000_001,
)
FIRST = ClusterStory(
    uri="urn:warta:1", version="2", source="warta.example", at=1_790_000_000, follows=None, shared=None
)
SAMPLES["cluster"] = ClusterRecord(
    state="linked",
    at=1_790_000_001,
    revision=12,
    count=2,
    stories=(
        FIRST,
        dataclasses.replace(
            FIRST, uri="urn:kabar:7", follows=FIRST.uri, shared=0.71, quotes=(VOICE,), entities=(NAME,)
        ),
    ),
)
SAMPLES["lines"] = LinesRecord(
    uri="urn:warta:1",
    at=1_790_000_000,
    offset=7,
    pieces=(("line", "Gulir untuk lanjut", 2, "1"),),
    words=(17, 4_711),
    now=1_790_000_001,
)
SAMPLES["boilerplate"] = BoilerplateRecord(
    id="0123456789",
    source="warta.example",
    state="open",
    key="lines.ad.whole",
    value="Gulir untuk lanjut",
    kind=RemovedKind.AD,
    stories=12,
    of=90,
    pieces=14,
    examples=("urn:warta:1",),
    samples=("Gulir untuk lanjut",),
    at=1_790_000_001,
    since=1_790_000_000,
)


def written(record: object) -> dict:
    return json.loads(orjson.dumps(record))


@pytest.mark.parametrize("name", RECORDS)
def test_a_schema_is_itself_valid(name):
    Draft202012Validator.check_schema(schema_of(name))


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_as_orjson_writes_it_fits_its_schema_exactly(name, validator):
    validator(name).validate(written(SAMPLES[name]))


@pytest.mark.parametrize("name", RECORDS)
def test_every_property_is_required(name, validator):
    value = written(SAMPLES[name])
    for key in value:
        without = {k: v for k, v in value.items() if k != key}
        with pytest.raises(ValidationError, match=f"'{key}' is a required property"):
            validator(name).validate(without)


@pytest.mark.parametrize("name", RECORDS)
def test_a_property_added_later_does_not_break_readers_that_validate(name, validator):
    validator(name, closed=False).validate(written(SAMPLES[name]) | {"added_later": 1})


def test_a_kill_without_a_body_fits(validator):
    killed = dataclasses.replace(
        ENRICHMENT, state=State.CANCELED, text="", dateline=None, removed=(), entities=(), quotes=()
    )
    article = {k: v for k, v in ARTICLE.items() if k != "headlines"} | {"pubStatus": "canceled"}
    validator("article").validate(written(ArticleRecord(article=article, enrichment=killed)))


def test_the_article_must_be_a_ninjs_document(validator):
    value = written(SAMPLES["article"])
    value["article"]["enrichment"] = {}
    with pytest.raises(ValidationError, match="Unevaluated properties are not allowed"):
        validator("article").validate(value)


@pytest.mark.parametrize(
    ("name", "path", "wrong"),
    [
        ("article", ("enrichment", "state"), "killed"),
        ("article", ("enrichment", "schema"), "kawat/2"),
        ("article", ("enrichment", "removed", 0, "kind"), "advert"),
        ("article", ("enrichment", "language"), 7),
        ("entities", ("entities", 0, "label"), "PER"),
        ("entities", ("entities", 0, "mentions"), []),
        ("entities", ("entities", 0, "mentions", 0, "start"), -1),
        ("entities", ("entities", 0, "salience"), 1.5),
        ("quotes", ("quotes", 0, "kind"), "rumour"),
        ("quotes", ("quotes", 0, "speaker"), "Ranu Sadewo"),
        ("quotes", ("quotes", 0, "confidence"), -0.1),
        ("ledger", ("digest",), "not hex"),
        ("ledger", ("version_created",), "yesterday"),
    ],
)
def test_a_wrong_value_is_refused(name, path, wrong, validator):
    value = written(SAMPLES[name])
    *parents, last = path
    here = value
    for step in parents:
        here = here[step]
    here[last] = wrong
    with pytest.raises(ValidationError) as caught:
        validator(name).validate(value)
    assert tuple(caught.value.absolute_path) == path


def test_every_schema_that_a_topic_names_exists_and_every_one_is_used():
    assert {topic.schema for topic in TOPICS if topic.schema} == set(RECORDS)


def test_every_attribute_that_a_docstring_describes_is_a_field():
    """A description under a wrong name would silently not reach the schema."""
    for record in RECORDS.values():
        for kind in _dataclasses(record):
            _, attributes = _documented(inspect.getdoc(kind) or "")
            assert attributes.keys() <= {field.name for field in dataclasses.fields(kind)}, kind


def test_descriptions_come_from_the_docstrings():
    entity = schema_of("entities")["$defs"]["Entity"]["properties"]
    assert entity["name"]["description"].startswith("the fullest name of the entity")
    assert "description" not in schema_of("entities")["$defs"]["Model"]["properties"]["name"]


def test_an_attributes_entry_may_name_several_fields_and_run_over_lines():
    about, attributes = _documented(
        "What it is.\n\nAttributes:\n    a, b: one\n        thing.\n    c: None here."
    )
    assert about == "What it is."
    assert attributes == {"a": "one thing.", "b": "one thing.", "c": "null here."}


def test_labels_and_states_are_closed_sets():
    defined = schema_of("article")["$defs"]
    assert defined["Label"]["enum"] == [label.value for label in records.Label]
    assert defined["State"]["enum"] == [state.value for state in records.State]
