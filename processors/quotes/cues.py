"""The reporting words, from data, and where they stand in a text."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Self

from processors.language import primary_subtag
from processors.wordlists import BrokenData, any_of, mapping, rows

DEFAULT = "id"
PACKAGE = "processors.quotes"
ENGLISH = ("says", "tells", "holds", "names", "saying", "telling")
KINDS = (
    "after", "closing", "nya", "own", "before", "weak", "both", "passive", "told", "according", "act", *ENGLISH,
)  # fmt: skip
_WORD = re.compile(r"\w+(?:-\w+)*")


@dataclass(frozen=True, slots=True)
class Cue:
    """A reporting word at code points [start, end).

    Attributes:
        behind: what it does behind marks: "own" (it names the same speaker again), "after" or "according" (the
            speaker follows), "before" (the speaker may follow), "" (nothing).
        plain: what it does elsewhere: these and "weak", "passive", "told", "act" (see `data/cues.tsv`), "" (nothing).
    """

    start: int
    end: int
    behind: str
    plain: str


Forms = dict[str, list[str]]
Table = dict[
    str, list[tuple[str, str, str]]
]  # first word -> rest of the form, what it does behind marks, elsewhere


def load_cues() -> dict[str, Forms]:
    """Language -> kind -> forms; the kinds are told at the head of `data/cues.tsv`.

    Raises:
        BrokenData: a row has not three fields, or an unknown kind.
    """
    forms: dict[str, Forms] = {}
    for number, (form, kind, language, *_rest) in rows(PACKAGE, "cues.tsv", 3):
        if kind not in KINDS:
            raise BrokenData(f"data/cues.tsv, line {number}: the kind is one of {', '.join(KINDS)}")
        forms.setdefault(language, {known: [] for known in KINDS})[kind].append(form)
    return forms


def uses(forms: Forms) -> dict[str, tuple[str, str]]:
    """Form -> what it does behind marks, and elsewhere; the suffix -nya stands for the speaker."""
    table: dict[str, tuple[str, str]] = {}
    for kind, behind, plain in (
        ("after", "after", "after"),
        ("closing", "after", ""),
        ("both", "after", "before"),
        ("before", "before", "before"),
        ("weak", "before", "weak"),
        ("passive", "before", "passive"),
        ("told", "", "told"),
        ("according", "according", "according"),
        ("act", "", "act"),
        ("own", "own", "own"),
        *((kind, "after" if kind in {"says", "tells", "holds"} else "", kind) for kind in ENGLISH),
    ):
        for form in forms[kind]:
            table.setdefault(form, (behind, plain))
    for kind, plain in (
        ("after", "own"),
        ("passive", "own"),
        ("according", "own"),
        ("closing", ""),
        ("nya", ""),
    ):
        for form in forms[kind]:
            table.setdefault(f"{form}nya", ("own", plain))
    return table


def table(forms: Forms) -> Table:
    """By first word, the longest form first."""
    found: Table = {}
    for form, (behind, plain) in uses(forms).items():
        first, _, rest = form.partition(" ")
        found.setdefault(first, []).append((rest, behind, plain))
    for entries in found.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return found


class Cues:
    """Reporting words and the closed classes around them. Case is ignored."""

    def __init__(self, forms: dict[str, Forms], words: dict[str, list[str]], offices: dict[str, str]) -> None:
        """`forms` as of `load_cues`, `words`: the closed classes of `data/words.yaml`, `offices`: other name of an
        office -> how titles spell it, lower case.
        """
        self.offices = offices
        self._tables = {language: table(of_language) for language, of_language in forms.items()}
        flags = re.IGNORECASE
        self.words = {key: frozenset(values) for key, values in words.items()}
        self.opener = re.compile(rf"[\s,:]*(?:{any_of(words['openers'])}\b[\s,]*)?", flags)
        self.link = re.compile(rf"[\s,.;–—\"”'’-]*(?:{any_of(words['links'])}\s+)?", flags)
        self.titled = re.compile(rf"\b{any_of(words['titled'])}\s*[:,]?\s*$", flags)

    @classmethod
    def load(cls) -> Self:
        """From the data files beside this module."""
        offices = {short: full for _, (short, full, *_rest) in rows(PACKAGE, "offices.tsv", 2)}
        return cls(load_cues(), mapping(PACKAGE, "words.yaml"), offices)

    def scan(self, text: str, language: str | None) -> CueIndex:
        """All reporting words of `text`; of a language that has none of its own, those of Indonesian."""
        found = []
        known = self._tables.get(primary_subtag(language) or DEFAULT) or self._tables[DEFAULT]
        for match in _WORD.finditer(text):
            entries = known.get(match[0].lower())
            if entries:
                for rest, behind, plain in entries:
                    end = match.end()
                    if rest:
                        end += 1 + len(rest)
                        if text[match.end() + 1 : end].lower() != rest:
                            continue
                    found.append(Cue(match.start(), end, behind, plain))
                    break
        return CueIndex(found)


class CueIndex:
    """The reporting words of one text, in reading order."""

    def __init__(self, cues: list[Cue]) -> None:
        self.all = cues
        self._starts = [cue.start for cue in cues]

    def at(self, position: int) -> Cue | None:
        """The one that starts at `position`."""
        at = bisect_left(self._starts, position)
        return self.all[at] if at < len(self.all) and self._starts[at] == position else None

    def between(self, start: int, end: int) -> list[Cue]:
        """Those that start in [start, end)."""
        return self.all[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
