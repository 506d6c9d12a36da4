"""Labels stay bounded whatever the wires write."""

import pytest

from consumers.telemetry.names import LANGUAGES, MOST_CHARACTERS, MOST_OUTLETS, OutletNames, language_name


def test_an_outlet_keeps_its_label_however_it_is_written():
    outlets = OutletNames()
    assert outlets.name("Kabar Lereng") == outlets.name(" kabar lereng ") == "kabar lereng"
    assert outlets.name("") == "unknown"


def test_the_outlet_after_the_hundredth_is_other_and_those_before_it_stay():
    outlets = OutletNames()
    names = {outlets.name(f"outlet {number}") for number in range(10 * MOST_OUTLETS)}
    assert len(names) == MOST_OUTLETS + 1
    assert outlets.name("outlet 0") == "outlet 0"
    assert outlets.name("outlet 5000") == "other"


def test_a_long_name_is_cut():
    assert len(OutletNames().name("x" * 1000)) == MOST_CHARACTERS


@pytest.mark.parametrize(
    ("tag", "label"), [("id", "id"), ("id-ID", "id"), ("EN", "en"), ("jv", "other"), (None, "other")]
)
def test_a_language_is_one_that_kawat_reads_or_other(tag, label):
    assert language_name(tag) == label


def test_the_languages_are_those_of_the_processors():
    from processors.language import LANGUAGES as KNOWN

    assert frozenset(KNOWN) == LANGUAGES
