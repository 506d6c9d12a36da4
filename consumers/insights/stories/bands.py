"""Which texts may be alike, found without comparing each with all: MinHash and its bands (LSH).

Two texts of Jaccard similarity j agree in one min-hash with probability j, in some band of `ROWS` of them with
1 - (1 - j^ROWS)^BANDS (Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, chapter 3): 0.99 at j = 0.3, 0.38 at
0.1, 0.005 at 0.01. What agrees by chance is thrown out by whoever compares the texts themselves.

All bands stand in one array, which is gone through for each text: 192 bytes a story, and half a millisecond for
15,000 of them. A table of buckets would be faster beyond a hundred thousand, and take thirty times as much memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from consumers.insights.stories.triples import Triples

ROWS = 2
BANDS = 48


def _numbers(name: str) -> NDArray[np.uint64]:
    """The same on every machine: signatures may be compared over processes."""
    drawn = [blake2b(f"{name} {number}".encode(), digest_size=8).digest() for number in range(ROWS * BANDS)]
    return np.frombuffer(b"".join(drawn), "<u8").astype(np.uint64)


# multiply-shift hashing: the upper half of a * x + b
_FACTORS = _numbers("factor") | np.uint64(1)
_SHIFTS = _numbers("shift")


def bands(triples: Triples) -> NDArray[np.uint32]:
    """The text's hash in each band; at least one triple is needed."""
    hashed = _FACTORS[:, None] * triples.astype(np.uint64)[None, :] + _SHIFTS[:, None]
    least = (hashed >> np.uint64(32)).min(axis=1).astype(np.uint32).reshape(BANDS, ROWS)
    found: NDArray[np.uint32] = least[:, 0] * np.uint32(0x9E3779B1) ^ least[:, 1] * np.uint32(0x85EBCA77)
    return found


class Bands:
    """The bands of all texts, by name."""

    def __init__(self) -> None:
        self._table = np.zeros((BANDS, 64), np.uint32)
        self._names: list[str | None] = []
        self._rows: dict[str, int] = {}
        self._free: list[int] = []

    def put(self, name: str, triples: Triples) -> None:
        """Takes in a text, or what it is now."""
        row = self._rows.get(name)
        if row is None:
            row = self._free.pop() if self._free else self._grown()
            self._rows[name], self._names[row] = row, name
        self._table[:, row] = bands(triples)

    def drop(self, name: str) -> None:
        """Forgets a text; one that is not there is no matter."""
        row = self._rows.pop(name, None)
        if row is not None:
            self._names[row] = None
            self._free.append(row)

    def like(self, name: str) -> list[str]:
        """Which others agree with this one in some band."""
        mine = self._rows[name]
        used = self._table[:, : len(self._names)]
        rows = np.flatnonzero((used == used[:, mine, None]).any(axis=0))
        return [other for row in rows if row != mine and (other := self._names[row]) is not None]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """All that agree in some band, each pair once: for many texts much faster than asking for each."""
        seen: set[tuple[int, int]] = set()
        for band in self._table[:, : len(self._names)]:
            order = np.argsort(band, kind="stable")
            cuts = np.flatnonzero(np.diff(band[order])) + 1
            for group in np.split(order, cuts):
                if len(group) > 1:
                    rows = [int(row) for row in group if self._names[row] is not None]
                    seen.update((one, other) for at, one in enumerate(rows) for other in rows[at + 1 :])
        for one, other in seen:
            yield str(self._names[one]), str(self._names[other])

    def _grown(self) -> int:
        if len(self._names) == self._table.shape[1]:
            self._table = np.concatenate([self._table, np.zeros_like(self._table)], axis=1)
        self._names.append(None)
        return len(self._names) - 1
