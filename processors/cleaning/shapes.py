"""Many patterns at once, in linear time: a text is scanned once for the words that patterns cannot do without, and
only patterns whose words it has are tried on it.

One automaton of all patterns would be slow: it has far more states than stay in memory, and makes them anew for every
story.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import islice
from typing import Any

import re2

from processors.records import RemovedKind

Hit = tuple[int, int, RemovedKind]
"""(start, end, kind) of what a pattern matches."""

EDGE = r"[ -/:-@\[-`{-~“”‘’–—•…»«]*"
"""Marks and spaces around a line."""

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


class Shapes:
    """Patterns with their kinds. Case does not count; a negated class stays within its line."""

    def __init__(self, patterns: Sequence[tuple[RemovedKind, str]], *, whole: bool) -> None:
        """`whole`: a pattern must fit a line from end to end, the marks around it aside."""
        before, after = (f"(?im)^{EDGE}(?:", f"){EDGE}$") if whole else ("(?im)(?:", ")")
        self._kinds = [kind for kind, _ in patterns]
        texts = [f"{before}{_in_line(pattern)}{after}" for _, pattern in patterns]
        self._each = [compiled(text) for text in texts]
        self._words = re2.Filter()
        for text in texts:
            self._words.Add(text, _options())
        if texts:
            self._words.Compile()
        self._always = frozenset(self._possible(""))
        self._wordless = compiled("|".join(texts[index] for index in sorted(self._always)) or _NEVER)

    def _possible(self, text: str) -> Iterable[int]:
        """Patterns whose words a text has, and those that have none."""
        if not self._each:
            return ()
        found: list[int] | None = self._words.Match(text, True)
        return range(len(self._each)) if found is None else found  # None: no pattern has words

    def hits(self, text: str, most: int) -> list[Hit]:
        """What patterns match, in order, by the earlier pattern where two match at once; overlaps are not removed.

        No pattern is looked for more often than `most` times.
        """
        tried = [index for index in self._possible(text) if index not in self._always]
        if self._always and self._wordless.search(text):
            tried += self._always
        found = []
        for index in sorted(tried):
            for match in islice(self._each[index].finditer(text), most):
                start, end = match.span()
                found.append((start, index, end))
        return [(start, end, self._kinds[index]) for start, index, end in sorted(found)]


@cache
def shapes(patterns: tuple[tuple[RemovedKind, str], ...], *, whole: bool) -> Shapes:
    """The patterns made ready, once for all who have the same ones."""
    return Shapes(patterns, whole=whole)


def _in_line(pattern: str) -> str:
    """A pattern whose negated classes stay within the line."""
    return re.sub(r"(?<!\\)\[\^", r"[^\\n", pattern)


def _options() -> Any:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.never_capture = True
    options.log_errors = False
    return options
