"""The front door: which format it is, what is refused, and how quickly."""

from __future__ import annotations

import codecs
import contextlib
import gzip

import orjson
import pytest

from processors.errors import EmptyPayload, Invalid, Malformed, TooLarge, UnknownFormat
from processors.intake import read
from processors.records import State

STORY = {"uri": "urn:x:1", "title": "Pasar buka", "text": "Pasar Tegalrejo buka – “akhirnya”, kata Sulastri."}
KEY = b"urn:x:1"


def body(payload: bytes, content_type: str | None = None, key: bytes | None = None) -> str:
    (article,) = read(payload, content_type=content_type, key=key)
    return article.body


@pytest.mark.parametrize("payload", [None, b"", b" \r\n\t "])
def test_nothing_is_an_empty_payload(payload):
    with pytest.raises(EmptyPayload):
        read(payload, key=KEY)


def test_a_payload_over_the_limit_is_not_looked_at():
    with pytest.raises(TooLarge, match="101 bytes; 100 are allowed"):
        read(b"{" * 101, max_bytes=100)


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "application/json",
        "text/plain",
        "application/octet-stream",
        "text/html; charset=utf-8",
        "application/xml",
        "nonsense",
        ";;;",
        "application/vnd.iptc.ninjs+json; charset=utf-8",
    ],
)
def test_a_json_story_is_read_whatever_the_content_type_says(content_type):
    assert body(orjson.dumps(STORY), content_type) == STORY["text"]


@pytest.mark.parametrize(
    "content_type", [None, "application/json", "text/html", "text/plain", "application/xml"]
)
def test_a_feed_is_read_whatever_the_content_type_says(content_type, wire):
    assert len(read((wire / "rss.xml").read_bytes(), content_type=content_type)) == 2


@pytest.mark.parametrize("content_type", [None, "application/json", "text/xml", "text/plain"])
def test_a_page_is_read_whatever_the_content_type_says(content_type, wire):
    (article,) = read((wire / "page.html").read_bytes(), content_type=content_type)
    assert article.page


def test_a_text_that_begins_like_json_or_markup_stays_text_when_it_says_so():
    assert body(b"[Update] Pasar buka", "text/plain", KEY) == "[Update] Pasar buka"
    assert body(b"<3 untuk warga", "text/plain", KEY) == "<3 untuk warga"
    assert body(b"[Update] Pasar buka", None, KEY) == "[Update] Pasar buka"


def test_plain_text_needs_a_key():
    with pytest.raises(Invalid, match="key"):
        read(b"Pasar buka", content_type="text/plain")


@pytest.mark.parametrize("payload", [b"%PDF-1.7 ...", b"\x00\x01\x02\x03" * 20, gzip.compress(b"x" * 99)])
def test_binary_data_is_an_unknown_format(payload):
    with pytest.raises(UnknownFormat):
        read(payload, key=KEY)


def test_xml_of_another_kind_is_an_unknown_format_that_says_what_is_known():
    with pytest.raises(UnknownFormat, match=r"'svg'.*newsItem.*rss"):
        read(b'<svg xmlns="http://www.w3.org/2000/svg"/>', key=KEY)


@pytest.mark.parametrize("payload", [b'{"uri": "a", ', b'{"uri": "a"} x', b"{'uri': 1}", b'[{"uri": "a"}'])
def test_broken_json_is_malformed_and_says_where(payload):
    with pytest.raises(Malformed, match="line 1, column"):
        read(payload)


@pytest.mark.parametrize("payload", [b"[]", b"[1]", b'[[{"uri": "a"}]]'])
def test_json_without_objects_is_no_story(payload):
    with pytest.raises(Invalid, match="object"):
        read(payload, content_type="application/json")


def test_an_array_of_stories_gives_all_and_an_error_says_which():
    stories = [STORY, {**STORY, "uri": "urn:x:2"}]
    assert [article.uri for article in read(orjson.dumps(stories))] == ["urn:x:1", "urn:x:2"]
    with pytest.raises(Invalid, match=r"^\[1\]: "):
        read(orjson.dumps([STORY, {"uri": "urn:x:3", "text": 3}]))


@pytest.mark.parametrize(
    ("charset", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("cp1252", b""),
    ],
)
@pytest.mark.parametrize("content_type", [None, "application/json", "application/json; charset=utf-8"])
def test_a_wrong_or_missing_charset_is_recovered(charset, mark, content_type):
    payload = mark + orjson.dumps(STORY).decode().encode(charset)
    assert body(payload, content_type) == STORY["text"]


