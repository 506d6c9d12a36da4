import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from processors.entities.words import STARTS, TEXTS, span

TEXT = st.text(alphabet=st.sampled_from("ab Ä1.,\n\t\"'-  "), max_size=60)


@pytest.fixture(scope="module")
def tokenizer():
    return spacy.blank("id", config={"nlp": {"tokenizer": {"@tokenizers": "kawat.words.v1"}}}).tokenizer


@given(text=TEXT)
def test_the_tokens_joined_are_the_text_again(tokenizer, text):
    doc = tokenizer(text)
    assert doc.text == text
    assert doc.user_data[STARTS] == [token.idx for token in doc]
    assert doc.user_data[TEXTS] == [token.text for token in doc]


def test_words_are_split_at_every_mark(tokenizer):
    assert [token.text for token in tokenizer("Sukaraya-Tirtajaya (3/9).")] == [
        "Sukaraya", "-", "Tirtajaya", "(", "3", "/", "9", ")", ".",
    ]  # fmt: skip


def test_a_span_holds_every_token_that_it_touches(tokenizer):
    doc = tokenizer("Wali Kota Sukaraya")
    assert span(doc, 5, 12, "GPE").text == "Kota Sukaraya"
