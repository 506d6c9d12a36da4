import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.encoder.pieces import BEGIN, END
from processors.encoder.windows import LONGEST, cut, encode
from processors.encoder.words import split

TEXTS = st.lists(st.sampled_from(["Budi", "kata", "xyzzy", "\n", '"']), max_size=1_500).map(" ".join)


@pytest.mark.parametrize("overlap", [0, 128])
@given(text=TEXTS)
def test_windows_cover_all_words_and_are_never_too_long(pieces, overlap, text):
    words = split(text)
    encoded = encode(text, words, pieces)
    windows = cut(words, encoded, overlap=overlap)
    covered = set()
    for window in windows:
        assert len(window.ids) <= LONGEST
        assert window.ids[0] == BEGIN
        assert window.ids[-1] == END
        for word, first in zip(range(window.first_word, window.end_word), window.firsts, strict=True):
            own = encoded[word][words[word].breaks :]
            assert window.ids[first : first + len(own)] == own
        covered |= set(range(window.first_word, window.end_word))
    assert covered == set(range(len(words)))


@given(text=TEXTS)
def test_each_window_begins_behind_the_one_before(pieces, text):
    words = split(text)
    windows = cut(words, encode(text, words, pieces), overlap=128)
    starts = [window.first_word for window in windows]
    assert starts == sorted(set(starts))


def test_neighbours_share_as_many_pieces_as_asked(pieces):
    text = "xyzzy " * 400
    words = split(text)
    one, two, *_ = cut(words, encode(text, words, pieces), overlap=128)
    shared = one.end_word - two.first_word
    assert 128 - 6 < shared * 6 <= 128


def test_a_line_break_is_a_piece_of_its_own(pieces):
    words = split("Budi\nBudi")
    (window,) = cut(words, encode("Budi\nBudi", words, pieces))
    assert window.ids == [BEGIN, *pieces.word("Budi", True), END, *pieces.word("Budi", True), END]
    assert window.firsts == [1, 3]


def test_no_words_no_windows():
    assert cut([], []) == []
