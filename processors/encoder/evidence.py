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


@dataclass(frozen=True, slots=True)
class Weight:
    """How far rules are trusted with a label, in nats: `said` is for what they found, `unsaid` against the rest."""

    said: float
    unsaid: float = 0.0


EVEN = Weight(2.5)


def weigh(
    scores: Floats, words: Sequence[Word], known: Sequence[Known], weights: Mapping[Label, Weight]
) -> Floats:
    """The scores, with what is known added to them.

    Args:
        scores: (words, `ENTITY_TAGS`), log-probabilities.
        words: the words that the scores are of.
        known: in reading order.
        weights: by label; `EVEN` for what is not in it.
    """
    weighed = scores.copy()
    for label in Label:
        weighed[:, [_NUMBER["B-" + label], _NUMBER["I-" + label]]] -= weights.get(label, EVEN).unsaid
    for one in known:
        weight = weights.get(one.label, EVEN)
        for at, word in enumerate(touched(words, one.start, one.end)):
            begin, inside = _NUMBER["B-" + one.label], _NUMBER["I-" + one.label]
            weighed[word, [begin, inside]] += weight.unsaid
            weighed[word, inside if at else begin] += weight.said
    return weighed
