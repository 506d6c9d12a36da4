import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.quotes.marks import marked


def inside(text):
    return [text[piece.start : piece.end] for piece in marked(text)]


@pytest.mark.parametrize(
    "text",
    ['"Kami siap," kata Rendra.', "“Kami siap,” kata Rendra.", "„Kami siap,“ kata Rendra.", "«Kami siap,» kata Rendra.",
     "''Kami siap,'' kata Rendra.", "``Kami siap,'' kata Rendra.", "‘Kami siap,’ kata Rendra.", "'Kami siap,' kata Rendra.",
     "”Kami siap,” kata Rendra.", '“Kami siap," kata Rendra.', '"Kami siap,“ kata Rendra.', "?Kami siap,? kata Rendra.",
     "\x93Kami siap,\x94 kata Rendra.", "‘‘Kami siap,’’ kata Rendra.", "‘’Kami siap,’’ kata Rendra.", "??Kami siap,?? kata Rendra.",
     "’Kami siap,’ kata Rendra.", "'Kami siap,'kata Rendra.", "?Kami siap,?kata Rendra."],
)  # fmt: skip
def test_every_glyph_opens_and_closes(text):
    assert inside(text) == ["Kami siap,"]


def test_marks_glued_to_their_neighbours_are_told_by_what_is_open():
    assert inside('Pasar dibuka."Kami siap,"kata Rendra.') == ["Kami siap,"]
    assert inside("Pasar dibuka.”Kami siap,”kata Rendra.") == ["Kami siap,"]
    assert inside('Pasar dibuka.,"Kami siap," kata Rendra.,"Ayo," ajaknya.') == ["Kami siap,", "Ayo,"]


def test_apostrophes_and_question_marks_in_words_are_no_marks():
    assert inside("Syafi'i tiba Jum'at. Siapa? Dia? Rendra 'kan?") == []


def test_single_marks_inside_double_ones_are_part_of_the_words():
    assert inside("\"Ia bilang 'ayo' lalu pergi,\" kata Rendra.") == ["Ia bilang 'ayo' lalu pergi,"]


def test_an_inner_quotation_in_the_same_marks_stays_inside():
    assert inside('"Ia bilang "ayo saja" lalu pergi," kata Rendra.') == ['Ia bilang "ayo saja" lalu pergi,']


def test_a_missing_closing_mark_does_not_reach_the_next_line():
    assert inside('"Kami siap, kata Rendra.\n"Ayo," ajaknya.') == ["Kami siap, kata Rendra.", "Ayo,"]


def test_a_missing_closing_mark_does_not_turn_the_next_quotation_inside_out():
    assert inside('"Kami siap, kata Rendra. "Ayo," ajaknya.') == ["Kami siap, kata Rendra. ", "Ayo,"]


def test_a_missing_opening_mark_is_set_at_the_line():
    assert inside('Kami siap," kata Rendra.') == ["Kami siap,"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("?Kami siap menyambut pedagang? ujar Rendra.", "Kami siap menyambut pedagang"),
        ("? Kami siap menyambut pedagang.? ungkap Rendra.", "Kami siap menyambut pedagang."),
        ("Pasar dibuka.?Kami siap menyambut,? ujar Rendra.", "Kami siap menyambut,"),
        ("?Kami siap 'menyambut' pedagang,? ujar Rendra.", "Kami siap 'menyambut' pedagang,"),
        ("Kami siap menyambut pedagang,? ujar Rendra.", "Kami siap menyambut pedagang,"),
    ],
)
def test_marks_lost_to_an_encoding_are_told_by_what_stands_beside_them(text, wanted):
    assert inside(text) == [wanted]


def test_a_lost_mark_that_opens_a_line_opens_a_quotation_that_a_later_line_closes():
    assert inside("?Kami siap.\nPasar dibuka,? ujar Rendra.") == ["Kami siap.", "Pasar dibuka,"]


def test_where_an_opening_mark_is_lost_in_a_long_line_the_quotation_begins_with_its_sentence():
    text = '"Ayo," kata Sari. Ia pergi. Kami siap menyambut," kata Rendra.'
    assert inside(text) == ["Ayo,", "Kami siap menyambut,"]


def test_a_question_without_marks_is_no_quotation():
    assert inside("Siapa yang siap? Rendra menjawab. Kapan pasar dibuka? Besok.") == []


def test_an_odd_mark_harms_its_own_line_alone():
    assert inside('Layar 7" dijual.\n"Kami siap," kata Rendra.')[-1] == "Kami siap,"


def test_a_quotation_over_several_lines_is_one_piece_a_line():
    assert inside('"Kami siap.\nPasar dibuka.\nAyo datang," kata Rendra.') == [
        "Kami siap.",
        "Pasar dibuka.",
        "Ayo datang,",
    ]


def test_an_open_quotation_that_is_never_closed_ends_with_its_line():
    assert inside('"Kami siap.\nPasar dibuka.\nWarga datang.') == ["Kami siap."]


def test_nothing_between_marks_is_nothing():
    assert inside('"" " " ""') == []


@given(st.text(alphabet=st.sampled_from("ab .,\n\"“”'’‘?"), max_size=50))
def test_pieces_are_in_order_and_do_not_overlap(text):
    pieces = marked(text)
    assert all(0 <= p.start < p.end <= p.after <= len(text) for p in pieces)
    assert all(a.end <= b.start for a, b in itertools.pairwise(pieces))
