"""A profile's phrases and shapes, made ready so that a story is judged in linear time.

Phrases are looked up by their first word. Shapes are one automaton: the story is scanned once for all of them, and
only a line that some shape fits is asked what kind it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import re2

from config.outlets import Outlet
from processors.records import RemovedKind

LONGEST = 600
"""Characters of the longest line that is judged as a whole; a longer one is a story on one line."""

MOST_PIECES = 2_000
"""Pieces cut out of one story; on a line without end each costs a look at the rest of the line."""

_EDGE = r"[ -/:-@\[-`{-~“”‘’–—•…»«]*"
_FIRST_WORD = re.compile(r"[\W_]*(\w+)")


class Rules:
    """What is boilerplate in the stories of one outlet."""

    def __init__(self, profiles: Iterable[Outlet]) -> None:
        """`profiles`: the outlet's own first, then the generic ones."""
        profiles = tuple(profiles)
        self._whole: dict[str, RemovedKind] = {}
        self._starts: _Starts = {}
        self._rest: _Starts = {}
        shapes: dict[RemovedKind, list[str]] = {}
        inside: dict[RemovedKind, list[str]] = {}
        for profile in profiles:
            for kind, rules in profile.lines.items():
                self._whole.update((bare(phrase), kind) for phrase in rules.whole)
                _index(self._starts, rules.starts, kind)
                shapes.setdefault(kind, []).extend(map(_in_line, rules.shapes))
            for kind, phrases in profile.rest.items():
                _index(self._rest, phrases, kind)
            for kind, patterns in profile.inside.items():
                inside.setdefault(kind, []).extend(map(_in_line, patterns))
        self._shapes = {
            kind: _compile(patterns, f"(?i){_EDGE}", _EDGE) for kind, patterns in shapes.items() if patterns
        }
        self._inside = {kind: _compile(patterns, "(?im)") for kind, patterns in inside.items() if patterns}
        self._any_shape = _compile((p for ps in shapes.values() for p in ps), f"(?im)^{_EDGE}", f"{_EDGE}$")
        self._any_inside = _compile((p for ps in inside.values() for p in ps), "(?im)")
        links = sorted({link for profile in profiles for link in profile.links}, key=len, reverse=True)
        self._link = _compile(_link_patterns(links), "(?im)")
        self.blocks: dict[str, list[tuple[tuple[str, ...], RemovedKind]]] = {}
        for profile in profiles:
            for kind, blocks in profile.blocks.items():
                for block in blocks:
                    self.blocks.setdefault(bare(block[0]), []).append((tuple(map(bare, block)), kind))
        self.longest_block = max((len(label) for label in self.blocks), default=0) + 8
        photos = "|".join(re.escape(label) for profile in profiles for label in profile.photos)
        self.photo_credit = re.compile(rf"(?i)[ .](?:{photos}) ?: ?[^:]{{2,80}}\Z") if photos else None
        self.contents = frozenset(bare(label) for profile in profiles for label in profile.contents)
        self.series = frozenset(bare(line) for profile in profiles for line in profile.series)
        self.lists = self.series.union(bare(line) for profile in profiles for line in profile.lists)
        self.announces = tuple(bare(phrase) for profile in profiles for phrase in profile.announces)

    def phrase_kind(self, line: str) -> RemovedKind | None:
        """What kind of boilerplate a line is by its phrase; None: no phrase fits."""
        first = _FIRST_WORD.match(line)
        if first is None:
            return RemovedKind.OTHER
        key = first.group(1).casefold()
        if len(line) < 80:  # no phrase for a whole line is longer
            kind = self._whole.get(bare(line))
            if kind is not None:
                return kind
        return _starting(self._starts.get(key, ()), line, first.start(1)) if len(line) <= LONGEST else None

    def rest_kind(self, line: str) -> RemovedKind | None:
        """What kind of boilerplate begins with a line and goes on to the end of the story; None: none does."""
        first = _FIRST_WORD.match(line) if self._rest else None
        return (
            _starting(self._rest.get(first.group(1).casefold(), ()), line, first.start(1)) if first else None
        )

    def shape_hits(self, text: str) -> Iterator[int]:
        """Offsets of the lines that some shape fits, in order."""
        return (hit.start() for hit in self._any_shape.finditer(text))

    def shape_kind(self, line: str) -> RemovedKind | None:
        """What kind of boilerplate a stripped line is by its shape; None: no shape fits."""
        if len(line) > LONGEST or (line[-1] in "-–—" and line[0].isalnum()):  # a dateline ends in a dash
            return None
        return next((kind for kind, pattern in self._shapes.items() if pattern.fullmatch(line)), None)

    def inside_hits(self, text: str) -> Iterator[tuple[int, int, RemovedKind]]:
        """Pieces of boilerplate within lines: (start, end, kind), in order, without overlap."""
        for hit in islice(self._any_inside.finditer(text), MOST_PIECES):
            start, end = hit.span()
            found = text[start:end]
            kind = next((k for k, p in self._inside.items() if p.fullmatch(found)), RemovedKind.OTHER)
            while text[start] in _CLOSING:  # matched for context; they belong to the sentence before
                start += 1
            yield start, end, kind

    def link_hits(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a marker of a link to another story stands: (start, start of the headline)."""
        for hit in self._link.finditer(text):
            start, end = hit.span()
            # without a colon the first character of the headline is matched for context
            yield start, end if text[end - 1] in ": " else end - 1


_Starts = dict[str, list[tuple[str, RemovedKind]]]
"""Phrases by their first word, folded."""


def _index(starts: _Starts, phrases: Iterable[str], kind: RemovedKind) -> None:
    for phrase in map(bare, phrases):
        first = _FIRST_WORD.match(phrase)
        if first:
            starts.setdefault(first.group(1), []).append((phrase, kind))


def _starting(candidates: Sequence[tuple[str, RemovedKind]], line: str, at: int) -> RemovedKind | None:
    if not candidates:
        return None
    folded = " ".join(line[at:].casefold().split())
    for phrase, kind in candidates:
        if folded.startswith(phrase) and not folded[len(phrase) : len(phrase) + 1].isalnum():
            return kind
    return None


_CLOSING = frozenset('.!?"”’)…,] ')


def bare(line: str) -> str:
    """A line without marks at its ends, folded: what labels are looked up by."""
    return " ".join(line.strip(" \t:;.,!?>»<«-–—=*•…|[]()\"'“”").casefold().split())


def _phrase(phrase: str) -> str:
    return "[ ]+".join(map(re.escape, phrase.split()))


def _link_patterns(links: list[str]) -> Iterator[str]:
    """With a colon a marker may stand anywhere; without one it opens a line, and a headline must follow."""
    yield rf"\b(?:{'|'.join(map(_phrase, links))})[ ]*:[ ]*"
    longer = [link for link in links if " " in link]
    if longer:
        yield rf"^{_EDGE}(?:{'|'.join(map(_phrase, longer))})[ ]+(?-i:[A-Z0-9\"“'‘])"


def _in_line(pattern: str) -> str:
    """A pattern whose negated classes stay within the line."""
    return re.sub(r"(?<!\\)\[\^", r"[^\\n", pattern)


_NEVER = r"[^\x{0}-\x{10FFFF}]"


def _compile(patterns: Iterable[str], before: str = "(?i)", after: str = "") -> Any:
    alternatives = "|".join(f"(?:{pattern})" for pattern in patterns)
    options = re2.Options()
    options.max_mem = 16 << 20  # the automaton forgets states beyond that; stories need far less
    options.never_capture = True
    options.log_errors = False
    return re2.compile(f"{before}(?:{alternatives or _NEVER}){after}", options)
