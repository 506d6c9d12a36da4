"""The output document is valid ninjs 3.1 whatever the story, and a story that may not be shown says nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from referencing import Registry, Resource

from processors.document import STANDARD, as_uri, bodyless, document
from processors.intake import read
from processors.intake.ninjs_schema import GEOJSON, load
from processors.records import Article, Entity, Label, Model, Span, State

WIRE = Path(__file__).resolve().parents[1] / "samples" / "wire"
MODEL = Model(name="id_kawat", version="1.2.0")
SCHEMA = load("ninjs-schema_3.1")
# The reference validator, formats asserted, not the one that the product uses.
VALID = jsonschema.Draft202012Validator(
    SCHEMA,
    format_checker=jsonschema.FormatChecker(),
    registry=Registry().with_resource(GEOJSON, Resource.from_contents(load("geojson"))),
)


def assert_valid(made: dict[str, Any]) -> None:
    VALID.validate(orjson.loads(orjson.dumps(made)))


def entity(name: str, label: Label = Label.PERSON) -> Entity:
    return Entity(id="e1", label=label, name=name, mentions=(Span(start=0, end=1, text="x"),), salience=0.5)


words = st.text(max_size=30)
moments = st.datetimes(datetime(1901, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)) | st.just(  # noqa: DTZ001
    datetime(2026, 11, 24, 10, tzinfo=timezone(timedelta(hours=7)))
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
named = st.fixed_dictionaries(
    {}, optional={"name": words | st.integers(), "uri": words, "rel": words, "literal": words, "odd": words}
)
carried = st.dictionaries(
    st.sampled_from(sorted(SCHEMA["$defs"]["ninjsType"]["properties"])), json_values
) | st.fixed_dictionaries(
    {},
    optional={
        "people": st.lists(named, max_size=3),
        "places": st.lists(named, max_size=3),
        "infoSources": st.lists(named, max_size=2),
        "altIds": st.lists(st.dictionaries(st.sampled_from(["role", "value"]), words), max_size=2),
        "headlines": st.lists(st.dictionaries(st.sampled_from(["role", "value"]), words), max_size=2),
        "slugline": words,
        "uri": words,
        "bodies": st.just([{"value": "leak"}]),
    },
)
uris = st.text(min_size=1, max_size=40) | st.from_regex(r"(https?|urn|tag):[^\s]{0,20}", fullmatch=True)
articles = st.builds(
    Article,
    uri=uris,
    title=st.none() | words,
    byline=st.none() | words,
    source=words,
    language=st.none() | words,
    url=st.none() | words,
    version=st.none() | st.integers(0, 10**9),
    version_created=st.none() | moments,
    published=st.none() | moments,
    embargoed=st.none() | moments,
    state=st.sampled_from(State),
    urgency=st.none() | st.integers(1, 9),
    type=st.sampled_from(["text", "picture", "planning", "", "unheard of"]),
    carried=carried,
)
entities = st.lists(st.builds(entity, words, st.sampled_from(Label)), max_size=6).map(tuple)


@settings(deadline=None)  # the first story loads the schemas
@given(articles, st.text(max_size=60), st.none() | words, entities)
def test_the_document_is_valid_ninjs_whatever_the_story(article, text, language, found):
    made = document(article, text=text, language=language, entities=found)
    assert_valid(made)
    assert made["version"] == article.version_name()
    assert made["pubStatus"] == article.state
    assert [body["value"] for body in made.get("bodies", [])] == ([text] if text else [])
    assert article.uri == made["uri"] or {"role": "uri", "value": article.uri} in made["altIds"]


@settings(deadline=None)  # the first story loads the schemas
@given(articles)
def test_a_story_that_may_not_be_shown_is_valid_ninjs_without_a_word(article):
    made = bodyless(article, model=MODEL)
    assert_valid(made.article.article)
    assert set(made.article.article) <= {
        "uri", "standard", "type", "version", "pubStatus", "versionCreated", "embargoedUntil", "altIds",
    }  # fmt: skip
    state = State.CANCELED if article.state is State.CANCELED else State.WITHHELD
    for record in (made.article.enrichment, made.entities, made.quotes):
        assert (record.uri, record.version, record.state) == (article.uri, article.version_name(), state)
        assert (record.source, record.language, record.model) == (article.source, article.language, MODEL)
    assert (made.article.enrichment.text, made.entities.entities, made.quotes.quotes) == ("", (), ())
    assert made.article.article["pubStatus"] == state


@given(uris)
def test_every_identity_becomes_a_uri_and_different_ones_stay_different(name):
    checker = jsonschema.FormatChecker(["uri"])
    checker.check(as_uri(name), "uri")
    assert as_uri(as_uri(name)) == as_uri(name)
    assert as_uri(name) != as_uri(name + "x")


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("https://www.nusahari.example/a?b=1&c=2#d", "https://www.nusahari.example/a?b=1&c=2#d"),
        ("urn:newsml:kbnusa.example:20261124:PASAR", "urn:newsml:kbnusa.example:20261124:PASAR"),
        ("tag:example.com,2026:x", "tag:example.com,2026:x"),
        ("http://user@host:80/x", "http://user@host:80/x"),
        ("4711", "urn:kawat:4711"),
        ("pasar ikan", "urn:kawat:pasar%20ikan"),
        ("http://host:port/", "urn:kawat:http%3A%2F%2Fhost%3Aport%2F"),
        ("https://a.example/é", "urn:kawat:https%3A%2F%2Fa.example%2F%C3%A9"),
    ],
)
def test_an_identity_that_is_no_uri_stands_inside_a_urn(name, uri):
    assert as_uri(name) == uri


@pytest.mark.parametrize("path", sorted(WIRE.glob("*.[jxh]*")), ids=lambda path: path.name)
def test_the_document_of_every_sample_is_valid(path):
    for article in read(path.read_bytes()):
        assert_valid(document(article, text="Isi.", language="id", entities=()))
        assert_valid(bodyless(article, model=MODEL).article.article)


def test_a_story_has_the_document_that_downstream_expects():
    (article,) = read((WIRE / "ninjs-1.json").read_bytes())
    found = (
        entity("Sulastri Wibawa"),
        entity("Hendro"),
        entity("KB Nusa", Label.ORG),
        entity("TEGALREJO", Label.GPE),
        entity("Jalan Mina", Label.FAC),
        entity("Pasar Malam", Label.EVENT),
        entity("Selasa", Label.DATE),
    )
    assert document(article, text="Pasar ikan buka kembali.", language=None, entities=found) == {
        "uri": "urn:newsml:kbnusa.example:20261124:PASAR-IKAN",
        "standard": STANDARD,
        "type": "text",
        "version": "2",
        "versionCreated": "2026-11-24T03:42:00Z",
        "firstCreated": "2026-11-24T02:15:00Z",
        "pubStatus": "usable",
        "urgency": 4,
        "language": "id",
        "representationType": "full",
        "copyrightHolder": "Kantor Berita Nusa",
        "located": "Tegalrejo",
        "slugline": "pasar-ikan-tegalrejo",
        "by": "Ratna Palaguna",
        "headlines": [
            {"role": "main", "value": "Pasar ikan Tegalrejo buka kembali"},
            {"role": "short", "value": "Pasar Tegalrejo buka"},
        ],
        "descriptions": [
            {
                "role": "text",
                "contentType": "text/plain",
                "value": "Pasar ikan yang terbakar pada Maret kini beroperasi lagi.",
            }
        ],
        "bodies": [
            {
                "role": "clean",
                "contentType": "text/plain",
                "charCount": 24,
                "wordCount": 4,
                "value": "Pasar ikan buka kembali.",
            }
        ],
        "people": [
            {"name": "Sulastri Wibawa", "rel": "about"},
            {"name": "Hendro", "rel": "mentions"},
        ],
        "organisations": [{"name": "KB Nusa", "rel": "mentions"}],
        "places": [
            {
                "name": "Tegalrejo",
                "rel": "about",
                "uri": "http://vocab.kbnusa.example/tempat/T17",
                "literal": "T17",
            },
            {"name": "Jalan Mina", "rel": "mentions"},
        ],
        "events": [{"name": "Pasar Malam", "rel": "mentions"}],
        "subjects": [
            {
                "name": "perikanan",
                "uri": "http://cv.iptc.org/newscodes/mediatopic/20000210",
                "literal": "20000210",
            }
        ],
        "genres": [
            {"name": "Current", "uri": "http://cv.iptc.org/newscodes/genre/Current", "literal": "Current"}
        ],
        "infoSources": [{"name": "KB Nusa", "role": "provider"}],
        "altIds": [{"role": "meja", "value": "daerah-4711"}, {"role": "nomor", "value": "4711"}],
        "associations": [
            {
                "name": "foto",
                "uri": "urn:newsml:kbnusa.example:20261124:PASAR-IKAN-F1",
                "type": "picture",
                "headlines": [{"role": "main", "value": "Los pasar ikan Tegalrejo"}],
                "renditions": [
                    {
                        "name": "web",
                        "href": "https://foto.kbnusa.example/f1.jpg",
                        "contentType": "image/jpeg",
                        "width": 1200,
                    }
                ],
            }
        ],
    }


def test_the_address_of_the_page_goes_along_with_a_story_but_not_with_a_kill():
    article = Article(uri="nh-1", url="https://www.nusahari.example/judul-lengkap-berita")
    made = document(article, text="", language=None, entities=())
    assert made["altIds"] == [
        {"role": "uri", "value": "nh-1"},
        {"role": "url", "value": "https://www.nusahari.example/judul-lengkap-berita"},
    ]
    assert b"judul" not in orjson.dumps(bodyless(article, model=MODEL))


def test_a_withheld_story_keeps_its_words_to_itself():
    (article,) = read((WIRE / "ninjs-3-withheld.json").read_bytes())
    assert article.state is State.WITHHELD
    record = orjson.dumps(bodyless(article, model=MODEL))
    assert b"ubsid" not in record
    assert b'"pubStatus":"withheld"' in record


def test_what_the_newsroom_carries_never_overrules_what_the_document_says_itself():
    article = Article(
        uri="urn:x:1", carried={"uri": "urn:y:2", "version": "9", "bodies": [{"value": "mentah"}]}
    )
    made = document(article, text="bersih", language="id", entities=())
    assert made["uri"] == "urn:x:1"
    assert [body["value"] for body in made["bodies"]] == ["bersih"]
    assert made["version"] == article.version_name()
