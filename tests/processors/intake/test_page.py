"""HTML pages: who and when, from JSON-LD, OpenGraph and HTML, in this order."""

from __future__ import annotations

import orjson
import pytest

from processors.errors import Invalid
from processors.intake import read

URL = "https://www.nusahari.example/a"
CANONICAL = f'<link rel="canonical" href="{URL}">'


def page(head: str, body: str = "<p>Teks.</p>", key: bytes | None = None):
    (article,) = read(f"<html><head>{head}</head><body>{body}</body></html>".encode(), key=key)
    return article


def ld(**properties):
    return f'<script type="application/ld+json">{orjson.dumps({"@type": "NewsArticle", **properties}).decode()}</script>'


@pytest.mark.parametrize(
    "head",
    [
        CANONICAL,
        f"<LINK HREF={URL} REL='nofollow Canonical'>",
        f'<meta property="og:url" content="{URL}">',
        ld(mainEntityOfPage={"@id": URL}),
        ld(mainEntityOfPage=URL),
        ld(url=URL),
        f'<link rel="canonical" href="/a"><meta property="og:url" content="{URL}?x=1">',
        f'<link rel="canonical" href="//www.nusahari.example/a"><meta property="og:url" content="{URL}">',
        f'<link rel="canonical" href="http://[bad"><meta property="og:url" content="{URL}">',
    ],
)
def test_the_uri_is_the_canonical_address(head):
    article = page(head)
    assert (article.uri, article.url, article.source) == (URL, URL, "nusahari.example")


def test_a_page_without_address_goes_by_its_key():
    assert page("", key=URL.encode()).url == URL
    article = page("", key=b"nh-1")
    assert (article.uri, article.url) == ("nh-1", None)
    with pytest.raises(Invalid, match="no uri"):
        page("")


def test_a_fragment_is_no_page():
    (article,) = read(b"<p>Pasar buka.</p>", key=b"nh-1")
    assert (article.body, article.body_type, article.page) == ("<p>Pasar buka.</p>", "html", False)


@pytest.mark.parametrize(
    ("author", "byline"),
    [
        ("Mega Tirtana", "Mega Tirtana"),
        ({"name": "Mega Tirtana"}, "Mega Tirtana"),
        ([{"name": "Mega Tirtana"}, "Seno"], "Mega Tirtana, Seno"),
        ([{"@id": "#x"}, {"name": 3}], None),
        (3, None),
    ],
)
def test_authors_come_in_many_forms(author, byline):
    assert page(CANONICAL + ld(author=author)).byline == byline


def test_an_address_is_no_author():
    assert (
        page(CANONICAL + '<meta property="article:author" content="https://a.example/mega">').byline is None
    )
    assert page(CANONICAL + '<meta property="article:author" content="Mega">').byline == "Mega"


@pytest.mark.parametrize(
    "kind", ["NewsArticle", "ReportageNewsArticle", "Article", "LiveBlogPosting", ["Thing", "NewsArticle"]]
)
def test_stories_of_schema_org_come_under_several_types(kind):
    script = orjson.dumps(
        [{"@type": "WebSite", "headline": "x"}, {"@type": kind, "headline": "Pasar &amp; udang"}]
    ).decode()
    assert page(f'{CANONICAL}<script type="application/ld+json">{script}</script>').title == "Pasar & udang"


@pytest.mark.parametrize(
    "script",
    [
        "",
        "{",
        "null",
        "[[]]",
        "3",
        '{"@graph": 3}',
        '{"@type": "NewsArticle", "headline": 3}',
        '{"@type": {}}',
    ],
)
def test_json_ld_that_says_nothing_leaves_it_to_the_page(script):
    article = page(
        f'{CANONICAL}<title>Pasar – Nusa</title><script type="application/ld+json">{script}</script>'
    )
    assert article.title == "Pasar – Nusa"


def test_quotes_entities_and_angle_brackets_in_attributes_are_read():
    head = CANONICAL + """<meta property="og:title" content='Kata "siapa" > apa &amp; kapan'>"""
    assert page(head).title == 'Kata "siapa" > apa & kapan'


def test_the_whole_page_stays_raw():
    payload = f"<html><head>{CANONICAL}</head><body><nav>Beranda</nav><p>A&nbsp;B</p></body></html>"
    (article,) = read(payload.encode())
    assert article.body == payload


HEADLINE = "<h1>Pasar dibuka</h1>"


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        ("<div class='date'>Kamis, 5 November 2015 14:56 WIB</div>", "2015-11-05T07:56:00+00:00"),
        ("<span>Jum'at, 7 Agustus 2026 | 09.15 WITA</span>", "2026-08-07T01:15:00+00:00"),
        ("<p> Rabu, 07/10/2026 21:15 WIB </p>", "2026-10-07T14:15:00+00:00"),
        ("<p>Tuesday, 4 March 2025, 10:15</p>", "2025-03-04T10:15:00+00:00"),
        ("<time datetime='2026-10-07T21:15:00+07:00'>Rabu</time>", "2026-10-07T14:15:00+00:00"),
    ],
)
def test_a_stamp_beside_the_headline_dates_a_page_that_says_nothing_else(stamp, moment):
    for body in (HEADLINE + stamp, stamp + HEADLINE):
        published = page(CANONICAL, body).published
        assert published is not None
        assert published.isoformat() == moment


def test_of_several_stamps_the_nearest_counts():
    other = "<p>Senin, 5 Oktober 2026 08:00 WIB</p>" + "<p>Teks.</p>" * 9
    published = page(CANONICAL, f"{other}{HEADLINE}<p>Rabu, 7 Oktober 2026 21:15 WIB</p>").published
    assert published is not None
    assert published.day == 7


@pytest.mark.parametrize(
    "body",
    [
        f"{HEADLINE}<p>Pasar dibuka Kamis, 5 November 2015 14:56 WIB di Takengon.</p>",
        f"{HEADLINE}<p>Kamis, 5 November 2015</p>",
        "<p>Kamis, 5 November 2015 14:56 WIB</p>",
        f"{HEADLINE}<p>Kamis, 35 November 2015 14:56 WIB</p>",
    ],
)
def test_a_date_of_the_story_is_no_stamp(body):
    assert page(CANONICAL, body).published is None


def test_what_the_head_says_goes_before_what_is_printed():
    head = CANONICAL + '<meta property="article:published_time" content="2026-10-06T00:00:00Z">'
    published = page(head, f"{HEADLINE}<p>Rabu, 7 Oktober 2026 21:15 WIB</p>").published
    assert published is not None
    assert published.day == 6


@pytest.mark.parametrize(
    ("element", "byline"),
    [
        ("<span class='read__author'>Mega Tirtana</span>", "Mega Tirtana"),
        ("<a href='/x' rel='author'> Oleh: Mega Tirtana </a>", "Mega Tirtana"),
        ("<div class='penulis'>Tim redaksi</div>", None),
        ("<div class='authority'>Mega Tirtana</div>", None),
    ],
)
def test_an_element_for_authors_names_them_where_nothing_else_does(element, byline):
    assert page(CANONICAL, HEADLINE + element).byline == byline
