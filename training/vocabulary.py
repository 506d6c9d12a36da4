"""The pieces that Indonesian news is written in: a tenth of the vocabulary, and of the largest tensor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from processors.encoder.pieces import SPACE, UNKNOWN, Pieces
from processors.encoder.words import split

LEAST = 2  # times that a piece is seen, to stay
_LAST_CHARACTER = 0x2100  # single characters below stay even if unseen: Latin, Greek, Cyrillic ..., marks


def prune(vocabulary: list[tuple[str, float]], texts: Iterable[str]) -> list[int]:
    """The ids that stay, ascending: the four specials, single characters, pieces seen in `texts`."""
    pieces = Pieces(vocabulary)
    seen: Counter[int] = Counter()
    for text in texts:
        for word in split(text):
            seen.update(pieces.word(text[word.start : word.end], word.spaced))
    single = {
        i
        for i, (piece, _) in enumerate(vocabulary)
        if len(piece.strip(SPACE)) <= 1 and ord((piece.strip(SPACE) or " ")[0]) < _LAST_CHARACTER
    }
    return sorted(set(range(UNKNOWN + 1)) | single | {i for i, count in seen.items() if count >= LEAST})
