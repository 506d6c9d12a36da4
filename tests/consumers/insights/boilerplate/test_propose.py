from __future__ import annotations

import pytest
import re2

from config.outlets import Outlet
from consumers.insights.boilerplate.pieces import pieces_of
from consumers.insights.boilerplate.propose import pattern, propose
from processors.records import RemovedKind


def proposals(stories):
    return {
        (made.key, made.value): made
        for made, _ in propose({uri: pieces_of(text) for uri, text in stories.items()})
    }


def test_stories_without_boilerplate_give_no_proposal(wire):
    assert proposals(wire(120)) == {}


def test_a_line_that_recurs_is_proposed_with_its_stories(wire):
    def add(index, lines):
        return [*lines[:2], "Gulir untuk lanjut ke iklan", *lines[2:]] if index % 5 == 0 else lines

    (made,) = proposals(wire(100, add)).values()
    assert (made.key, made.value) == ("lines.ad.whole", "Gulir untuk lanjut ke iklan")
    assert (made.stories, made.of, made.pieces) == (20, 100, 20)
    assert made.examples == ("urn:desa:75", "urn:desa:80", "urn:desa:85", "urn:desa:90", "urn:desa:95")
    assert made.samples == ("Gulir untuk lanjut ke iklan",)


def test_what_stands_in_one_story_only_does_not_recur(wire):
    def add(index, lines):
        return [*lines, *["Gulir untuk lanjut ke iklan"] * 9] if index == 4 else lines

    assert proposals(wire(40, add)) == {}


def test_numbers_in_a_line_become_a_pattern(wire):
    def add(index, lines):
        return [*lines, f"Lanjut ke halaman {index % 4 + 2} dari 5"]

    (made,) = proposals(wire(40, add)).values()
    assert made.key == "lines.nav.shapes"
    assert re2.fullmatch(made.value, "Lanjut ke halaman 17 dari 20")


def test_openings_before_different_headlines_are_proposed_as_openings(wire):
    headlines = ["Harga Kopi Naik", "Pasar Ikan Sepi", "Jalan Rusak Lagi", "Beras Langka", "Hujan Deras"]

    def add(index, lines):
        return (
            [lines[0], f"Klik pula: {headlines[index % 5]} {index}", *lines[1:]] if index % 3 == 0 else lines
        )

    (made,) = proposals(wire(90, add)).values()
    assert made.key.endswith(".starts")
    assert made.value == "klik pula"
    assert made.stories == 30


def test_a_label_that_runs_into_the_story_is_proposed_as_a_link(wire):
    def add(index, lines):
        return [f"{lines[0]} Baca juga: Harga Kopi Ke-{index} Naik {lines[1]}", *lines[2:]]

    made = proposals(wire(30, add))
    assert ("links", "Baca juga") in made


def test_initials_at_the_ends_of_stories_are_proposed_as_one_pattern(wire):
    def add(index, lines):
        return [*lines[:-1], f"{lines[-1]} ({'abcde'[index % 5]}s/{'fghij'[index % 5]}p)"]

    (made,) = proposals(wire(30, add)).values()
    assert made.key == "inside.credit"
    assert re2.search(made.value, "Dermaga dibuka. (rs/lpw)")
    assert made.kind is RemovedKind.CREDIT


def test_a_refrain_of_stories_about_one_matter_is_not_proposed(wire):
    refrain = "Dermaga Kalimulya ditutup sejak perahu Juragan Tambala terbakar dan dua awaknya hilang"

    def add(index, lines):
        if index % 12:
            return lines
        return [
            "Perahu milik Juragan Tambala terbakar di dermaga Kalimulya.",
            refrain,
            f'"Dua awak masih hilang, dermaga tetap ditutup," kata penjaga {index}.',
        ]

    assert proposals(wire(60, add)) == {}


def test_speech_tags_and_ways_to_begin_a_sentence_are_not_proposed(wire):
    def add(_, lines):
        matter = lines[0].split()[1]
        return [
            *lines[:3],
            f"Hal itu disampaikan Ranu tentang {matter} pada hari Minggu.",
            f"Menurut dia, {matter} lebih baik daripada dulu.",
            f"Berikut rincian {matter}:",
            *lines[3:],
        ]

    assert proposals(wire(60, add)) == {}


@pytest.mark.parametrize("text", ["Kirim ke https://warta.example/a (gratis)!", "a.b*c [d] {e} | f ^ $ \\"])
def test_a_pattern_fits_its_text(text):
    assert re2.fullmatch(pattern(text), text)


def test_every_rule_fits_the_schema_of_profiles(wire):
    def add(index, lines):
        return [f"{lines[0]} (rs/lp{index % 3})", f"Lanjut ke halaman {index}", "Gulir (iklan) *", *lines[1:]]

    made = proposals(wire(30, add))
    assert len(made) >= 3
    for key, value in made:
        read = value
        parts = key.split(".")
        read = (value,)
        for part in reversed(parts):
            read = {part: read}
        Outlet.model_validate({"name": "Koran", **read})


def test_a_rule_has_the_same_identity_whatever_its_counts_and_kind(wire):
    def add(every):
        return lambda index, lines: lines if index % every else [*lines, "Gulir untuk lanjut ke iklan"]

    (one,) = proposals(wire(60, add(2))).values()
    (other,) = proposals(wire(90, add(3))).values()
    assert one.stories != other.stories or one.of != other.of
    assert one.id_for("koran.id") == other.id_for("koran.id")
    assert one.id_for("koran.id") != one.id_for("lain.id")
