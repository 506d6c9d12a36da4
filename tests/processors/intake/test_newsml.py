"""NewsML-G2, NewsML 1 and NITF beyond what the samples show."""

from __future__ import annotations

import pytest

from processors.errors import Invalid
from processors.intake import read
from processors.records import State


def test_a_g2_item_carries_its_terms_with_names_from_its_assertions(wire):
    (article,) = read((wire / "newsml-g2.xml").read_bytes())
    assert article.carried == {
        "copyrightHolder": "Kantor Berita Nusa",
        "copyrightNotice": "Hak cipta 2026 KB Nusa",
        "usageTerms": "Hanya untuk pelanggan.",
        "edNote": "Menambah kutipan masinis.",
        "contentCreated": "2026-11-24T12:00:00Z",
        "located": "Langgawa",
        "slugline": "kereta-malam",
        "headlines": [{"role": "hlrol:short", "value": "Kereta malam jalan lagi"}],
        "descriptions": [{"role": "summary", "value": "Layanan berhenti sejak banjir."}],
        "genres": [
            {
                "name": "Current",
                "uri": "http://cv.iptc.org/newscodes/genre/Current",
                "literal": "genre:Current",
            }
        ],
        "infoSources": [{"name": "KB Nusa", "literal": "nprov:KBNusa"}],
        "subjects": [
            {
                "rel": "about",
                "name": "perkeretaapian",
                "uri": "http://cv.iptc.org/newscodes/mediatopic/20000337",
                "literal": "medtop:20000337",
            }
        ],
        "people": [{"rel": "about", "name": "Wiranto Gadingan", "literal": "orang:77"}],
        "places": [{"rel": "about", "name": "Langgawa", "literal": "kota:LGW"}],
    }


def test_nitf_markup_becomes_html_and_data_about_pictures_goes(wire):
    (article,) = read((wire / "newsml-g2.xml").read_bytes())
    assert "<h2>Sejak banjir</h2>" in article.body
    assert "<figcaption>Kereta di Stasiun Langgawa.</figcaption>" in article.body
    for unwanted in ("media-reference", "xmlns", "hl2", "k.jpg"):
        assert unwanted not in article.body


def test_nitf_and_newsml_1_carry_what_has_a_place_in_ninjs(wire):
    (nitf,) = read((wire / "nitf.xml").read_bytes())
    assert nitf.carried == {
        "located": "Cape Farrow",
        "slugline": "lighthouse",
        "edNote": "Corrects the name of the cape",
        "copyrightHolder": "Meridian Wire",
        "subjects": [
            {
                "name": "labour",
                "literal": "09000000",
                "uri": "http://cv.iptc.org/newscodes/subjectcode/09000000",
            }
        ],
    }
    assert "Tuesday\N{NO-BREAK SPACE}night" in nitf.body
    (newsml,) = read((wire / "newsml-1.xml").read_bytes())
    assert newsml.carried == {
        "located": "Lereng Kidul",
        "slugline": "kopi-lereng",
        "copyrightNotice": "Hak cipta KB Nusa",
        "genres": [{"name": "Current"}],
        "subjects": [
            {
                "rel": "about",
                "literal": "04000000",
                "uri": "http://cv.iptc.org/newscodes/subjectcode/04000000",
            }
        ],
    }


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ('<pubStatus qcode="stat:canceled"/>', State.CANCELED),
        ('<pubStatus qcode="stat:withheld"/>', State.WITHHELD),
        ('<pubStatus uri="http://cv.iptc.org/newscodes/pubstatusg2/canceled"/>', State.CANCELED),
        ('<pubStatus qcode="stat:usable"/>', State.USABLE),
        ("", State.USABLE),
        ("<embargoed/>", State.WITHHELD),
        ('<embargoed/><pubStatus qcode="stat:canceled"/>', State.CANCELED),
        ("<embargoed>2026-11-24T00:00:00Z</embargoed>", State.USABLE),
    ],
)
def test_the_status_of_a_g2_item_is_obeyed(status, state):
    assert read(f'<newsItem guid="a"><itemMeta>{status}</itemMeta></newsItem>'.encode())[0].state is state


@pytest.mark.parametrize(
    ("data", "state"),
    [
        ('management-status="canceled"', State.CANCELED),
        ('management-status="withheld"', State.WITHHELD),
        ('management-status="embargoed"', State.WITHHELD),
        ('management-status="usable"', State.USABLE),
    ],
)
def test_the_status_of_a_nitf_document_is_obeyed(data, state):
    document = f'<nitf><head><docdata {data}><doc-id id-string="a"/></docdata></head></nitf>'
    assert read(document.encode())[0].state is state


def test_the_status_of_a_newsml_1_item_is_obeyed():
    item = (
        "<NewsML><NewsItem><Identification><NewsIdentifier><PublicIdentifier>urn:newsml:a:1:b:2</PublicIdentifier>"
        '</NewsIdentifier></Identification><NewsManagement><Status FormalName="{}"/></NewsManagement></NewsItem></NewsML>'
    )
    for status, state in {"Canceled": "canceled", "Withheld": "withheld", "Embargoed": "withheld"}.items():
        (article,) = read(item.format(status).encode())
        assert (article.uri, article.state) == ("urn:newsml:a:1:b:2", state)


def test_two_items_need_identities_of_their_own_and_one_may_use_the_key():
    assert read(b"<newsItem/>", key=b"urn:x:1")[0].uri == "urn:x:1"
    with pytest.raises(Invalid, match="no uri"):
        read(b"<newsMessage><itemSet><newsItem/><newsItem/></itemSet></newsMessage>", key=b"urn:x:1")
    for empty in (
        b"<newsMessage/>",
        b"<newsMessage><itemSet><conceptItem guid='a'/></itemSet></newsMessage>",
    ):
        with pytest.raises(Invalid, match="no item that is a story"):
            read(empty, key=b"urn:x:1")


@pytest.mark.parametrize(
    ("content", "body", "body_type"),
    [
        ('<inlineData contenttype="text/plain">Satu.\n\nDua.</inlineData>', "Satu.\n\nDua.", "text"),
        ('<inlineData contenttype="text/html">&lt;p&gt;Satu.&lt;/p&gt;</inlineData>', "<p>Satu.</p>", "html"),
        ('<inlineData encoding="base64">AAAA</inlineData>', "", "text"),
        ("<inlineXML><!-- kosong --></inlineXML><inlineData>Satu.</inlineData>", "Satu.", "text"),
        ('<inlineXML><div xmlns="http://www.w3.org/1999/xhtml"><p>A &amp; B</p></div></inlineXML>', "<div><p>A &amp; B</p></div>", "html"),
        ('<remoteContent href="a"/>', "", "text"),
    ],
)  # fmt: skip
def test_the_body_of_a_g2_item_is_what_stands_inside(content, body, body_type):
    (article,) = read(f'<newsItem guid="a"><contentSet>{content}</contentSet></newsItem>'.encode())
    assert (article.body, article.body_type) == (body, body_type)
