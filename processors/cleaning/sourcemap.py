"""Where each character of a text stood before it was edited.

A text is edited in steps (repair, then cutting); each step keeps most characters and replaces a few. `Traced` holds
the text together with the way back to where it came from, as sorted runs, so that a story without edits has one run.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

Run = tuple[int, int, int]
"""(start in the text, start in the source, length in the source)."""


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Offsets of a text to offsets of its source, both in code points.

    Attributes:
        runs: sorted by both starts. A run ends where the next one starts. If it is as long in the text as in the
            source, its characters correspond one by one; otherwise each of them stands for the whole piece of source.
        length: of the text.
    """

    runs: tuple[Run, ...]
    length: int

    @classmethod
    def identity(cls, length: int) -> SourceMap:
        """The map of a text that was not edited."""
        return cls(((0, 0, length),) if length else (), length)

    def _piece(self, offset: int) -> tuple[int, int]:
        if not 0 <= offset < self.length:
            raise IndexError(f"offset {offset} is outside a text of {self.length} characters")
        index = bisect_right(self.runs, offset, key=itemgetter(0)) - 1
        start, source, size = self.runs[index]
        end = self.runs[index + 1][0] if index + 1 < len(self.runs) else self.length
        if end - start == size:
            return source + offset - start, source + offset - start + 1
        return source, source + size

    @property
    def length_of_source(self) -> int:
        """A bound that no source offset exceeds."""
        return self.runs[-1][1] + self.runs[-1][2] if self.runs else 0

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open range of the source that holds what ``text[start:end]`` came from.

        Raises:
            IndexError: the range is empty or not within the text.
        """
        if start >= end:
            raise IndexError(f"the range {start}:{end} is empty")
        return self._piece(start)[0], self._piece(end - 1)[1]


@dataclass(frozen=True, slots=True)
class Traced:
    """A text and the way back to its source."""

    text: str
    map: SourceMap

    @classmethod
    def of(cls, text: str) -> Traced:
        """A text that is its own source."""
        return cls(text, SourceMap.identity(len(text)))

    def edit(self, edits: Sequence[tuple[int, int, str]]) -> Traced:
        """The text with pieces replaced.

        Args:
            edits: (start, end, replacement) in this text, sorted, without overlap.
        """
        if not edits:
            return self
        pieces: list[tuple[int, int, str | None]] = []
        at = 0
        for start, end, new in edits:
            if at < start:
                pieces.append((at, start, None))
            pieces.append((start, end, new))
            at = end
        if at < len(self.text):
            pieces.append((at, len(self.text), None))
        return self.rebuild(pieces)

    def rebuild(self, pieces: Iterable[tuple[int, int, str | None]]) -> Traced:
        """A new text out of pieces of this one: ``text[start:end]``, or what stands for it if that is not None.

        Args:
            pieces: sorted by start, without overlap; (n, n, new) puts `new` in at n.
        """
        parts: list[str] = []
        runs: list[Run] = []
        length = index = 0
        old = self.map.runs
        for start, end, new in pieces:
            part = self.text[start:end] if new is None else new
            if not part:
                continue
            # the first run that reaches into the piece; pieces come in order, so the search goes on from the last
            while index + 1 < len(old) and old[index + 1][0] <= start:
                index += 1
            if new is None:
                index = self._keep(start, end, index, length, runs)
            else:
                source, source_end = self.map.span(start, end) if start < end else self._between(start, index)
                _add(runs, (length, source, source_end - source), len(part))
            parts.append(part)
            length += len(part)
        return Traced("".join(parts), SourceMap(tuple(runs), length))

    def _between(self, at: int, index: int) -> tuple[int, int]:
        """The empty range of the source before the character at `at`, which run `index` holds, or at the end."""
        if at == self.map.length:
            source = self.map.length_of_source
        else:
            old = self.map.runs
            start, source, size = old[index]
            end = old[index + 1][0] if index + 1 < len(old) else self.map.length
            source += at - start if end - start == size else 0
        return source, source

    def _keep(self, start: int, end: int, index: int, length: int, runs: list[Run]) -> int:
        """Adds the runs of ``text[start:end]``, which begins in run `index`; the run that holds its end."""
        old = self.map.runs
        while True:
            run_start, source, size = old[index]
            run_end = old[index + 1][0] if index + 1 < len(old) else self.map.length
            low, high = max(start, run_start), min(end, run_end)
            if run_end - run_start == size:
                source, size = source + low - run_start, high - low
            _add(runs, (length + low - start, source, size), high - low)
            if end <= run_end:
                return index
            index += 1


def _add(runs: list[Run], run: Run, size: int) -> None:
    """Appends a run of `size` characters; joins it to the last one if both go on without a break."""
    if runs:
        start, source, length = runs[-1]
        straight = run[2] == size and length == run[0] - start
        if straight and run[1] == source + length:
            runs[-1] = (start, source, length + size)
            return
    runs.append(run)
