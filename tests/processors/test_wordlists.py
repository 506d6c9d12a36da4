import pytest

from processors import wordlists
from processors.wordlists import BrokenData, any_of, lines, mapping, rows


@pytest.fixture
def broken(monkeypatch):
    def put(text):
        monkeypatch.setattr(wordlists, "read", lambda _package, _name: text)

    return put


def test_a_short_row_is_told_with_its_file_and_line(broken):
    broken("# comment\nSukaraya\tGPE\n\nTirtajaya\n")
    with pytest.raises(BrokenData, match=r"processors/entities/data/names\.tsv, line 4: 2 columns"):
        list(rows("processors.entities", "names.tsv", 2))


def test_comments_and_empty_lines_are_no_rows(broken):
    broken("# comment\n\nSukaraya\tGPE\n")
    assert list(rows("processors.entities", "names.tsv", 2)) == [(3, ["Sukaraya", "GPE"])]
    assert lines("processors.entities", "names.txt") == {"Sukaraya"}


def test_a_word_that_yaml_takes_for_a_truth_value_is_told_by_its_key(broken):
    broken("stops: [di, on]\n")
    with pytest.raises(BrokenData, match="key stops"):
        mapping("processors.quotes", "words.yaml")


@pytest.mark.parametrize("text", ["[a, b]", "a: {b: c}", "a: [b"])
def test_a_file_of_another_shape_is_told(broken, text):
    broken(text)
    with pytest.raises(BrokenData, match=r"words\.yaml"):
        mapping("processors.quotes", "words.yaml")


def test_a_file_that_is_not_there_is_told():
    with pytest.raises(BrokenData, match=r"processors/quotes/data/nothing\.txt"):
        lines("processors.quotes", "nothing.txt")


def test_longer_words_are_tried_first_and_white_space_is_any():
    import re

    assert re.fullmatch(any_of(["dolar", "dolar AS"]), "dolar\nAS")
