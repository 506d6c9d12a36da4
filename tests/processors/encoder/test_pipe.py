from dataclasses import replace

import pytest
import spacy

from processors.encoder.pipe import Pipe
from processors.encoder.reader import Reader
from processors.entities import words

TEXT = "Budi tiba.  Pagi\nitu Budi pergi."


@pytest.fixture
def nlp():
    return spacy.blank("id", config={"nlp": {"tokenizer": {"@tokenizers": "kawat.words.v1"}}})


def test_entities_of_a_document_are_those_of_the_reading(nlp, encoder):
    doc = Pipe(Reader(encoder))(nlp(TEXT))
    assert [(one.text, one.label_, one.start_char) for one in doc.ents] == [
        ("Budi", "PERSON", 0),
        ("Budi", "PERSON", TEXT.rindex("Budi")),
    ]


def test_what_stood_there_is_replaced_up_to_the_end_of_the_reading(nlp, encoder):
    class Short:
        def read(self, text, known):
            assert [(one.start, one.end, one.label) for one in known] == [(12, 16, "DATE"), (21, 25, "ORG")]
            reading = encoder.read(text)
            return replace(reading, end=16, entities=reading.entities[:1])

    doc = nlp(TEXT)
    doc.set_ents([words.span(doc, 12, 16, "DATE"), words.span(doc, 21, 25, "ORG")])
    assert [(one.text, one.label_) for one in Pipe(Short())(doc).ents] == [
        ("Budi", "PERSON"),
        ("Budi", "ORG"),
    ]


def test_a_text_is_read_once_however_often_it_is_asked_for(encoder, network):
    reader = Reader(encoder)
    assert reader.read(TEXT) is reader.read(TEXT)
    assert len(network.calls) == 1
    reader.read(TEXT + " Budi.")
    assert len(network.calls) == 2
