"""ninjs of all versions: which it is, which of its texts is the story, and what goes along."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from processors.errors import Invalid, Malformed
from processors.intake import read
from processors.records import Article, State


def story(**properties: Any) -> Article:
    (article,) = read(orjson.dumps({"uri": "urn:x:1", **properties}))
    return article


def bodies(*texts: tuple[str | None, str | None, str]) -> list[dict[str, str]]:
    return [
        {name: value for name, value in (("role", role), ("contentType", form), ("value", text)) if value}
        for role, form, text in texts
    ]


@pytest.mark.parametrize(
    ("several", "body", "body_type"),
    [
        ([(None, None, "Teks.")], "Teks.", "text"),
        ([(None, None, "<p>Teks.</p>")], "<p>Teks.</p>", "html"),
        ([("text", "text/plain", "Teks."), ("richtext", "application/xhtml+xml", "<p>Teks.</p>")], "<p>Teks.</p>", "html"),
        ([("main", "text/plain", "Teks."), ("teaser", "text/html", "<p>Baca.</p>")], "Teks.", "text"),
        ([("html", None, " "), ("text", None, "Teks.")], "Teks.", "text"),
        ([("x", "text/html", "<!DOCTYPE html><html><head><title>J</title></head><body class='a'><p>Teks.</p></body></html>")], "<p>Teks.</p>", "html"),
        ([("nitf", "text/vnd.IPTC.NITF", "<nitf><body><body.content><p>Teks.</p></body.content></body></nitf>")], "<p>Teks.</p>", "html"),
        ([("nitf", "application/xml", "<nitf")], "", "html"),
        ([], "", "text"),
    ],
)  # fmt: skip
def test_the_body_is_the_story_itself_as_html_when_there_is_html(several, body, body_type):
    article = story(bodies=bodies(*several))
    assert (article.body, article.body_type) == (body, body_type)
    assert not article.page


@pytest.mark.parametrize(
    ("properties", "title"),
    [
        ({"headline": " Pasar\n buka "}, "Pasar buka"),
        ({"headline_short": "Pasar"}, "Pasar"),
        ({"headlines": [{"role": "seo", "value": "a"}, {"value": "b"}, {"role": "main", "value": "c"}]}, "c"),
        ({"headlines": [{"role": "seo", "value": "a"}, {"value": "b"}]}, "b"),
        (
            {"headlines": [{"contentType": "text/html", "value": "Pasar <b>ikan</b> &amp; udang"}]},
            "Pasar ikan & udang",
        ),
        ({"headlines": [{"value": "1 < 2 &amp; 3"}]}, "1 < 2 &amp; 3"),
        ({"title": "Rapat"}, "Rapat"),
        ({"headlines": [{"value": ""}]}, None),
        ({}, None),
    ],
)
def test_the_title_is_the_main_headline_on_one_line(properties, title):
    assert story(**properties).title == title


def test_headlines_beyond_the_title_are_carried():
    article = story(headlines=[{"role": "main", "value": "Utama"}, {"role": "short", "value": "Pendek"}])
    assert article.carried == {"headlines": [{"role": "short", "value": "Pendek"}]}


@pytest.mark.parametrize(
    ("declared", "properties", "complaint"),
    [
        (
            {"standard": {"version": "3.1"}},
            {"headline": "ninjs 1"},
            "ninjs 3.1: the document has properties.*: headline",
        ),
        ({"standard": {"version": "2.0"}}, {"versionCreated": "2026-01-01"}, "ninjs 2.2: .*versionCreated"),
        ({"$standard": {"version": "1.2"}}, {"headlines": []}, "ninjs 1.6: .*headlines"),
        (
            {"$schema": "https://iptc.org/std/ninjs/ninjs-schema_2.1.json"},
            {"headline": "x"},
            "ninjs 2.2: .*headline",
        ),
        ({}, {"headline": "1", "headlines": []}, "properties that are not known"),
        ({}, {"urgency": 10}, "urgency must be"),
        ({}, {"urgency": 2.5}, "urgency must be"),
        ({"standard": {"version": "3.1"}}, {"urgency": 10}, "urgency must be at most 9"),
        ({"standard": 3}, {}, "standard must be an object"),
        ({}, {"associations": [{"uri": "a"}]}, r"associations\[0\] lacks name"),
        ({}, {"version": 3}, "version must be of type string"),
    ],
)
def test_a_document_that_breaks_its_version_is_refused_by_name(declared, properties, complaint):
    with pytest.raises(Invalid, match=complaint):
        story(**declared, **properties)


@pytest.mark.parametrize(
    "declared",
    [
        {"standard": {"name": "ninjs", "version": "3.1"}},
        {"standard": {"schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.0.json"}},
        {"standard": {"version": "9.9"}},
        {"$schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json"},
        {},
    ],
)
def test_a_document_may_declare_its_version_in_several_ways(declared):
    assert story(**declared, versionCreated="2026-11-24T00:00:00Z").version_created == datetime(
        2026, 11, 24, tzinfo=UTC
    )


def test_a_newer_minor_version_may_have_properties_that_we_do_not_know():
    newer = {"standard": {"name": "ninjs", "version": "3.9"}}
    article = story(**newer, moods=["calm"], slugline="pasar", people=[{"name": "A", "age": 3}])
    assert article.carried == {"slugline": "pasar", "people": [{"name": "A"}]}
    with pytest.raises(Invalid, match="slugline must be of type string"):
        story(**newer, slugline=3)


@pytest.mark.parametrize(
    ("properties", "source"),
    [
        (
            {
                "infoSources": [
                    {"name": "Saksi", "role": "interviewee"},
                    {"name": "KB  Nusa", "role": "nprov:Provider"},
                ]
            },
            "kb nusa",
        ),
        (
            {"infoSources": [{"name": "Saksi", "role": "interviewee"}], "copyrightHolder": "PT Nusa"},
            "pt nusa",
        ),
        ({"infosource": [{"name": "KB Nusa"}]}, "kb nusa"),
        ({"uri": "https://www.Nusahari.example/a"}, "nusahari.example"),
        ({"uri": "urn:newsml:Kbnusa.example:2026:A"}, "kbnusa.example"),
        ({}, ""),
    ],
)
def test_the_source_is_the_provider_else_who_gave_the_uri(properties, source):
    assert story(**properties).source == source


def test_an_embargo_that_cannot_be_read_withholds_the_story():
    for embargo in ("Next Monday", "", "2026-13-45"):
        article = story(embargoed=embargo, body_text="Rahasia.")
        assert (article.state, article.embargoed) == (State.WITHHELD, None)
    article = story(embargoed="2026-11-24", body_text="Rahasia.")
    assert (article.state, article.embargoed) == (State.USABLE, datetime(2026, 11, 24, tzinfo=UTC))


def test_what_is_embedded_shows_no_text_and_nothing_that_is_held_back():
    embedded = [
        {
            "name": "a",
            "uri": "urn:x:a",
            "bodies": [{"value": "Isi."}],
            "associations": [{"name": "b", "uri": "urn:x:b"}],
        },
        {"name": "c", "uri": "urn:x:c", "pubStatus": "withheld", "headlines": [{"value": "Rahasia"}]},
        {
            "name": "d",
            "uri": "urn:x:d",
            "embargoedUntil": "2030-01-01T00:00:00Z",
            "headlines": [{"value": "Nanti"}],
        },
        {"name": "e", "uri": "urn:x:e", "pubStatus": "canceled"},
    ]
    assert story(associations=embedded).carried == {"associations": [{"name": "a", "uri": "urn:x:a"}]}


def test_what_does_not_fit_ninjs_3_1_is_left_out_and_the_rest_is_kept():
    article = story(
        person=[{"name": "Sulastri", "scheme": "bukan alamat", "code": "7"}],
        subject=[{"name": "air", "scheme": "http://a.example/v", "code": "x y"}, {"code": "20000425"}],
        trustindicator=[
            {"scheme": "http://a.example/t/", "code": "e", "title": "Editorial", "href": "bukan alamat"}
        ],
        renditions={"web": {"href": "x y", "width": 10.5, "height": 20}},
        altids={"a": "1", "b": {"c": 2}},
        expires="besok",
        contentcreated="2026-11-24T07:00:00+07:00",
    )
    assert article.carried == {
        "people": [{"name": "Sulastri", "literal": "7"}],
        "subjects": [{"name": "air", "literal": "x y"}, {"literal": "20000425"}],
        "trustIndicators": [{"title": "Editorial", "role": "http://a.example/t/e"}],
        "renditions": [{"name": "web", "height": 20}],
        "altIds": [{"role": "a", "value": "1"}],
        "contentCreated": "2026-11-24T00:00:00Z",
    }


def test_geojson_keeps_its_own_names():
    point = {"type": "Feature", "geometry": None, "properties": {"contenttype": "x", "poi": 1}}
    article = story(versioncreated="2026-11-24T00:00:00Z", places=[{"name": "A", "geojson": point}])
    assert article.carried["places"] == [{"name": "A", "geoJSON": point}]


@pytest.mark.parametrize(
    ("version", "number"),
    [("3", 3), (" 12 ", 12), ("1.2", None), ("draf", None), ("9" * 19, None), ("٣", None)],
)
def test_a_version_counts_when_it_is_a_whole_number(version, number):
    assert story(version=version).version == number


@pytest.mark.parametrize("uri", ["", "   ", 3.5, None, ["a"], "a\nb", "x" * 2_049])
def test_a_uri_must_be_able_to_be_a_key(uri):
    with pytest.raises(Invalid, match="uri"):
        read(orjson.dumps({"uri": uri, "text": "Teks."}))


def test_a_draft_of_ninjs_may_advise():
    assert story(advices=[{"importance": {"code": "useful"}}], headline="Pasar").title == "Pasar"
    with pytest.raises(Invalid, match="advices"):
        story(advices="useful")


def test_what_nests_too_deep_to_be_written_is_left_out():
    nested = b'{"a":' * 300 + b"1" + b"}" * 300
    place = b'{"name": "A", "geoJSON": {"type": "Feature", "geometry": null, "properties": %s}}' % nested
    (article,) = read(b'{"uri": "a", "slugline": "pasar", "places": [%s]}' % place)
    assert article.carried == {"slugline": "pasar"}
    with pytest.raises(Malformed, match="deep"):
        read(b'{"uri": "a", "standard": {"version": "3.9"}, "x": %s}' % nested)
