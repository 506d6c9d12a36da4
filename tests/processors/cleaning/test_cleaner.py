from __future__ import annotations

import re
from unicodedata import is_normalized

from hypothesis import given
from hypothesis import strategies as st

from processors.records import Article, Dateline, RemovedKind


def test_links_promo_dateline_and_mojibake_go_and_nothing_else(clean, wire_story):
    body, text = wire_story
    cleaned = clean(body, source="kompas.com")
    assert cleaned.text == text
    assert cleaned.dateline == Dateline(place="WINA", outlet="KOMPAS.com", text="WINA, KOMPAS.com –")
    assert [removed.kind for removed in cleaned.removed] == [
        RemovedKind.RELATED,
        RemovedKind.RELATED,
        RemovedKind.PROMO,
    ]


def test_an_empty_body_gives_empty_text(clean):
    cleaned = clean("")
    assert (cleaned.text, cleaned.dateline, cleaned.removed) == ("", None, ())


def test_offsets_lead_back_to_the_source(clean, wire_story):
    body, _ = wire_story
    cleaned = clean(body, source="kompas.com")
    start = cleaned.text.index("Kredit itu")
    low, high = cleaned.source_map.span(start, start + len("Kredit itu"))
    assert cleaned.source[low:high] == "Kredit itu"


LINES = st.sampled_from(
    [
        "WINA, KOMPAS.com - Harga kopi naik lagi.",
        "Harga kopi naik lagi di pasar Takengon sejak Senin.",
        '"Kami menunggu kabarnya," kata Ardana.',
        "Baca juga: Petani Kopi Gayo Tunda Panen",
        "Pasar ramai. Baca juga: Harga Kopi Naik Lagi Menurut Ardana, panen tertunda.",
        "  Ia pulang.Â ",
        "ADVERTISEMENT",
        "(ard/wij)",
        "CafÃ© itu buka?",
        "kopi gayo",
        "",
        "\t",
        "Dilakukan.Dia pergi  cepat.",
        "?Siap,? katanya.",
    ]
)


@given(st.lists(LINES, max_size=9).map("\n".join) | st.text(max_size=200))
def test_clean_text_keeps_its_form_whatever_comes_in(cleaner, body):
    cleaned = cleaner.clean(Article(uri="test:1", body=body, source="kompas.com"))
    assert is_normalized("NFC", cleaned.text)
    assert all(line == line.strip() and line for line in cleaned.text.split("\n")) or cleaned.text == ""
    assert cleaned.source == body


@given(st.lists(LINES, max_size=9).map("\n".join))
def test_every_word_of_the_clean_text_leads_back_to_itself(cleaner, body):
    cleaned = cleaner.clean(Article(uri="test:1", body=body, source="kompas.com"))
    for match in re.finditer(r"[A-Za-z]{3,}", cleaned.text):
        start, end = cleaned.source_map.span(*match.span())
        assert cleaned.source[start:end] == match.group() or match.group() == "Caf"


@given(st.lists(LINES, max_size=9).map("\n".join))
def test_cleaning_clean_text_changes_nothing_but_what_only_stands_out_now(cleaner, body):
    once = cleaner.clean(Article(uri="test:1", body=body, source="kompas.com")).text
    twice = cleaner.clean(Article(uri="test:1", body=once, source="kompas.com")).text
    assert set(twice.split("\n")) <= set(once.split("\n")) | {""}
