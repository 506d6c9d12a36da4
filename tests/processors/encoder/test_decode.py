from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from processors.encoder.decode import Decoder
from processors.encoder.tags import bio

TAGS = bio(["A", "B"])
SCORES = st.integers(1, 5).flatmap(
    lambda words: arrays(np.float32, (words, len(TAGS)), elements=st.floats(-4, 4, width=16))
)


def legal(path, breaks):
    before = "O"
    for tag, line in zip(path, breaks, strict=True):
        if tag.startswith("I-") and (line or before[2:] != tag[2:]):
            return False
        before = tag
    return True


def spans_of(path):
    found = []
    for at, tag in enumerate(path):
        if tag.startswith("B-"):
            found.append([at, at + 1, tag[2:]])
        elif tag.startswith("I-"):
            found[-1][1] = at + 1
    return [tuple(span) for span in found]


@given(SCORES, st.data())
def test_the_best_legal_sequence_is_found(scores, data):
    breaks = np.array(
        [False, *data.draw(st.lists(st.booleans(), min_size=len(scores) - 1, max_size=len(scores) - 1))]
    )
    found = [(span.first, span.end, span.label) for span in Decoder(TAGS).spans(scores, breaks)]
    paths = [path for path in product(TAGS, repeat=len(scores)) if legal(path, breaks)]

    def total(path):
        return sum(scores[at, TAGS.index(tag)] for at, tag in enumerate(path))

    best = max(map(total, paths))
    assert any(spans_of(path) == found and total(path) == pytest.approx(best, abs=1e-3) for path in paths)


def test_a_name_does_not_run_over_a_line_break():
    scores = np.zeros((2, len(TAGS)), np.float32)
    scores[0, TAGS.index("B-A")] = scores[1, TAGS.index("I-A")] = 3
    scores[1, TAGS.index("B-A")] = 1
    (whole,) = Decoder(TAGS).spans(scores, np.array([False, False]))
    assert (whole.first, whole.end, whole.label) == (0, 2, "A")
    assert [span.end for span in Decoder(TAGS).spans(scores, np.array([False, True]))] == [1, 2]


def test_no_words_no_spans():
    assert Decoder(TAGS).spans(np.empty((0, len(TAGS)), np.float32), np.empty(0, bool)) == []


@given(SCORES)
def test_a_score_is_a_probability(scores):
    for span in Decoder(TAGS).spans(scores, np.zeros(len(scores), bool)):
        assert 0 < span.score <= 1.0001
