import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.encoder.pieces import UNKNOWN


def test_the_most_probable_pieces_win(pieces):
    whole = pieces.word("katanya", True)
    assert whole == (*pieces.word("kata", True), *pieces.word("nya", False))
    assert len(whole) == 2


def test_a_word_after_a_space_has_other_pieces_than_one_without(pieces):
    assert pieces.word("Budi", True) != pieces.word("Budi", False)


def test_unknown_characters_in_a_row_are_one_unknown_piece(pieces):
    assert pieces.word("漢字漢字", False) == (UNKNOWN,)


def test_wide_letters_are_read_as_plain_ones(pieces):
    assert pieces.word("Ｂｕｄｉ", True) == pieces.word("Budi", True)


@given(st.text(min_size=1), st.booleans())
def test_every_word_has_at_least_one_piece(pieces, word, spaced):
    assert pieces.word(word, spaced)


@pytest.mark.timeout(30)
def test_a_word_of_a_million_letters_is_read_up_to_a_limit(pieces):
    assert len(pieces.word("k" * 1_000_000, True)) < 100
