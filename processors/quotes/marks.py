"""Quotation marks -> the stretches between them, in the presence of missing, odd and lost marks.

Marks are paired line by line. A straight mark has no direction: the white space and punctuation around it tell
whether it opens or closes, and what is open decides when they do not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

OPENING, CLOSING, EITHER = 1, 2, 3
CARRY = 6  # a quotation left open may go on over so many lines
_CUES = (
    r"(?:kata|ujar|ucap|tutur|jelas|ungkap|tegas|terang|papar|imbuh|tambah|lanjut|sambung|pungkas)(?:nya)?\b"
)
_MARK = re.compile(
    r"[\"“”„‟«»\x93\x94]|''|``|[‘’\x91\x92]{2}"
    r"|(?<![\w])['‘’](?=[\w(#])|(?<=[\w.,!?…])['’](?!\w)"  # single marks that no word holds
    r"|(?<!\S)\?{1,2}(?=\w)|^\?{1,2} ?(?=\w)|(?<=[,.!])\?{1,2}(?=\s|$|[A-Z])"  # marks that were lost to an encoding
    rf"|(?:\?{{1,2}}|['’])(?=\s?{_CUES})",
    re.MULTILINE,
)
LONG = 700  # code points that are too many for one quotation whose opening mark is lost
_CUE = re.compile(rf"\s?{_CUES}")
_BORDER = re.compile(r"[.!?]\s+(?=[A-Z])")
_SINGLE = "‘’\x91\x92"
_DOUBLE = frozenset('"“”„‟«»\x93\x94') | {"''", "``"} | {a + b for a in _SINGLE for b in _SINGLE}


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
    if "?" in mark and before in ".!" and behind.isupper():
        return OPENING  # a space was lost too
    free_right = behind.isspace() or behind in ".,;:!?)]}-–—/"
    if mark in ("“", "„", "‘", "``", "‘‘", "\x93", "\x91\x91") and not (free_right and not free_left):
        return OPENING
    if free_left and not free_right:
        return OPENING
    if free_right and not free_left:
        return CLOSING
    return EITHER


def _family(mark: str) -> str:
    if mark in _DOUBLE:
        return '"'
    return "?" if "?" in mark else "'"


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
        by_family = {family: [mark for mark in found if mark.family == family] for family in ('"', "?", "'")}
        marks = (
            marks for family, marks in by_family.items() if marks and (family == '"' or _pairs(text, marks))
        )
        found[:] = next(marks, [])
    return [lines.get(number, []) for number in range(len(breaks) + 1)]


def _pairs(text: str, marks: list[_Mark]) -> bool:
    """Single marks or "?" are quotation marks: one opens and one closes, or a "?" opens the line or closes behind a
    comma, which no question mark does.
    """
    sides = {mark.side for mark in marks}
    if {OPENING, CLOSING} <= sides or (EITHER in sides and len(marks) > 1):
        return True
    if marks[0].family != "?":
        return False
    first, last = marks[0], marks[-1]
    opens = text[first.start - 1 : first.start] in ("", "\n") and first.side != CLOSING
    return opens or (last.side == CLOSING and text[last.start - 1] == ",")


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
                begin = start
                if at or (not carried and mark.start - start > LONG):
                    begin = _lost_opening(text, max(start, found[-1].after if found else 0), mark)
                if text[begin : mark.start].strip():  # its opening mark is above, or lost
                    found.append(Marked(begin, mark.start, mark.end, opened=False))
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


def _lost_opening(text: str, floor: int, mark: _Mark) -> int:
    """Where the quotation begins whose closing mark stands alone before a reporting word: with its sentence; at the
    mark itself if there is none.
    """
    if not _CUE.match(text, mark.end):
        return mark.start
    borders = list(_BORDER.finditer(text, max(floor, mark.start - LONG), mark.start - 1))
    return borders[-1].end() if borders else mark.start


def _nested(marks: list[_Mark], at: int) -> bool:
    """The opening mark at `at`, met inside a quotation, opens an inner one: both close behind it."""
    rest = marks[at + 1 : at + 3]
    return len(rest) == 2 and all(mark.side == CLOSING for mark in rest)


def _inner(marks: list[_Mark], at: int) -> bool:
    """The closing mark at `at` closes an inner quotation, since one was opened inside."""
    return at >= 1 and marks[at - 1].side == OPENING and at >= 2 and marks[at - 2].side == OPENING
