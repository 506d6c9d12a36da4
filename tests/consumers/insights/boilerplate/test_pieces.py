from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.insights.boilerplate.pieces import LONGEST, MOST, Form, label, pieces_of, shape, words


def forms(text):
    return {(piece.form, piece.text) for piece in pieces_of(text).pieces}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Halaman 2 dari 5", "HALAMAN 3 dari 12"),
        ("Ikuti kami: https://warta.example/a", "Ikuti kami: https://warta.example/b?c=1"),
        ("Baca   juga:", "Baca juga"),
    ],
)
def test_numbers_addresses_case_and_marks_make_no_other_shape(one, other):
    assert shape(one) == shape(other)


def test_a_label_stands_before_a_colon_near_the_start():
    assert label("Baca juga: Ranu Sadewo Meninjau Dermaga") == "Baca juga"
    assert label("Ranu Sadewo meninjau dermaga yang baru di Sukaraya: sepi") is None
    assert label("https://warta.example/a") is None


def test_a_sentence_at_the_end_of_a_line_and_a_label_within_it_are_pieces_of_their_own():
    found = forms("Dermaga dibuka. Baca juga: Ikan Langka di Sukaraya Warga senang. Unduh aplikasi kami.")
    assert (Form.TAIL, "Unduh aplikasi kami.") in found
    assert any(form is Form.INNER and text.startswith("Baca juga: Ikan") for form, text in found)


def test_brackets_at_the_end_of_a_line_are_a_piece():
    assert (Form.TAIL, "(rs/lp)") in forms("Dermaga itu dibuka kembali. (rs/lp)")


def test_the_mask_tells_which_words_stand_elsewhere_in_the_story():
    known = pieces_of("Dermaga Sukaraya ditutup.\nWarga Sukaraya marah.\nGulir untuk Sukaraya")
    piece = next(piece for piece in known.pieces if piece.text.startswith("Gulir"))
    assert dict(zip(words(piece.text), (piece.mask >> bit & 1 for bit in range(9)), strict=False)) == {
        "gulir": 0,
        "untuk": 0,
        "sukaraya": 1,
    }


def test_a_label_that_a_story_has_several_times_is_not_what_it_is_about():
    known = pieces_of("Dermaga ditutup.\nBaca juga: Ikan Mahal\nWarga marah.\nBaca juga: Beras Murah")
    labels = [piece for piece in known.pieces if piece.form is Form.LINE and piece.text.startswith("Baca")]
    assert [piece.mask & 0b11 for piece in labels] == [0, 0]


@given(st.text(max_size=600))
def test_any_text_gives_pieces_of_itself_within_bounds(text):
    known = pieces_of(text)
    assert len(known.pieces) <= MOST
    for piece in known.pieces:
        assert piece.text
        assert piece.text in text
        assert len(piece.text) <= LONGEST


def test_of_a_story_without_end_the_first_and_last_pieces_count():
    known = pieces_of("\n".join(f"Baris ke {number}" for number in range(1_000)))
    assert len(known.pieces) == MOST
    assert known.pieces[-1].text == "Baris ke 999"
