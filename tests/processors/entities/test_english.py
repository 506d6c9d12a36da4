"""Names in English text, by the trained model."""

import pytest

from processors.entities.english import LONGEST, stretches
from processors.entities.recogniser import Recogniser, pipeline

STORY = (
    "Margaret Ellsworth, the mayor of Northampton, told Reuters on Tuesday that the United Nations would pay "
    "$2.5 million for the bridge. Ellsworth said the work starts in March."
)


@pytest.fixture(scope="module")
def english():
    return Recogniser({"en": pipeline("en")}, "en")


def found(recogniser, text):
    return [(text[one.start : one.end], one.label) for one in recogniser.spans(text, "en")]


def test_people_places_and_organisations_are_found_beside_the_figures_of_the_rules(english):
    assert {
        ("Margaret Ellsworth", "PERSON"),
        ("Northampton", "GPE"),
        ("Reuters", "ORG"),
        ("$2.5 million", "MONEY"),
        ("Tuesday", "DATE"),
    } <= set(found(english, STORY))


def test_a_name_far_into_a_long_text_stands_where_it_is_said_to(english):
    text = "The weather was mild.\n" * 2_000 + STORY
    assert found(english, text)[-len(found(english, STORY)) :] == found(english, STORY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "word " * 20_000,
        "line\n" * 20_000,
        "x" * (3 * LONGEST + 1),
        "x" * LONGEST + "\n" + "y" * LONGEST,
    ],
)
def test_stretches_hold_the_whole_text_in_order(text):
    parts = list(stretches(text))
    assert "".join(part for _, part in parts) == text
    assert all(text.startswith(part, start) and len(part) <= LONGEST for start, part in parts)
