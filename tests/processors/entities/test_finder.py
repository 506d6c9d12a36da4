import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.entities import EntityFinder
from processors.records import Label

STORY = (
    "Wali Kota Sukaraya Rendra Wiguna meresmikan Pasar Induk Tirtajaya, Senin (3/2/2025).\n"
    "Rendra mengatakan Komisi Pengawas Pasar (KPP) mengawasi harga beras sejak 2024.\n"
    "Menurut Ketua KPP Sari Lestari, kenaikan 5 persen itu wajar. Sari menyebut Jakarta dan Surabaya lebih mahal.\n"
    "PT Maju Sentosa Tbk menyiapkan Rp 1,5 miliar untuk Universitas Tirtajaya."
)


@pytest.fixture(scope="module")
def finder():
    return EntityFinder.load()


@pytest.fixture(scope="module")
def found(finder):
    return finder.find(STORY, "id")


def named(found, label):
    return {e.name: [m.text for m in e.mentions] for e in found if e.label is label}


def test_people_are_found_behind_their_titles_and_again_by_one_name(found):
    people = named(found, Label.PERSON)
    assert people == {"Rendra Wiguna": ["Rendra Wiguna", "Rendra"], "Sari Lestari": ["Sari Lestari", "Sari"]}


def test_a_place_and_a_person_behind_a_title_are_parted_by_the_name_alone(finder):
    found = finder.find("Gubernur Tirtajaya Bramantyo Halim tiba. Ia lelah, kata Bramantyo.", "id")
    assert named(found, Label.PERSON) == {"Bramantyo Halim": ["Bramantyo Halim", "Bramantyo"]}
    assert named(found, Label.GPE) == {"Tirtajaya": ["Tirtajaya"]}


def test_a_body_and_its_abbreviation_are_one(found):
    assert named(found, Label.ORG)["Komisi Pengawas Pasar"] == ["Komisi Pengawas Pasar", "KPP", "KPP"]


def test_bodies_are_known_by_their_first_word(found):
    assert {"PT Maju Sentosa Tbk", "Universitas Tirtajaya"} <= set(named(found, Label.ORG))


def test_places_are_known_from_the_lists(found):
    assert {"Jakarta", "Surabaya"} <= set(named(found, Label.GPE))


def test_figures_are_found_by_rule(found):
    assert set(named(found, Label.DATE)) == {"Senin (3/2/2025)", "2024"}
    assert set(named(found, Label.MONEY)) == {"Rp 1,5 miliar"}
    assert set(named(found, Label.PERCENT)) == {"5 persen"}


def test_ids_count_in_order_of_first_mention(found):
    assert [e.id for e in found] == [f"e{n}" for n in range(1, len(found) + 1)]
    firsts = [e.mentions[0].start for e in found]
    assert firsts == sorted(firsts)


def test_what_is_named_first_and_most_is_most_salient_and_figures_are_not(found):
    salience = {e.name: e.salience for e in found}
    assert salience["Rendra Wiguna"] > salience["Sari Lestari"] > salience["Surabaya"] > 0
    assert all(e.salience == 0 for e in found if e.label in {Label.DATE, Label.MONEY, Label.PERCENT})


def test_english_malay_and_unknown_languages_are_read_too(finder):
    text = "President Joko Sarwono said the plant opens on Monday in Jakarta."
    for language in ("en", "en-US", "ms", "xx", None):
        assert "Jakarta" in named(finder.find(text, language), Label.GPE)


def test_nothing_is_found_in_nothing(finder):
    assert finder.find("", "id") == ()
    assert finder.find(" \n \n", None) == ()


PIECES = st.sampled_from(
    ["Rendra", "Wiguna", "Sukaraya", "Jakarta", "kata", "Wali Kota", "PT", "Tbk", "Rp 5", "juta", "2024", "Senin", "(3/2)",
     "5 persen", "Pasal 5", "KPK", "(", ")", ".", ",", "-", "\n", '"', "'", "’", "é", "\u200b", "🙂", "İ", "dan", "di", "  "]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(PIECES, max_size=25).map(" ".join) | st.text(max_size=40))
def test_mentions_are_what_they_say_and_do_not_overlap(finder, text):
    spans = []
    for entity in finder.find(text, "id"):
        assert entity.mentions
        assert 0 <= entity.salience <= 1
        for mention in entity.mentions:
            assert text[mention.start : mention.end] == mention.text
            assert mention.text
            spans.append((mention.start, mention.end))
    spans.sort()
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))
