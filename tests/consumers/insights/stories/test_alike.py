"""Texts, and which of them share their words."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.insights.stories.adds import Told, additions
from consumers.insights.stories.bands import BANDS, ROWS, Bands, bands
from consumers.insights.stories.records import Name, Voice
from consumers.insights.stories.triples import MOST_WORDS, common, containment, triples
from processors.records import Label

words = st.lists(st.sampled_from(["satu", "dua", "tiga", "empat", "lima"]), max_size=30)


def text(seed, length=200):
    """Words of a vocabulary of its own size, at random."""
    chance = random.Random(seed)
    return " ".join(f"kata{chance.randrange(900)}" for _ in range(length))


def test_case_and_punctuation_make_no_difference():
    assert triples("Pasar itu dibuka, lagi.").tolist() == triples("PASAR itu — dibuka lagi").tolist()


@pytest.mark.parametrize("short", ["", "satu", "satu dua"])
def test_a_text_of_fewer_than_three_words_has_no_triple(short):
    assert len(triples(short)) == 0
    assert containment(triples(short), triples("satu dua tiga")) == 0.0


def test_the_order_of_words_makes_a_difference():
    assert common(triples("satu dua tiga"), triples("tiga dua satu")) == 0


def test_a_text_beyond_all_measure_is_not_read_to_its_end():
    assert len(triples(" ".join(map(str, range(MOST_WORDS + 500))))) == MOST_WORDS - 2


@given(words, words)
def test_what_is_common_is_what_sets_have_in_common(one, other):
    first, second = triples(" ".join(one)), triples(" ".join(other))
    both = set(first.tolist()) & set(second.tolist())
    assert common(first, second) == common(second, first) == len(both)
    assert list(first) == sorted(set(first.tolist()))


def test_bands_agree_as_often_as_the_formula_says():
    """Over many pairs of sets of Jaccard similarity 0.1, a pair agrees in some band with 1 - (1 - j^r)^b."""
    chance, agreed, pairs = np.random.default_rng(5), 0, 400
    for _ in range(pairs):
        drawn = chance.integers(0, 2**32, 190, dtype=np.uint32)
        one, other = np.unique(drawn[:105]), np.unique(drawn[85:])  # 20 of 190 in common
        agreed += bool((bands(one) == bands(other)).any())
    expected = 1 - (1 - (20 / 190) ** ROWS) ** BANDS
    assert agreed / pairs == pytest.approx(expected, abs=0.09)  # three standard deviations


def test_likes_are_found_until_they_go():
    index = Bands()
    for number in range(200):  # the table grows meanwhile
        index.put(f"urn:{number}", triples(text(number)))
    index.put("urn:like", triples(text(7) + " lagi pula"))
    assert index.like("urn:like") == ["urn:7"]
    assert index.like("urn:7") == ["urn:like"]
    index.drop("urn:7")
    assert index.like("urn:like") == []
    index.put("urn:other", triples(text(8)))  # in its place
    assert index.like("urn:8") == ["urn:other"]
    index.drop("urn:never there")


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.booleans()), max_size=40))
def test_all_pairs_at_once_are_the_pairs_one_by_one(changes):
    index, there = Bands(), {}
    for name, seed, stays in changes:
        if stays:
            index.put(str(name), triples(text(seed, 40)))
            there[str(name)] = seed
        else:
            index.drop(str(name))
            there.pop(str(name), None)
    found = {frozenset(pair) for pair in index.pairs()}
    assert found == {frozenset((name, other)) for name in there for other in index.like(name)}
    assert found == {frozenset((a, b)) for a in there for b in there if a < b and there[a] == there[b]}


SAID, NEW = "Kami akan membuka pasar ini bulan depan", "Pedagang lama mendapat tempat lebih dahulu"
RANU, SHORT = Name(label=Label.PERSON, name="Ranu Sadewo"), Name(label=Label.PERSON, name="Ranu")


def told(body, *quotes, names=()):
    voices = tuple(Voice(id=f"q{number}", speaker=None, text=quote) for number, quote in enumerate(quotes))
    return Told("1", "warta.example", triples(body), voices, tuple(names))


def test_the_first_story_adds_nothing_and_the_next_what_it_has_more():
    first = told(f"Kata dia, {SAID}.", SAID, names=[RANU])
    second = told(f"{SAID}. {NEW}.", SAID, NEW, names=[RANU, Name(label=Label.GPE, name="Tambakwangi")])
    nothing, added = additions([first, second])
    assert nothing == ((), ())
    assert [voice.text for voice in added[0]] == [NEW]
    assert [name.name for name in added[1]] == ["Tambakwangi"]


def test_what_stands_in_an_earlier_text_is_no_news_although_nobody_marked_it_there():
    _, (quotes, _) = additions([told(f"Menurut dia {SAID}"), told("lain sama sekali", SAID)])
    assert quotes == ()


def test_a_short_form_of_a_name_is_no_new_name_nor_is_the_full_one():
    for before, after in [(RANU, SHORT), (SHORT, RANU)]:
        _, (_, names) = additions([told("x", names=[before]), told("y", names=[after])])
        assert names == ()
    place = Name(label=Label.GPE, name="Ranu")
    _, (_, names) = additions([told("x", names=[RANU]), told("y", names=[place])])
    assert names == (place,)
