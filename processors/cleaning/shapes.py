"""The shapes of all profiles at once, in linear time.

One automaton that matches all patterns wherever they stand would have far more states than stay in memory, and would
make them anew for every story. So patterns of lines that begin with words of their own are one automaton, which gives a
line of the story up at its first word; for all others a text is scanned once for the words that they can't do without,
and only those whose words it has are tried. Outlets share both: tables for each would push one another out of the
processor's cache.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

import re2

from processors.records import RemovedKind

EDGE = r"[ -/:-@\[-`{-~“”‘’–—•…»«]*"
"""Marks and spaces around a line."""

_OPEN = re.compile(r"(?:\(\?:)?(?:\.[*+]|\[\^)")
"""Patterns that may begin with anything; one that is not known costs time only."""
_MEMORY = 4 << 20  # bytes of an automaton; it forgets states beyond that
_MEMORY_OF_HEADS = 16 << 20
_NEVER = r"[^\x{0}-\x{10FFFF}]"

Owners = frozenset[int]
"""Numbers of the profiles that count for a story."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern of a profile. Case does not count; a negated class stays within its line.

    Attributes:
        owner: number of the profile.
        kind: of what the pattern matches.
        pattern: in RE2's syntax.
    """

    owner: int
    kind: RemovedKind
    pattern: str


@dataclass(frozen=True, slots=True)
class Look:
    """What a first look found in a text: numbers of shapes that stand in it, of lines and of pieces."""

    lines: Sequence[int]
    pieces: Sequence[int]


class Shapes:
    """Tells lines by their shapes, and finds pieces within lines."""

    def __init__(self, lines: Sequence[Shape], pieces: Sequence[Shape]) -> None:
        """Compiles them. Where several of `lines` fit, the first counts."""
        self._lines = lines
        texts = [f"(?i){EDGE}(?:{_in_line(line.pattern)}){EDGE}" for line in lines]
        opens = [number for number, line in enumerate(lines) if _OPEN.match(line.pattern)]
        self._headed = [number for number in range(len(lines)) if number not in opens]
        self._heads = _set([texts[number] for number in self._headed])
        # what is sought in the text: lines by their numbers, and pieces
        self._opens = [(number, lines[number], compiled(texts[number])) for number in opens]
        self._pieces = pieces
        whole_lines = [f"(?m)^(?:{texts[number]})$" for number in opens]
        self._there = [anywhere([line]) for line in whole_lines]
        self._sought = Sought([*whole_lines, *(f"(?im)(?:{_in_line(piece.pattern)})" for piece in pieces)])

    def look(self, text: bytes, owners: Owners) -> Look:
        """A first look at a text (UTF-8), which the two below build on."""
        lines, pieces = [], []
        for place in self._sought.possible(text):
            if place >= len(self._opens):
                piece = place - len(self._opens)
                if self._pieces[piece].owner in owners:
                    pieces.append(piece)
            elif self._opens[place][1].owner in owners and self._there[place].Match(text):
                lines.append(place)
        return Look(lines, pieces)

    def kinds(self, lines: Iterable[bytes], look: Look, owners: Owners) -> Iterator[RemovedKind | None]:
        """For each of the lines of a text its kind by the first shape that it fits; None: it fits none."""
        opens = [self._opens[place] for place in look.lines]
        for line in lines:
            fits = [
                number
                for number in map(self._headed.__getitem__, self._heads.Match(line) or ())
                if self._lines[number].owner in owners
            ]
            fits += [number for number, _, pattern in opens if pattern.fullmatch(line) is not None]
            yield self._lines[min(fits)].kind if fits else None

    def hits(self, text: bytes, look: Look, most: int) -> list[tuple[int, int, RemovedKind]]:
        """Pieces within the lines of a text: (start, end, kind) in characters, in order, of each shape not more than
        `most`. Overlaps are not removed.
        """
        found = []
        for piece in look.pieces:
            pattern = self._sought.each[len(self._opens) + piece]
            for match in islice(pattern.finditer(text), most):
                start, end = match.span()
                found.append((start, end, self._pieces[piece].kind))
        if not found:
            return []
        at = characters(text, sorted({offset for start, end, _ in found for offset in (start, end)}))
        return sorted((at[start], at[end], kind) for start, end, kind in found)


class Sought:
    """Patterns sought anywhere in a text, each only where the words that it can't do without stand.

    Attributes:
        each: the patterns, compiled.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        """`patterns`: in RE2's syntax."""
        self.each = [compiled(pattern) for pattern in patterns]
        every = _filter(patterns)
        self._wordless: tuple[int, ...] = tuple(every.Match(b"", True) or ()) if every else ()
        self._any_wordless = anywhere(
            [f"(?:{'|'.join(f'(?:{patterns[index]})' for index in self._wordless)})"]
        )
        self._worded = [index for index in range(len(patterns)) if index not in self._wordless]
        self._filter = _filter([patterns[index] for index in self._worded])

    def possible(self, text: bytes) -> list[int]:
        """Patterns that may match somewhere in a text: the others don't."""
        found = self._filter.Match(text, True) if self._filter else None
        possible = [self._worded[index] for index in found] if found else []
        if self._wordless and self._any_wordless.Match(text):
            possible += self._wordless
        return possible


@cache
def compiled(pattern: str) -> Any:
    """A pattern in RE2's syntax, made once for all outlets."""
    return re2.compile(pattern, _options())


def union(patterns: Iterable[str], before: str = "(?i)", after: str = "") -> Any:
    """One pattern that matches where one of several does."""
    alternatives = "|".join(f"(?:{pattern})" for pattern in patterns)
    return compiled(f"{before}(?:{alternatives or _NEVER}){after}")


def characters(data: bytes, offsets: Sequence[int]) -> Mapping[int, int]:
    """Offsets of bytes, sorted, as offsets of characters."""
    if data.isascii():
        return dict(zip(offsets, offsets, strict=True))
    found = {}
    last = count = 0
    for offset in offsets:
        count += len(data[last:offset].decode())
        found[offset] = count
        last = offset
    return found


def anywhere(patterns: Sequence[str]) -> Any:
    """Patterns whose `Match` tells which of them stand somewhere in a text: quicker than a search for one's place."""
    made = re2.Set.SearchSet(_options())
    for pattern in patterns:
        made.Add(pattern)
    made.Compile()
    return made


def _set(patterns: Sequence[str]) -> Any:
    """Patterns that a text as a whole is matched against, all at once."""
    made = re2.Set.FullMatchSet(_options(_MEMORY_OF_HEADS))
    for pattern in patterns:
        made.Add(pattern)
    made.Compile()
    return made


def _filter(patterns: Sequence[str]) -> Any:
    """None: there are no patterns."""
    if not patterns:
        return None
    made = re2.Filter()
    for pattern in patterns:
        made.Add(pattern, _options())
    made.Compile()
    return made


def _in_line(pattern: str) -> str:
    """A pattern whose negated classes stay within the line."""
    return re.sub(r"(?<!\\)\[\^", r"[^\\n", pattern)


def _options(memory: int = _MEMORY) -> Any:
    options = re2.Options()
    options.max_mem = memory
    options.never_capture = True
    options.log_errors = False
    return options
