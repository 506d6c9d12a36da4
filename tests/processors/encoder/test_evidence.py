import numpy as np
import pytest

from processors.encoder.encoder import Encoder
from processors.encoder.evidence import Known, Weight, weigh
from processors.encoder.speaker import DISTANCES
from processors.encoder.tags import ENTITY_TAGS
from processors.encoder.words import split
from processors.records import Label

TEXT = "Pagi itu Kota Lama sepi."
CITY = Known(9, 18, Label.GPE)


def test_known_words_gain_the_tags_of_their_label():
    words = split(TEXT)
    scores = np.zeros((len(words), len(ENTITY_TAGS)), np.float32)
    gain = weigh(scores, words, [CITY], {Label.GPE: Weight(2.5)})
    assert {(at, ENTITY_TAGS[tag]): gain[at, tag] for at, tag in np.argwhere(gain).tolist()} == {
        (2, "B-GPE"): 2.5,
        (3, "I-GPE"): 2.5,
    }
    assert not scores.any()


def test_where_rules_are_trusted_their_silence_counts_too():
    words = split(TEXT)
    scores = np.zeros((len(words), len(ENTITY_TAGS)), np.float32)
    gain = weigh(scores, words, [CITY], {Label.GPE: Weight(2.5, 1.0)})
    begin, inside = ENTITY_TAGS.index("B-GPE"), ENTITY_TAGS.index("I-GPE")
    assert gain[:, begin].tolist() == [-1, -1, 2.5, 0, -1, -1]
    assert gain[:, inside].tolist() == [-1, -1, 0, 2.5, -1, -1]


def test_what_lies_behind_the_words_read_weighs_nothing():
    words = split(TEXT)[:2]
    scores = np.zeros((2, len(ENTITY_TAGS)), np.float32)
    assert not weigh(scores, words, [CITY], {Label.GPE: Weight(2.5)}).any()


@pytest.mark.parametrize(("weight", "found"), [(1.0, []), (9.0, ["Kota Lama"])])
def test_evidence_wins_if_it_weighs_enough(pieces, network, weight, found):
    encoder = Encoder(network, pieces, [0.0] * DISTANCES, weights={Label.GPE: Weight(weight)})
    assert [TEXT[one.start : one.end] for one in encoder.read(TEXT, [CITY]).entities] == found


def test_the_encoder_may_overrule_what_rules_know(encoder):
    (one,) = encoder.read("Budi datang.", [Known(0, 4, Label.ORG)]).entities
    assert one.label == "PERSON"
