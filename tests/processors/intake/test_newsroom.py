"""The standards' own examples and test suite: all that is valid is read right, all that is wrong is refused."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from processors.errors import Invalid, Malformed, StoryError, UnknownFormat
from processors.intake import read
from processors.intake.ninjs_schema import load
from processors.records import Article, State

pytestmark = pytest.mark.shared

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "newsroom"
NINJS = FOLDER / "ninjs"


def files(folder: Path, pattern: str) -> list[Any]:
    """One case a file; without the folder one case, which the fixture `newsroom` skips with its reason."""
    found = sorted(folder.glob(pattern))
    return [pytest.param(path, id=str(path.relative_to(FOLDER))) for path in found] or [folder / pattern]


# Examples that are no valid documents of any version, and why.
NO_STORY = {
    "v2/extension-example.json": "foofoo",  # shows a private extension of the schema
    "v2/extension-schema.json": "lacks uri",  # a schema
    "v3/20231016-event-timeline-sample.json": "estimatedStartDate",  # a draft of ninjs 3.0
}
# Wrong in 1.0 and 1.1, right since 1.2; they don't say which they are.
RIGHT_SINCE_1_2 = {
    "1.0/should_fail/014_type_component.json",
    "1.0/should_fail/016_infosource.json",
    "1.1/should_fail/001_type_component.json",
    "1.1/should_fail/002_infosource.json",
}
# A kill is obeyed however it is spelt.
KILL = "1.0/should_fail/007_pubstatus_cancelled.json"


def of(document: dict[str, Any], *names: str) -> Any:
    return next((document[name] for name in names if name in document), None)


def assert_read_right(document: dict[str, Any], article: Article) -> None:
    """Compares what was read with the document by the shortest ways there are, not by those of intake."""
    assert article.uri == document["uri"]
    version = document.get("version", "")
    assert article.version == (int(version) if version.isdigit() else None)
    assert article.language == document.get("language")
    for name, stated in {
        "version_created": of(document, "versionCreated", "versioncreated"),
        "published": of(document, "firstCreated", "firstcreated"),
        "embargoed": of(document, "embargoedUntil", "embargoed"),
    }.items():
        read_as: datetime | None = getattr(article, name)
        if stated is None or not stated[:4].isdigit():
            assert read_as is None
        else:
            told = datetime.fromisoformat(stated)
            assert read_as is not None
            assert read_as.tzinfo is not None
            assert read_as == told if told.tzinfo else read_as.replace(tzinfo=None) == told
    assert article.type == document.get("type", "text")
    assert article.urgency == document.get("urgency")
    killed = of(document, "pubStatus", "pubstatus") == "canceled"
    assert_texts_right(document, article, killed=killed)


def assert_texts_right(document: dict[str, Any], article: Article, *, killed: bool) -> None:
    headlines = [one["value"] for one in document.get("headlines", [])] or [
        value for name, value in document.items() if name.startswith("headline")
    ]
    bodies = [one["value"] for one in document.get("bodies", [])] or [
        value for name, value in document.items() if name.startswith("body_")
    ]
    if killed:
        assert (article.state, article.body, article.title) == (State.CANCELED, "", None)
        return
    if headlines or document.get("title"):
        assert article.title in [" ".join(text.split()) for text in headlines or [document["title"]]]
    else:
        assert article.title is None
    assert bool(article.body) == bool(bodies)
    assert not bodies or any(article.body in body for body in bodies)
    marked = [body for body in bodies if "</p>" in body and "</nitf>" not in body]
    assert not marked or article.body_type == "html"


@pytest.mark.usefixtures("newsroom")
@pytest.mark.parametrize("path", files(NINJS, "v[123]/*.json"))
def test_an_example_of_ninjs_is_read_right(path):
    payload = path.read_bytes()
    if reason := NO_STORY.get(f"{path.parent.name}/{path.name}"):
        with pytest.raises(Invalid, match=reason):
            read(payload)
        return
    (article,) = read(payload, content_type="application/json")
    assert_read_right(json.loads(payload), article)


@pytest.mark.usefixtures("newsroom")
@pytest.mark.parametrize(
    "path", [*files(NINJS, "test_suite/*/should_pass/*.json"), *files(NINJS, "test_suite/*/*.json")]
)
def test_what_should_pass_is_read_right(path):
    payload = path.read_bytes()
    (article,) = read(payload)
    assert_read_right(json.loads(payload), article)


@pytest.mark.usefixtures("newsroom")
@pytest.mark.parametrize("path", files(NINJS, "test_suite/*/should_fail/*.json"))
def test_what_should_fail_is_refused(path):
    payload, name = path.read_bytes(), str(path.relative_to(NINJS / "test_suite"))
    if name in RIGHT_SINCE_1_2:
        jsonschema.validate(json.loads(payload), load("ninjs-schema_1.6"))
        assert read(payload)
    elif name == KILL:
        assert read(payload)[0].state is State.CANCELED
    else:
        with pytest.raises((Invalid, Malformed)) as caught:
            read(payload)
        assert isinstance(caught.value, Malformed) == (not is_json(payload))


def is_json(payload: bytes) -> bool:
    try:
        json.loads(payload)
    except ValueError:
        return False
    return True


MOSCOW = "LISTING_28_Illustrating_Located_Subject_and_Dateline.xml"
FRAGMENTS = {
    "LISTING_11_Person_Concept_conveyed_in_a_NewsML-G2_Concept_Item.xml": (
        Invalid,
        "conceptItem is no story",
    ),
    "LISTING_25_An_NITF_marked-up_article_conveyed_in_inlineXML.xml": (UnknownFormat, "'contentSet'"),
    MOSCOW: (UnknownFormat, "'contentMeta'"),
}
# uri, version, language, version_created, published, type, how the title begins, how many characters the body has
XML = {
    "LISTING_1_A_NewsML-G2_News_Item.xml": [
        ("urn:newsml:acmenews.com:20161018:US-FINANCE-FED", 11, "en-GB", "2018-10-21T16:25:32-05:00",
         "2016-10-18T13:12:21-05:00", "text", "Fed to halt", 0)
    ],
    "LISTING_2_NewsML-G2_Text_Document.xml": [
        ("urn:newsml:acmenews.com:20161121:US-FINANCE-FED", 11, "en-US", "2018-11-21T16:25:32-05:00", None, "text",
         "Fed to halt", 1274)
    ],
    "LISTING_24_News_Message_conveying_a_complete_News_Package.xml": [
        (f"N{number}", None, None, None, None, "text", None, 0) for number in range(1, 5)
    ],
    "LISTING_29_Hop_History.xml": [
        ("urn:newsml:acmenews.com:20161019T1205:HOP-HISTORY-EXAMPLE", 11, "en-US", "2018-10-19T20:15:00Z", None, "text",
         None, 0)
    ],
    "Receiver View.xml": [
        ("urn:newsml:NAG.com:20161121:US-FINANCE-FED", 11, "en-US", "2018-11-21T16:25:32-05:00", None, "text",
         "Fed to halt", 393)
    ],
    "TT_newsmlg2_sample.xml": [
        ("http://tt.se/media/text/210919-janguillou-879f202b-pack", 1, "sv", "2021-09-19T20:57:43+02:00", None,
         "composite", None, 0),
        ("http://tt.se/media/text/210919-janguillou-879f202b", 1, "sv", "2021-09-19T20:57:43+02:00", None, "text",
         "Jan Guillou", 1747),
        ("http://tt.se/media/image/sdlm1btzmKu8WU", 1, None, "2021-09-19T20:57:43+02:00", None, "picture", None, 0),
    ],
    "ap_metadata_example.xml": [
        ("tag:example.com,2008:407624", 11, "en", "2022-04-08T12:00:00Z", None, "video", None, 0)
    ],
    "NTB_nitf_sample.xml": [
        ("NTB5df9281a-a270-4dc5-a618-869bbc3bbca7_00", 1, "nb-NO", None, "2021-05-16T09:00:04Z", "text", "Pandemien",
         3793)
    ],
    "afp.com_newsml1.2_sample.xml": [
        ("urn:newsml:afp.com:20210516T080625Z:TX-PAR-WGF71", 1, "en", "2021-05-16T08:06:25Z", "2021-05-16T08:06:25Z",
         "text", "Israel strikes", 6710)
    ],
}  # fmt: skip


@pytest.mark.usefixtures("newsroom")
@pytest.mark.parametrize("path", files(FOLDER, "newsml-g2/*.xml"))
def test_an_xml_example_is_read_right(path):
    payload = path.read_bytes()
    if path.name in FRAGMENTS:
        kind, message = FRAGMENTS[path.name]
        with pytest.raises(kind, match=message):
            read(payload)
        return
    articles = read(payload, content_type="application/xml")
    for article, (uri, version, language, created, published, kind, title, length) in zip(
        articles, XML[path.name], strict=True
    ):
        assert (article.uri, article.version, article.language, article.type) == (
            uri,
            version,
            language,
            kind,
        )
        assert article.version_created == (created and datetime.fromisoformat(created))
        assert article.published == (published and datetime.fromisoformat(published))
        assert (article.title or "").startswith(title or "")
        assert bool(article.title) == bool(title)
        assert len(article.body) == length
        assert "xmlns" not in article.body


def test_every_xml_example_is_in_the_table(newsroom):
    assert {path.name for path in (newsroom / "newsml-g2").glob("*.xml")} == {*XML, *FRAGMENTS}


def test_pages_of_indonesian_sites_are_read_under_their_address(newsroom):
    pages = sorted((newsroom.parent / "html").glob("*.html"))
    assert pages
    unread = []
    for path in pages:
        try:
            (article,) = read(path.read_bytes(), content_type="text/html")
        except StoryError:
            unread.append(path.name)
            continue
        assert article.page
        assert article.url == article.uri
        assert article.title
        assert article.source
    # The pages that name no address of themselves anywhere.
    assert len(unread) <= len(pages) // 4, unread
