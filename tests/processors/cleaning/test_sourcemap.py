from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.cleaning.sourcemap import SourceMap, Traced


@st.composite
def edited(draw):
    """A source, and the traced text after two rounds of edits."""
    traced = Traced.of(draw(st.text("abcdef \n", max_size=60)))
    source = traced.text
    for _ in range(2):
        bounds = sorted(draw(st.sets(st.integers(0, len(traced.text)), max_size=8)))
        pairs = list(zip(bounds[::2], bounds[1::2], strict=False))
        traced = traced.edit([(start, end, draw(st.text("XYZ", max_size=3))) for start, end in pairs])
    return source, traced


@given(edited())
def test_kept_characters_lead_to_themselves_and_new_ones_into_the_source(case):
    source, traced = case
    ends = 0
    for offset, char in enumerate(traced.text):
        start, end = traced.map.span(offset, offset + 1)
        assert 0 <= start <= end <= len(source)
        if char not in "XYZ":
            assert source[start:end] == char
        assert end >= ends or char in "XYZ"  # in reading order
        ends = max(ends, start)


@given(edited())
def test_runs_are_sorted_and_cover_the_text(case):
    _, traced = case
    starts = [run[0] for run in traced.map.runs]
    assert starts == sorted(set(starts))
    assert starts[:1] == ([0] if traced.text else [])
    assert traced.map.length == len(traced.text)


def test_a_text_without_edits_has_one_run():
    assert Traced.of("Harga kopi naik.").map.runs == ((0, 0, 16),)
    assert Traced.of("Harga kopi naik.").edit([]).map == SourceMap.identity(16)


def test_a_replacement_stands_for_the_whole_piece_that_it_replaces():
    traced = Traced.of("kata â€œya").edit([(5, 8, "“")])
    assert traced.text == "kata “ya"
    assert traced.map.span(5, 6) == (5, 8)
    assert traced.map.span(5, 8) == (5, 10)


def test_what_is_put_in_leads_to_where_it_was_put():
    traced = Traced.of("dilakukan.Dia").edit([(10, 10, " ")])
    assert traced.text == "dilakukan. Dia"
    assert traced.map.span(10, 11) == (10, 10)
    assert traced.map.span(11, 14) == (10, 13)


@pytest.mark.parametrize(("start", "end"), [(0, 0), (3, 2), (0, 5), (-1, 2)])
def test_a_range_that_is_empty_or_outside_the_text_is_refused(start, end):
    with pytest.raises(IndexError):
        SourceMap.identity(4).span(start, end)
