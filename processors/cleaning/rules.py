"""A profile's phrases and shapes, compiled into a few patterns that run in linear time.

A story is scanned once for all lines and once for all pieces inside lines; what kind a hit is, is asked only then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import re2

from config.outlets import LineRules, Outlet
from processors.records import RemovedKind

# marks and spaces that may stand around a phrase on its line
_EDGE = r"[^\pL\pN\n]*"


class Rules:
    """What is boilerplate in the stories of one outlet."""

    def __init__(self, profiles: Iterable[Outlet]) -> None:
        """`profiles`: the outlet's own first, then the generic ones."""
        profiles = tuple(profiles)
        lines: dict[RemovedKind, list[str]] = {}
        inside: dict[RemovedKind, list[str]] = {}
        for profile in profiles:
            for kind, rules in profile.lines.items():
                lines.setdefault(kind, []).extend(_line_patterns(rules))
            for kind, patterns in profile.inside.items():
                inside.setdefault(kind, []).extend(map(_in_line, patterns))
        self._lines = {kind: _compile(patterns) for kind, patterns in lines.items()}
        self._inside = {kind: _compile(patterns) for kind, patterns in inside.items()}
        self._any_line = _compile((p for ps in lines.values() for p in ps), "(?im)^[ \t]*", "[ \t]*$")
        self._any_inside = _compile(p for ps in inside.values() for p in ps)
        links = {link for profile in profiles for link in profile.links}
        self._link = _compile(
            map(_phrase, sorted(links, key=len, reverse=True)), r"(?i)\b", r"\b[ ]*[:;]?[ ]*"
        )
        self.lists = frozenset(bare(line) for profile in profiles for line in profile.lists)
        self.bare_places = any(profile.dateline.bare_places for profile in profiles)

    def line_hits(self, text: str) -> Iterator[int]:
        """Offsets within the lines that are boilerplate as a whole, in order."""
        return (hit.start() for hit in self._any_line.finditer(text))

    def line_kind(self, line: str) -> RemovedKind | None:
        """What kind of boilerplate a stripped line is as a whole; None: it is none."""
        return next((kind for kind, pattern in self._lines.items() if pattern.fullmatch(line)), None)

    def inside_hits(self, text: str) -> Iterator[tuple[int, int, RemovedKind]]:
        """Pieces of boilerplate within lines: (start, end, kind), in order, without overlap."""
        for hit in self._any_inside.finditer(text):
            found = hit.group()
            kind = next(
                (k for k, pattern in self._inside.items() if pattern.fullmatch(found)), RemovedKind.OTHER
            )
            yield hit.start(), hit.end(), kind

    def link_hits(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a marker of a link to another story stands: (start, end with its colon)."""
        return ((hit.start(), hit.end()) for hit in self._link.finditer(text))


def bare(line: str) -> str:
    """A line without marks at its ends, folded: what lists of labels are looked up by."""
    return line.strip(" \t:;.,!>»-–—*•").casefold()


def _phrase(phrase: str) -> str:
    return "[ ]+".join(map(re.escape, phrase.split()))


def _line_patterns(rules: LineRules) -> Iterator[str]:
    for phrase in rules.whole:
        yield f"{_EDGE}{_phrase(phrase)}{_EDGE}"
    for phrase in rules.starts:
        yield f"{_EDGE}{_phrase(phrase)}(?:[^\\pL\\pN\\n].*)?"
    yield from map(_in_line, rules.shapes)


def _in_line(pattern: str) -> str:
    """A pattern whose negated classes stay within the line."""
    return re.sub(r"(?<!\\)\[\^", r"[^\\n", pattern)


_NEVER = r"[^\x{0}-\x{10FFFF}]"


def _compile(patterns: Iterable[str], before: str = "(?i)", after: str = "") -> Any:
    alternatives = "|".join(f"(?:{pattern})" for pattern in patterns)
    options = re2.Options()
    options.max_mem = 64 << 20  # a bound for the automaton's states, never reached by one story
    options.never_capture = True
    return re2.compile(f"{before}(?:{alternatives or _NEVER}){after}", options)
