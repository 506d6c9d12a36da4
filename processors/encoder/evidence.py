"""What rules know of a text, as evidence beside the encoder's scores: each may overrule the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from processors.encoder.tags import ENTITY_TAGS
from processors.encoder.words import Word, touched
from processors.records import Label

Floats = NDArray[np.float32]
_NUMBER = {tag: number for number, tag in enumerate(ENTITY_TAGS)}


@dataclass(frozen=True, slots=True)
class Known:
    """Code points [start, end) that rules hold for a thing of this label."""

    start: int
    end: int
    label: Label


def weigh(
    scores: Floats, words: Sequence[Word], known: Sequence[Known], weights: Mapping[Label, float]
) -> Floats:
    """The scores, with what is known added to them.

    Args:
        scores: (words, `ENTITY_TAGS`), log-probabilities.
        words: the text's words, at least as many.
        known: in reading order.
        weights: how much the tags of a known span gain, in nats, by label.
    """
    weighed = scores.copy()
    for one in known:
        for at, word in enumerate(touched(words, one.start, one.end)):
            if word < len(weighed):
                weighed[word, _NUMBER[("I-" if at else "B-") + one.label]] += weights.get(one.label, 0.0)
    return weighed
