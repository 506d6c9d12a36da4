"""Scores of BIO tags -> spans: the best sequence in which "I-x" follows only "B-x" or "I-x"."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from processors.encoder.tags import OUTSIDE

Floats = NDArray[np.float32]
FORBIDDEN = -1e9


@dataclass(frozen=True, slots=True)
class TaggedSpan:
    """Words [first, end) that carry one label; `score`: the mean probability of their tags."""

    first: int
    end: int
    label: str
    score: float


class Decoder:
    """Viterbi's algorithm over one set of BIO tags."""

    def __init__(self, tags: tuple[str, ...], *, anew: float = 0.0) -> None:
        """Decodes one head.

        Args:
            tags: in the order of the scores; the first is "O".
            anew: what it costs, in nats, to begin a span right behind one of the same label.
        """
        self._tags = tags
        self._step = np.array([[_step(one, then, anew) for then in tags] for one in tags], np.float32)
        self._first = np.array([_step(OUTSIDE, tag, anew) for tag in tags], np.float32)

    def spans(self, scores: Floats, breaks: NDArray[np.bool_]) -> list[TaggedSpan]:
        """The spans of a text, in reading order.

        Args:
            scores: (words, tags), log-probabilities, or such with evidence added.
            breaks: (words,), true where no span may go on from the word before.
        """
        if not len(scores):
            return []
        likely = log_probabilities(scores)
        path = self._path(likely, breaks)
        chosen = np.exp(likely[np.arange(len(path)), path])
        found: list[TaggedSpan] = []
        start = None
        for at, number in enumerate([*path, 0]):
            tag = self._tags[number]
            if start is not None and not tag.startswith("I-"):
                label = self._tags[path[start]][2:]
                found.append(TaggedSpan(start, at, label, float(chosen[start:at].mean())))
                start = None
            if tag.startswith("B-"):
                start = at
        return found

    def _path(self, likely: Floats, breaks: NDArray[np.bool_]) -> list[int]:
        best = likely[0] + self._first
        back = np.zeros(likely.shape, np.int16)
        for at in range(1, len(likely)):
            through = best[:, None] + (self._first if breaks[at] else self._step)
            back[at] = through.argmax(axis=0)
            best = through.max(axis=0) + likely[at]
        path = [int(best.argmax())]
        for at in range(len(likely) - 1, 0, -1):
            path.append(int(back[at, path[-1]]))
        return path[::-1]


def _step(one: str, then: str, anew: float) -> float:
    if then.startswith("I-"):
        return 0.0 if one[2:] == then[2:] else FORBIDDEN
    return -anew if then.startswith("B-") and one[2:] == then[2:] else 0.0


def log_probabilities(scores: Floats) -> Floats:
    """Unnormalised scores, (words, tags), as log-probabilities."""
    less = scores - scores.max(axis=1, keepdims=True)
    likely: Floats = less - np.log(np.exp(less).sum(axis=1, keepdims=True))
    return likely
