"""A profile's phrases and shapes, made ready so that a story is judged in linear time.

Phrases are looked up by their first word; shapes are tried only where their words stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from config.outlets import Outlet
from processors.cleaning.shapes import EDGE, Look, Owners, Shape, Shapes, characters, union
from processors.records import RemovedKind

LONGEST = 600
"""Characters of the longest line that is judged as a whole; a longer one is a story on one line."""

MOST_PIECES = 2_000
"""Pieces cut out of one story; on a line without end each costs a look at the rest of the line."""

_FIRST_WORD = re.compile(r"[\W_]*(\w+)")


class Rules:
    """What is boilerplate in the stories of one outlet."""

    def __init__(self, profiles: Sequence[Outlet], shapes: Shapes, owners: Owners) -> None:
        """`profiles`: the outlet's own, which goes before the generic ones, and these; their numbers in `shapes` are
        the `owners`.
        """
        self._shapes = shapes
        self._owners = owners
        self._whole: dict[str, RemovedKind] = {}
        self._starts: _Starts = {}
        self._rest: _Starts = {}
        for profile in profiles:
            for kind, rules in profile.lines.items():
                self._whole.update((bare(phrase), kind) for phrase in rules.whole)
                _index(self._starts, rules.starts, kind)
            for kind, phrases in profile.rest.items():
                _index(self._rest, phrases, kind)
        links = sorted({link for profile in profiles for link in profile.links}, key=len, reverse=True)
        self._link = union(_link_patterns(links), "(?im)")
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

    def look(self, text: bytes) -> Look:
        """A first look at a text (UTF-8) as a whole, for `shape_kinds` and `inside_hits`."""
        return self._shapes.look(text, self._owners)

    def shape_kinds(self, lines: Iterable[bytes], look: Look) -> Iterator[RemovedKind | None]:
        """For each of the `lines` of a text, what kind of boilerplate it is by its shape; None: no shape fits."""
        return self._shapes.kinds(lines, look, self._owners)

    def inside_hits(self, text: str, data: bytes, look: Look) -> Iterator[tuple[int, int, RemovedKind]]:
        """Pieces of boilerplate within the lines of a text (`data`: in UTF-8): (start, end, kind), in order, without
        overlap.
        """
        done = 0
        for start, end, kind in self._shapes.hits(data, look, MOST_PIECES):
            if start < done:
                continue
            done = end
            first = start
            while text[first] in _CLOSING:  # matched for context; they belong to the sentence before
                first += 1
            yield first, end, kind

    def link_hits(self, text: str, data: bytes) -> Iterator[tuple[int, int]]:
        """Where a marker of a link to another story stands in a text (`data`: in UTF-8): (start, start of the
        headline).
        """
        spans = [hit.span() for hit in self._link.finditer(data)]
        at = characters(data, [offset for span in spans for offset in span]) if spans else {}
        for low, high in spans:
            start, end = at[low], at[high]
            # without a colon the first character of the headline is matched for context
            yield start, end if text[end - 1] in ": " else end - 1


_Starts = dict[str, list[tuple[str, RemovedKind]]]
"""Phrases by their first word, folded."""


def shapes_of(profiles: Iterable[Outlet]) -> Shapes:
    """The shapes of all profiles, numbered in their order."""
    profiles = tuple(profiles)
    lines = (
        Shape(owner, kind, shape)
        for owner, profile in enumerate(profiles)
        for kind, rules in profile.lines.items()
        for shape in rules.shapes
    )
    pieces = (
        Shape(owner, kind, shape)
        for owner, profile in enumerate(profiles)
        for kind, shapes in profile.inside.items()
        for shape in shapes
    )
    return Shapes(tuple(lines), tuple(pieces))


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
    """With a colon a marker may stand anywhere; without one it opens a line or is in capitals, and a headline must
    follow.
    """
    yield rf"\b(?:{'|'.join(map(_phrase, links))})[ ]*:[ ]*"
    longer = [link for link in links if " " in link]
    if longer:
        yield rf"^{EDGE}(?:{'|'.join(map(_phrase, longer))})[ ]+(?-i:[A-Z0-9\"“'‘])"
    capitals = (form for link in longer for form in (link.title(), link.upper()))
    yield rf"\b(?-i:{'|'.join(map(_phrase, capitals))})[ ]+(?-i:[A-Z0-9\"“'‘])"
