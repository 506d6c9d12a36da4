import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.encoder.speaker import DISTANCES, SIZE, WIDTH, distance, probabilities

FLAT = [0.0] * DISTANCES


@given(st.integers(-600, 600))
def test_every_distance_has_its_bucket(pieces):
    bucket = distance(pieces)
    assert 0 <= bucket < DISTANCES
    assert (bucket >= 12) == (pieces < 0)


def test_nobody_named_leaves_nobody():
    assert probabilities(np.zeros((9, WIDTH), np.float32), (2, 5), [], FLAT) == pytest.approx([1.0])


def test_the_mention_that_is_like_the_quote_wins():
    pieces = np.zeros((9, WIDTH), np.float32)
    pieces[2:6, 0] = 20  # inside the quote
    pieces[8, 2 * SIZE] = 20
    likely = probabilities(pieces, (2, 5), [0, 8], FLAT)
    assert likely.argmax() == 2
    assert likely.sum() == pytest.approx(1, abs=1e-5)


def test_a_nearer_mention_wins_if_that_was_learned():
    near = [0.0] * DISTANCES
    near[distance(1)] = 3.0
    likely = probabilities(np.zeros((30, WIDTH), np.float32), (2, 5), [6, 20], near)
    assert likely[1] > likely[2]
