"""The draft of a clean text: its lines, what is cut from them, and the text that remains."""

from __future__ import annotations

import re

from processors.cleaning.sourcemap import Traced
from processors.records import Removed, RemovedKind

_LINE = re.compile(r"[^\s](?:[^\n]*[^\s])?")
_WORDY = re.compile(r"\w")


class Draft:
    """A repaired text in the course of being cleaned.

    Attributes:
        text: the repaired text; all offsets are of it.
        data: the same in UTF-8.
        lines: (start, end) of each line that is not empty, without white space around it.
        kinds: for each line, what kind of boilerplate it is as a whole; None: a line of the story.
    """

    def __init__(self, text: str) -> None:
        """Nothing is marked yet."""
        self.text = text
        self.data = text.encode()
        self.lines = [match.span() for match in _LINE.finditer(text)]
        self.kinds: list[RemovedKind | None] = [None] * len(self.lines)
        self._cuts: list[list[tuple[int, int, RemovedKind | None]]] = [[] for _ in self.lines]

    def line(self, index: int) -> str:
        """The text of a line."""
        start, end = self.lines[index]
        return self.text[start:end]

    def line_at(self, offset: int, index: int = 0) -> int:
        """Index of the line that holds `offset` or comes next after it, searched from line `index` on."""
        while index < len(self.lines) and self.lines[index][1] <= offset:
            index += 1
        return index

    def cut(self, index: int, start: int, end: int, kind: RemovedKind | None) -> None:
        """Cuts ``text[start:end]`` out of a line; kind None: it is taken off, but is not boilerplate (a dateline)."""
        self._cuts[index].append((start, end, kind))

    def is_cut(self, index: int) -> bool:
        """Whether anything is cut out of a line."""
        return bool(self._cuts[index])

    def remains(self, index: int) -> list[tuple[int, int]]:
        """The pieces of a line that are not cut, without white space around them."""
        start, end = self.lines[index]
        pieces: list[tuple[int, int]] = []
        for low, high, _ in sorted(self._cuts[index], key=lambda cut: cut[:2]):
            if start < low:
                pieces.append((start, low))
            start = max(start, high)
        if start < end:
            pieces.append((start, end))
        stripped = (_strip(self.text, *piece) for piece in pieces)
        return [piece for piece in stripped if piece[0] < piece[1]]

    def assemble(self, traced: Traced) -> Traced:
        """The text that remains, traced to the source of `traced`, which holds this draft's text."""
        pieces: list[tuple[int, int, str | None]] = []
        at = 0
        for index, kind in enumerate(self.kinds):
            if kind is not None:
                continue
            if self._cuts[index]:
                remains = self.remains(index)
                wordy = any(_WORDY.search(self.text, *piece) for piece in remains)
            else:
                remains = [self.lines[index]]
                wordy = _WORDY.search(self.text, *remains[0]) is not None
            if not wordy:
                self.kinds[index] = RemovedKind.OTHER
                continue
            between = "\n"
            for start, end in remains:
                if pieces and self.text[at:start] == between:
                    pieces[-1] = (pieces[-1][0], end, None)
                else:
                    if pieces:
                        pieces.append((at, at, between))
                    pieces.append((start, end, None))
                at, between = end, " "
        return traced.rebuild(pieces)

    def removed(self) -> tuple[Removed, ...]:
        """What was taken out, in reading order."""
        found = []
        for index, kind in enumerate(self.kinds):
            cuts = sorted(self._cuts[index], key=lambda cut: cut[:2])
            if kind is not None:
                cuts = [*(cut for cut in cuts if cut[2] is None)]
                start = cuts[-1][1] if cuts else self.lines[index][0]
                cuts.append((start, self.lines[index][1], kind))
            for start, end, what in cuts:
                text = self.text[start:end].strip()
                if what is not None and text:
                    found.append(Removed(kind=what, text=text))
        return tuple(found)


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end].rstrip()
    end = start + len(piece)
    return end - len(piece.lstrip()), end
