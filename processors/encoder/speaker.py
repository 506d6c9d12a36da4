"""Who speaks a quote: its vector against those of the mentions in the same window.

The score of a mention is the inner product of the quote's and the mention's vector, over the root of their size,
plus what was learned of the distance between them; nobody has a score of his own. All that is linear has been
reckoned for each piece in the session's forward pass (its output ``speaker``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
SIZE = 128
WIDTH = 3 * SIZE + 2  # columns of the session's output ``speaker``
DISTANCES = 24
_INSIDE, _BESIDE, _MENTION = slice(0, SIZE), slice(SIZE, 2 * SIZE), slice(2 * SIZE, 3 * SIZE)
_NOBODY_INSIDE, _NOBODY_BESIDE = 3 * SIZE, 3 * SIZE + 1


def distance(pieces: int) -> int:
    """The bucket, 0 to 23, of a mention's distance to a quote: 0 inside, up to 11 behind it, above before it."""
    if pieces == 0:
        return 0
    size = min(11, 1 + int(math.log2(abs(pieces)) * 1.3))
    return size if pieces > 0 else 12 + size - (size > 11)


def probabilities(
    pieces: Floats, quote: tuple[int, int], mentions: Sequence[int], by_distance: Sequence[float]
) -> Floats:
    """Of nobody named in the window, then of each mention; they sum to 1.

    Args:
        pieces: (length, `WIDTH`), the session's output for one window.
        quote: first and last piece of the quote.
        mentions: first piece of each mention.
        by_distance: what each distance adds to a score.
    """
    first, last = quote
    inside = pieces[first : last + 1].mean(axis=0)
    beside = pieces[max(0, first - 1)] + pieces[min(len(pieces) - 1, last + 1)]
    scores = np.empty(len(mentions) + 1, np.float32)
    scores[0] = inside[_NOBODY_INSIDE] + beside[_NOBODY_BESIDE]
    if mentions:
        vector = inside[_INSIDE] + beside[_BESIDE]
        far = [distance(m - first if m < first else max(0, m - last)) for m in mentions]
        scores[1:] = pieces[list(mentions)][:, _MENTION] @ vector / math.sqrt(SIZE)
        scores[1:] += np.asarray(by_distance, np.float32)[far]
    likely = np.exp(scores - scores.max())
    result: Floats = likely / likely.sum()
    return result
