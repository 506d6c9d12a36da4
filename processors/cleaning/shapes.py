"""Many patterns at once, in linear time: a text is scanned once for the words that patterns cannot do without, and
only patterns whose words it has are tried on it.

One automaton of all patterns would be slow: it has far more states than stay in memory, and makes them anew for every
story.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

import re2

from processors.records import RemovedKind

Patterns = tuple[tuple[RemovedKind, str], ...]
"""Patterns with their kinds. Case does not count; a negated class stays within its line."""

Hit = tuple[int, int, RemovedKind]
"""(start, end, kind) of what a pattern matches."""

EDGE = r"[ -/:-@\[-`{-~“”‘’–—•…»«]*"
"""Marks and spaces around a line."""

FEW = 60
"""Patterns up to which the whole text is looked at for their words before its lines are."""
_MEMORY = 4 << 20  # bytes of an automaton; it forgets states beyond that
_NEVER = r"[^\x{0}-\x{10FFFF}]"


@cache
def compiled(pattern: str) -> Any:
    """A pattern in RE2's syntax, made once for all outlets."""
    return re2.compile(pattern, _options())


def union(patterns: Iterable[str], before: str = "(?i)", after: str = "") -> Any:
    """One pattern that matches where one of several does."""
    alternatives = "|".join(f"(?:{pattern})" for pattern in patterns)
    return compiled(f"{before}(?:{alternatives or _NEVER}){after}")


class LineShapes:
    """Patterns that lines fit from end to end, the marks around them aside."""

    def __init__(self, patterns: Patterns) -> None:
        """Compiles them."""
        self._kinds = [kind for kind, _ in patterns]
        texts = [f"(?i){EDGE}(?:{_in_line(pattern)}){EDGE}" for _, pattern in patterns]
        self._each = [compiled(text) for text in texts]
        self._worded = Worded(texts)
        wordless = (f"(?:{texts[index]})" for index in self._worded.wordless)
        self._wordless = union(wordless, "(?m)^", "$")

    def kinds(self, text: str, lines: Sequence[str]) -> list[RemovedKind | None]:
        """The kind of the first pattern that each of the `lines` of a text fits."""
        whole = text.encode()
        wordless = self._worded.wordless
        if not wordless or not self._wordless.search(whole):
            wordless = ()
        # of few patterns mostly none may fit, and the lines need not be looked at
        if not wordless and len(self._each) < FEW and not self._worded.possible(whole):
            return [None] * len(lines)
        found: list[RemovedKind | None] = []
        for line in lines:
            data = line.encode()
            tried = self._worded.possible(data)
            if wordless and self._wordless.search(data):
                tried = sorted((*tried, *wordless))
            fits = (self._kinds[index] for index in tried if self._each[index].fullmatch(data))
            found.append(next(fits, None))
        return found


class PieceShapes:
    """Patterns of pieces within lines."""

    def __init__(self, patterns: Patterns) -> None:
        """Compiles them."""
        self._kinds = [kind for kind, _ in patterns]
        texts = [f"(?im)(?:{_in_line(pattern)})" for _, pattern in patterns]
        self._each = [compiled(text) for text in texts]
        self._worded = Worded(texts)
        self._wordless = union((texts[index] for index in self._worded.wordless), "")

    def hits(self, text: str, most: int) -> list[Hit]:
        """What the patterns match, in order, by the earlier pattern where two match at once; none more than `most`
        times. Overlaps are not removed.
        """
        data = text.encode()
        tried = [*self._worded.possible(data)]
        if self._worded.wordless and self._wordless.search(data):
            tried += self._worded.wordless
        found = []
        for index in tried:
            for match in islice(self._each[index].finditer(data), most):
                start, end = match.span()
                found.append((start, index, end))
        if not found:
            return []
        at = _characters(data, sorted({offset for start, _, end in found for offset in (start, end)}))
        return [(at[start], at[end], self._kinds[index]) for start, index, end in sorted(found)]


class Worded:
    """Tells which patterns may match a text, by the words that they cannot do without.

    Attributes:
        wordless: indexes of the patterns that have no such words.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        """`patterns`: in RE2's syntax."""
        every = _filter(patterns)
        self.wordless: tuple[int, ...] = tuple(every.Match(b"", True) or ()) if every else ()
        self._worded = [index for index in range(len(patterns)) if index not in self.wordless]
        self._filter = _filter([patterns[index] for index in self._worded])

    def possible(self, text: bytes) -> Sequence[int]:
        """Patterns all of whose words a text has, in order."""
        found = self._filter.Match(text, True) if self._filter else None
        return sorted(self._worded[index] for index in found) if found else ()


@cache
def line_shapes(patterns: Patterns) -> LineShapes:
    """The patterns made ready, once for all who have the same ones."""
    return LineShapes(patterns)


@cache
def piece_shapes(patterns: Patterns) -> PieceShapes:
    """The patterns made ready, once for all who have the same ones."""
    return PieceShapes(patterns)


def _filter(patterns: Sequence[str]) -> Any:
    """None: there are no patterns."""
    if not patterns:
        return None
    made = re2.Filter()
    for pattern in patterns:
        made.Add(pattern, _options())
    made.Compile()
    return made


def _characters(data: bytes, offsets: Sequence[int]) -> Mapping[int, int]:
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


def _in_line(pattern: str) -> str:
    """A pattern whose negated classes stay within the line."""
    return re.sub(r"(?<!\\)\[\^", r"[^\\n", pattern)


def _options() -> Any:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.never_capture = True
    options.log_errors = False
    return options
