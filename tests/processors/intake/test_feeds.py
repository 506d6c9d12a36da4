"""RSS and Atom beyond what the samples show."""

from __future__ import annotations

import pytest

from processors.errors import Invalid
from processors.intake import read


def test_items_carry_categories_summaries_and_notices(wire):
    first, second = read((wire / "rss.xml").read_bytes())
    assert first.carried == {
        "subjects": [{"name": "Ekonomi"}],
        "descriptions": [{"role": "summary", "value": "Harga cabai turun."}],
        "copyrightNotice": "Nusa Hari 2026",
    }
    assert second.carried == {"copyrightNotice": "Nusa Hari 2026"}
    bridge, *_ = read((wire / "atom.xml").read_bytes())
    assert bridge.carried == {
        "subjects": [{"name": "Transport", "literal": "transport"}],
        "descriptions": [{"role": "summary", "value": "The bridge closes for a year."}],
    }


def test_an_item_without_identity_is_refused_by_number():
    with pytest.raises(Invalid, match="item 2: no uri"):
        read(b"<rss><channel><item><guid>a</guid></item><item><title>b</title></item></channel></rss>")
    with pytest.raises(Invalid, match="entry 1: no uri"):
        read(b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>b</title></entry></feed>')


@pytest.mark.parametrize("empty", [b"<rss><channel/></rss>", b'<feed xmlns="http://www.w3.org/2005/Atom"/>'])
def test_a_feed_without_items_is_no_story(empty):
    with pytest.raises(Invalid, match="the feed has no"):
        read(empty)


def test_rss_1_has_its_items_beside_the_channel():
    (article,) = read(
        b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Nusa Hari</title><dc:language>id</dc:language></channel>
        <item rdf:about="https://nusahari.example/1"><title>Pasar buka</title><dc:date>2026-11-24T03:00:00Z</dc:date>
        <description>&lt;p&gt;Pasar buka.&lt;/p&gt;</description></item></rdf:RDF>"""
    )
    assert (article.uri, article.title, article.language) == (
        "https://nusahari.example/1",
        "Pasar buka",
        "id",
    )
    assert (article.body, article.body_type) == ("<p>Pasar buka.</p>", "html")
    assert article.published is not None


def test_cdata_is_left_as_it_is_when_the_feed_must_be_mended():
    (article,) = read(
        b"<rss><channel><item><guid>a</guid><title>A & B</title>"
        b"<description><![CDATA[<p>C & D&nbsp;E</p>]]></description></item></channel></rss>"
    )
    assert article.title == "A & B"
    assert article.body == "<p>C & D&nbsp;E</p>"


def test_control_characters_do_not_cost_the_feed():
    (article,) = read(b"<rss><channel><item><guid>a</guid><title>A\x0bB\x01</title></item></channel></rss>")
    assert article.title == "AB"
