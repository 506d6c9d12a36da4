"""Quotation marks -> the stretches between them, in the presence of missing, odd and lost marks.

Marks are paired line by line. A straight mark has no direction: the white space and punctuation around it tell
whether it opens or closes, and what is open decides when they do not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

OPENING, CLOSING, EITHER = 1, 2, 3
CARRY = 6  # a quotation left open may go on over so many lines
_MARK = re.compile(
    r"[\"“”„‟«»]|''|``"
    r"|(?<![\w])['‘](?=\w)|(?<=[\w.,!?…])['’](?!\w)"  # single marks that no word holds
    r"|(?<!\S)\?(?=\w)|(?<=[,.!?])\?(?!\S)",  # a mark that was lost to an encoding
)
_DOUBLE = frozenset('"“”„‟«»') | {"''", "``"}


@dataclass(frozen=True, slots=True)
class Marked:
    """Code points [start, end) between two marks; `after`: where the text goes on behind the closing mark.

    `opened` and `closed` tell which of the two marks is there.
    """

    start: int
    end: int
    after: int
    opened: bool = True
    closed: bool = True


@dataclass(slots=True)
class _Mark:
    start: int
    end: int
    side: int
    family: str


def _side(text: str, start: int, end: int) -> int:
    mark = text[start:end]
    before = text[start - 1] if start else "\n"
    behind = text[end] if end < len(text) else "\n"
    free_left = before.isspace() or before in "([{-–—/:"
    free_right = behind.isspace() or behind in ".,;:!?)]}-–—/"
    if mark in ("“", "„", "‘", "``") and not (free_right and not free_left):
        return OPENING
    if free_left and not free_right:
        return OPENING
    if free_right and not free_left:
        return CLOSING
    return EITHER


def _family(mark: str) -> str:
    if mark in _DOUBLE:
        return '"'
    return "?" if mark == "?" else "'"


def _marks(text: str) -> list[list[_Mark]]:
    """Marks by line; single ones and "?" only on lines without double ones, and only where one opens and one closes."""
    lines: dict[int, list[_Mark]] = {}
    breaks = [m.start() for m in re.finditer("\n", text)]
    line = 0
    for match in _MARK.finditer(text):
        while line < len(breaks) and breaks[line] < match.start():
            line += 1
        lines.setdefault(line, []).append(
            _Mark(match.start(), match.end(), _side(text, *match.span()), _family(match[0]))
        )
    for found in lines.values():
        families = {mark.family for mark in found}
        family = next(one for one in ('"', "'", "?") if one in families)
        found[:] = [mark for mark in found if mark.family == family]
        if family != '"' and not {OPENING, CLOSING} <= {mark.side for mark in found}:
            found.clear()
    return [lines.get(number, []) for number in range(len(breaks) + 1)]


def marked(text: str) -> list[Marked]:
    """All stretches in marks, in reading order, not overlapping; linear in the length of `text`."""
    found: list[Marked] = []
    starts = [0, *(m.end() for m in re.finditer("\n", text))]
    lines = _marks(text)
    open_lines = 0  # how many lines back the quotation was left open; 0: none is
    for number, marks in enumerate(lines):
        start = starts[number]
        end = starts[number + 1] - 1 if number + 1 < len(starts) else len(text)
        left_open = _line(text, marks, start, end, found, carried=bool(open_lines))
        if left_open:
            open_lines = 1
        elif marks or not open_lines or open_lines >= CARRY:
            open_lines = 0
        elif text[start:end].strip():
            open_lines = open_lines + 1 if _closes_later(lines, number) else 0
            if open_lines:
                found.append(Marked(start, end, end, opened=False, closed=False))
    return [piece for piece in found if text[piece.start : piece.end].strip()]


def _closes_later(lines: list[list[_Mark]], number: int) -> bool:
    """The next line that has marks starts with a closing one."""
    for marks in lines[number + 1 : number + 1 + CARRY]:
        if marks:
            return marks[0].side == CLOSING
    return False


def _line(text: str, marks: list[_Mark], start: int, end: int, found: list[Marked], *, carried: bool) -> bool:
    """Pair the marks of one line [start, end); True if its last quotation is left open."""
    opened: _Mark | None = None
    for at, mark in enumerate(marks):
        if opened is None:
            if mark.side == CLOSING:
                if at == 0 and (
                    carried or text[start : mark.start].strip()
                ):  # its opening mark is above, or lost
                    found.append(Marked(start, mark.start, mark.end, opened=False))
            else:
                opened = mark
            continue
        if mark.side == OPENING:
            if _nested(marks, at):
                continue
            found.append(Marked(opened.end, mark.start, mark.start, closed=False))
            opened = mark
            continue
        if (
            mark.side == CLOSING
            and at + 1 < len(marks)
            and marks[at + 1].side == CLOSING
            and _inner(marks, at)
        ):
            continue
        found.append(Marked(opened.end, mark.start, mark.end))
        opened = None
    if opened is not None:
        found.append(Marked(opened.end, end, end, closed=False))
        return True
    return False


def _nested(marks: list[_Mark], at: int) -> bool:
    """The opening mark at `at`, met inside a quotation, opens an inner one: both close behind it."""
    rest = marks[at + 1 : at + 3]
    return len(rest) == 2 and all(mark.side == CLOSING for mark in rest)


def _inner(marks: list[_Mark], at: int) -> bool:
    """The closing mark at `at` closes an inner quotation, since one was opened inside."""
    return at >= 1 and marks[at - 1].side == OPENING and at >= 2 and marks[at - 2].side == OPENING
