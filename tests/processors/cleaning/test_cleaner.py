from __future__ import annotations

from processors.records import Dateline, RemovedKind


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
