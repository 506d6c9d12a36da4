"""Steep growth is called steep, and texts grow to the size that was asked for."""

import pytest

from bench import growth
from bench.growth import Growth, exponent, page, slope
from bench.growth_parts import PARTS, people, sizes, text, units


@pytest.mark.parametrize("power", [0.5, 1, 1.5, 2])
def test_the_exponent_is_the_power_that_costs_follow(power):
    assert exponent([(size, 3e-6 * size**power) for size in sizes(1_100_000)]) == pytest.approx(power)


def test_what_costs_next_to_nothing_has_no_exponent():
    assert slope([(1_000, 1e-6), (4_000, 2e-5), (16_000, 1e-4)]) == 0
    assert exponent([]) == 0


def test_only_the_larger_sizes_tell_how_cost_grows():
    costs = [(size, 1e-3 if size < 16_000 else 1e-9 * size**2) for size in sizes(300_000)]
    assert slope(costs) == pytest.approx(2, abs=0.1)


def test_sizes_go_from_a_thousand_to_a_million():
    assert list(sizes(1_100_000)) == [1_000, 4_000, 16_000, 64_000, 256_000, 1_024_000]


def test_a_text_is_as_long_as_it_is_asked_to_be():
    for unit in units().values():
        assert len(text(unit, 777)) == 777


def test_a_unit_that_counts_says_nothing_twice():
    words = text("{n} ", 100_000).split()[:-1]
    assert len(words) > 10_000
    assert len(set(words)) == len(words)


def test_people_of_a_text_are_where_they_are_said_to_be():
    body = "Rendra Wiguna dan Mira Salabi, lalu Rendra Wiguna lagi."
    assert [(entity.name, len(entity.mentions)) for entity in people(body)] == [
        ("Rendra Wiguna", 2),
        ("Mira Salabi", 1),
    ]
    assert all(
        body[span.start : span.end] == span.text for entity in people(body) for span in entity.mentions
    )


@pytest.mark.parametrize(
    "part", ["intake of JSON", "intake of XML", "intake of pages", "cleaning", "quotation marks"]
)
def test_parts_can_be_measured(part):
    costs = growth.ladder(part, "Pasar dibuka.\n", largest=5_000, longest_s=10, rounds=2)
    assert [size for size, _ in costs] == [1_000, 4_000]
    assert all(cost >= 0 for _, cost in costs)


def test_the_page_shows_every_text_and_the_steepest():
    rows = [
        {"part": "cleaning", "unit": unit, "exponent": 1.0, "largest": 4_000, "seconds": 0.1, "memory": 3.0}
        for unit in units()
    ]
    rows[3]["exponent"] = 1.2
    known = {
        "parts": {"cleaning": rows},
        "shares": dict.fromkeys(("orjson.loads", "intake", *growth.STAGES), 1.0),
        "machine": {"processor": "x"},
    }
    shown = page(known)
    assert f"| cleaning | 1.2 | {Growth(**rows[3]).unit} | 25 |" in shown
    assert all(f"\n| {unit} | 1." in shown for unit in units())
    assert "entities" in PARTS
    assert "| document | 1 | 20 % |" in shown
