"""English wires and sites: the same shapes in their words."""

from __future__ import annotations

import pytest

from processors.records import Dateline, RemovedKind

BEFORE = "Trade minister Ardana Wiryawan opened a coffee market in the highlands on Tuesday."
AFTER = "The market takes beans from four districts and opens every day at dawn."
STORY = f"{BEFORE}\n{AFTER}"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Read more: Growers delay the harvest", "related"),
        ("READ NEXT: Growers delay the harvest", "related"),
        ("Related: Growers delay the harvest", "related"),
        ("Also read: Growers delay the harvest", "related"),
        ("For more news on coffee, visit example.com", "related"),
        ("Story continues below advertisement", "ad"),
        ("Sponsored content", "ad"),
        ("Sign up for our newsletter", "promo"),
        ("Sign up here.", "promo"),
        ("Subscribe to our morning briefing newsletter and get it in your inbox.", "promo"),
        ("Follow us on Facebook and X", "promo"),
        ("Follow Mirna Salabi on Twitter: @mirna_salabi", "promo"),
        ("Join our WhatsApp channel for the latest news", "promo"),
        ("Want more? Subscribe to the podcast.", "promo"),
        ("Watch: How the market opened", "media"),
        ("Image source, Example Pictures", "media"),
        ("Growers at the market on Tuesday. (AP Photo/Ardi Wijana)", "media"),
        ("FILE - Growers at the old market last year.", "media"),
        ("(Reporting by Ardi Wijana in Jakarta; Editing by Mirna Salabi)", "credit"),
        ("Additional reporting by Ardi Wijana", "credit"),
        ("Ardi Wijana contributed to this report.", "credit"),
        ("Associated Press writer Ardi Wijana contributed to this report.", "credit"),
        ("By Ardi Wijana and Mirna Salabi", "credit"),
        ("With inputs from agencies", "credit"),
        ("bur-aw/ms/dan", "credit"),
        ("© 2026 Example News. All rights reserved.", "copyright"),
        ("This material may not be published, broadcast, rewritten or redistributed.", "copyright"),
        ("Updated on March 4, 2025 at 10:15", "nav"),
        ("4 min read", "nav"),
        ("Back to top", "nav"),
        ("3 hours ago", "nav"),
        ("Topics: coffee, trade", "nav"),
    ],
)
def test_boilerplate_on_a_line_of_its_own_goes_and_is_told_by_kind(clean, line, kind):
    cleaned = clean(f"{BEFORE}\n{line}\n{AFTER}", language="en")
    assert cleaned.text == STORY
    assert [(removed.kind, removed.text) for removed in cleaned.removed] == [(RemovedKind(kind), line)]


@pytest.mark.parametrize(
    "line",
    [
        "Read carefully, the contract says nothing about beans.",
        "Follow the money, growers were told by the auditor.",
        "Watches and phones are banned in the hall.",
        "Subscribers of the cooperative get a better price, Salabi said.",
        "The photo shows the old market before the fire.",
        "By Tuesday, the price had fallen again.",
        "Updated rules come into force in March, the ministry said.",
        'Salabi is a grower from the highlands. "I write for nobody," she said.',
        "The minister said so in an interview (Reuters).",
        "Apple Watch: the new model costs more than last year's.",
        "Related industries grew faster than coffee itself.",
    ],
)
def test_lines_of_the_story_stay(clean, line):
    assert clean(f"{BEFORE}\n{line}\n{AFTER}", language="en").text == f"{BEFORE}\n{line}\n{AFTER}"


@pytest.mark.parametrize(
    "piece",
    [
        " (Reporting by Ardi; Editing by Mirna)",
        " Reporting by Ardi Wijana; Editing by Mirna Salabi",
        " - Reuters",
        " -- BERNAMA",
        " Sign up here for our daily letter.",
        " © 2026 Example News",
    ],
)
def test_pieces_at_the_end_of_a_line_are_cut(clean, piece):
    assert clean(STORY + piece, language="en").text == STORY


@pytest.mark.parametrize(
    ("stamp", "place", "outlet"),
    [
        ("GENEVA, March 4 (Reuters) - ", "GENEVA", "Reuters"),
        ("GENEVA (AP) — ", "GENEVA", "AP"),
        ("GENEVA (AFP) – ", "GENEVA", "AFP"),
        ("GENEVA, March 4 — ", "GENEVA", None),
        ("NEW DELHI: ", "NEW DELHI", None),
    ],
)
def test_datelines_of_the_agencies_are_taken_off(clean, stamp, place, outlet):
    cleaned = clean(stamp + STORY, language="en")
    assert cleaned.text == STORY
    assert cleaned.dateline == Dateline(place=place, outlet=outlet, text=stamp.strip())


def test_headlines_under_the_label_of_a_series_go_up_to_the_next_sentence(clean):
    series = "Recommended for you\nGrowers Delay the Harvest\nCoffee Prices Rise Again in London"
    assert clean(f"{BEFORE}\n{series}\n{AFTER}", language="en").text == STORY


def test_an_embedded_post_takes_nothing_of_an_english_story_with_it(clean):
    post = "The hall is full! pic.twitter.com/AbC12xYz"
    assert clean(f"{STORY}\n{post}\n{BEFORE}", language="en").text == f"{STORY}\n{BEFORE}"


def test_malay_works_by_the_generic_profiles(clean):
    story = "Menteri itu merasmikan pasar kopi di pekan Tanah Tinggi pada Selasa."
    links = "Artikel berkaitan\nPekebun Kopi Tangguh Tuaian\nHarga Kopi Naik Lagi"
    cleaned = clean(f"KUALA LUMPUR, 4 Mac - {story}\nBaca juga: Pekebun Tangguh Tuaian\n{links}\n- BERNAMA")
    assert cleaned.text == story
    assert cleaned.dateline.place == "KUALA LUMPUR"