def test_a_stated_charset_is_used_when_the_bytes_are_not_utf8():
    text = "Ελλάδα"
    assert body(text.encode("iso8859-7"), 'text/plain; charset="ISO-8859-7"', KEY) == text


def test_one_bad_byte_does_not_spoil_a_text_that_is_utf8():
    payload = "“Pasar” buka – ".encode() + b"caf\xe9 \x93ya\x94" + " “lagi”".encode()
    assert body(payload, "text/plain; charset=utf-8", KEY) == "“Pasar” buka – café “ya” “lagi”"


def test_xml_that_states_a_wrong_encoding_is_recovered(wire):
    text = (wire / "atom.xml").read_text("utf-8").replace("closes for a year", "“closes” for a year")
    for charset in ("utf-8", "cp1252", "utf-16"):
        assert (
            "“closes”"
            in read(text.encode(charset), content_type="application/atom+xml; charset=utf-8")[0].body
        )


def test_half_an_emoji_in_json_costs_the_emoji_not_the_story():
    payload = rb'{"uri": "urn:x:1", "text": "Pasar \ud83d buka \ud83d\ude00 \\ud83d"}'
    assert body(payload) == "Pasar \N{REPLACEMENT CHARACTER} buka \N{GRINNING FACE} \\ud83d"


LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE nitf [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
%s
]><nitf><body><body.content><p>&z;</p></body.content></body></nitf>""" % b"\n".join(
    b'<!ENTITY %c "%s">' % (letter + 1, b"&%c;" % letter * 10) for letter in range(ord("b"), ord("z"))
)
EXTERNAL = b"""<?xml version="1.0"?>
<!DOCTYPE nitf [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
<nitf><head><docdata><doc-id id-string="a"/></docdata></head><body><body.content>&secret;</body.content></body></nitf>"""
PARAMETER = b"""<!DOCTYPE nitf [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><nitf/>"""


@pytest.mark.timeout(10)
@pytest.mark.parametrize("payload", [LAUGHS, EXTERNAL, PARAMETER, LAUGHS.decode().encode("utf-16")])
def test_xml_with_entities_of_its_own_is_refused_before_they_grow(payload):
    with pytest.raises(Malformed, match="entities"):
        read(payload, content_type="application/xml", key=KEY)


def test_a_dtd_is_neither_loaded_nor_in_the_way(wire):
    payload = (wire / "nitf.xml").read_bytes().replace(b'"nitf-3-6.dtd"', b'"http://127.0.0.1:9/nitf.dtd"')
    assert read(payload)[0].title == "Last keeper of Cape Farrow light retires"


@pytest.mark.parametrize(
    "payload",
    [
        b'{"uri":' + b"[" * 100_000,
        b'{"uri": "a", "x": ' + b'{"x":' * 1_100 + b"1" + b"}" * 1_101,
        b"<nitf>" + b"<p>" * 50_000,
        b"<rss>" + b"<p>" * 50_000 + b"</p>" * 50_000 + b"</rss>",
        b"<feed><entry>",
        b"<newsItem guid='a'></packageItem>",
    ],
)
def test_what_is_nested_without_end_or_not_closed_is_malformed(payload):
    with pytest.raises(Malformed):
        read(payload)


@pytest.mark.parametrize("depth", [300, 500, 900])
def test_json_that_nests_as_deep_as_json_may_is_read_or_refused(depth):
    nested = b'{"x":' * depth + b"1" + b"}" * depth
    assert read(b'{"uri": "a", "altids": {"x": %s}}' % nested)[0].uri == "a"
    associations = b'{"uri": "a", "associations": {"b": ' * depth + b'{"uri": "c"}' + b"}}" * depth
    with pytest.raises(Malformed) if depth > 500 else contextlib.nullcontext():
        read(associations)


QUICK = {
    "many entities": b"<rss><channel><item><guid>a</guid><title>"
    + b"&nbsp;" * 300_000
    + b"</title></item></channel></rss>",
    "open CDATA": b"<rss>&nbsp;" + b"<![CDATA[" * 200_000,
    "open comments": b"<html><head>" + b"<!--" * 490_000,
    "many attributes": b"<html " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">",
    "many metas": b"<html>" + b"<meta name=a content=b>" * 85_000,
    "open metas": b"<html>" + b"<meta " * 330_000,
    "open quotes": b"<html>" + b"<meta a='" * 220_000,
    "open scripts": b"<html>" + b"<script type=application/ld+json>" * 60_000,
    "open titles": b"<html>" + b"<title" * 330_000,
    "bad bytes": b"<p>" + b"a\x81" * 990_000,
    "bad bytes in UTF-8": "“".encode() * 100_000 + b"a\xe9" * 800_000,
    "a long number": b'{"uri": "a", "text": "", "version": "' + b"9" * 1_900_000 + b'"}',
    "a long date": b'{"uri": "a", "text": "", "published": "' + b"1 Agu " * 300_000 + b'"}',
    "many subjects": b'{"uri": "a", "subject": ['
    + b'{"name": "b", "scheme": "x y", "code": "c"},' * 40_000
    + b"{}]}",
    "many wrong subjects": b'{"uri": "a", "subject": [' + b"1," * 900_000 + b"1]}",
    "many unknown names": b'{"uri": "a"' + b"".join(b',"x%d":1' % n for n in range(150_000)) + b"}",
    "many tags in a title": b'{"uri": "a", "text": "", "title": "' + b"<b" * 900_000 + b'"}',
    "many items": b"<rss><channel>" + b"<item><guid>a</guid></item>" * 70_000 + b"</channel></rss>",
    "a thousand dates in words": b"<rss><channel>"
    + b"".join(
        b"<item><guid>a</guid><pubDate>%d 1 1 1 1 1 1 1 1 1 1 a 2026</pubDate></item>" % n
        for n in range(1_000)
    )
    + b"</channel></rss>",
    "a thousand items": b"<rss><channel>" + b"<item><guid>a</guid></item>" * 1_000 + b"</channel></rss>",
    "many spaces in XML": b"<nitf><body>" + b" " * 1_900_000 + b"</body></nitf>",
    "many spaces in a page": b"<html><body>" + b" " * 1_900_000 + b"</body></html>",
    "many spaces in a text": b"Pasar" + b" " * 1_900_000 + b"buka",
    "many lines before XML": b"\n" * 1_900_000 + b"<rss>",
    "much media": b"<nitf><head><docdata><doc-id id-string='a'/></docdata></head><body><body.content>"
    + b"<media-reference/>x" * 90_000
    + b"</body.content></body></nitf>",
}


def test_a_document_has_at_most_a_thousand_stories():
    with pytest.raises(TooLarge, match="1001 stories; 1000 are allowed"):
        read(orjson.dumps([STORY] * 1_001))


@pytest.mark.timeout(30)  # what grows with the square of the text takes minutes or more
@pytest.mark.parametrize("payload", QUICK.values(), ids=list(QUICK))
def test_two_megabytes_of_malice_are_read_or_refused_soon(payload):
    assert len(payload) <= 2_000_000
    articles = []
    with contextlib.suppress(Malformed, Invalid, UnknownFormat, TooLarge):
        articles = read(payload, key=KEY)
    assert len(articles) <= 1_000


def test_a_kill_needs_only_a_uri():
    for payload in (
        b'{"uri": "urn:x:1", "pubStatus": "canceled"}',
        b'{"uri": "urn:x:1", "pubstatus": "Cancelled", "headline": 3, "unheard": {}}',
        b'{"guid": "urn:x:1", "pubstatus": "canceled"}',
        b'{"id": "urn:x:1", "status": "canceled"}',
        b'{"standard": {"version": "3.1"}, "pubStatus": "canceled", "uri": "urn:x:1", "bodies": "none"}',
    ):
        (article,) = read(payload)
        assert (article.uri, article.state, article.body, article.title) == (
            "urn:x:1",
            State.CANCELED,
            "",
            None,
        )
    assert read(b'{"pubStatus": "canceled"}', key=KEY)[0].uri == "urn:x:1"
    with pytest.raises(Invalid, match="uri"):
        read(b'{"pubStatus": "canceled"}')


def test_no_error_quotes_the_story():
    secret = "rahasia negara"
    payloads = [
        {"uri": "urn:x:1", "type": secret},
        {"uri": "urn:x:1", "headlines": [{"value": [secret]}]},
        {"uri": "urn:x:1", secret: 1},
        {"uri": "urn:x:1", "text": [secret]},
        {"uri": [secret]},
        {"uri": "urn:x:1", "standard": secret},
        {"guid": "urn:x:1", "body_html": {secret: 1}},
        {"uri": "urn:x:1", "associations": {secret: {"uri": 1}}},
    ]
    for payload in payloads:
        with pytest.raises(Invalid) as caught:
            read(orjson.dumps(payload))
        assert secret not in str(caught.value)
    for document in (
        f"<nitf a='{secret}'",
        f"<nitf><{secret}/></nitf>",
        f"<nitf>&{secret};</nitf",
        '{"a": rahasia negara}',
    ):
        with pytest.raises(Malformed) as caught:
            read(document.encode())
        assert secret not in str(caught.value)
