import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from processors.encoder.words import split


def texts(text):
    return [text[word.start : word.end] for word in split(text)]


def test_marks_stand_alone_and_letters_with_figures_stay_together():
    assert texts('"Ini 2x lipat," kata Budi.') == ['"', "Ini", "2x", "lipat", ",", '"', "kata", "Budi", "."]


def test_a_word_knows_of_the_space_and_of_the_line_break_before_it():
    words = split("Satu,dua\n\ntiga")
    assert [word.spaced for word in words] == [True, False, False, True]
    assert [word.breaks for word in words] == [False, False, False, True]


def test_the_first_word_breaks_no_line_whatever_stands_before_it():
    assert not split("\n\nSatu")[0].breaks


@given(st.text())
def test_words_cover_all_but_white_space_in_order(text):
    words = split(text)
    assert "".join(texts(text)) == re.sub(r"\s", "", text)
    assert all(one.end <= two.start for one, two in itertools.pairwise(words))
