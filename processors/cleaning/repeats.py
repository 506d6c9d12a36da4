"""Stories that stand there twice: once glued into long lines, once in paragraphs; or paragraph by paragraph again.

Pages with broken mark-up give such text. The paragraphs are the clean copy and stay.
"""

from __future__ import annotations

import re

from processors.cleaning.cuts import Draft
from processors.records import RemovedKind

OPENING = 40
"""Characters that two lines must begin or end with in common to be looked at."""
SHORTEST = 40
"""Characters of the shortest line that can be a repeated paragraph."""
ENOUGH = 120
"""Letters of repeated paragraphs, two or more, below which they may be the refrain of a song."""
COVERED = 0.6
"""Share of a long line that must stand in shorter lines too, for the long one to be the glued copy."""
MOST_LINES = 500
"""A longer story is only searched for equal lines, to keep time linear."""

_FOLD = re.compile(r"[\W_]+")


def mark_repeats(draft: Draft) -> None:
    """Marks glued copies, and paragraphs that stand there again."""
    text = draft.text
    story = [index for index, kind in enumerate(draft.kinds) if kind is None]
    long = [bounds for index in story if (bounds := draft.lines[index])[1] - bounds[0] >= SHORTEST]
    if (
        len({text[start : start + OPENING] for start, _ in long})
        == len(long)
        == len({text[end - OPENING : end] for _, end in long})
    ):
        return
    openings: dict[str, list[int]] = {}
    endings: dict[str, list[int]] = {}
    for index in story:
        start, end = draft.lines[index]
        if end - start >= SHORTEST:
            openings.setdefault(text[start : start + OPENING], []).append(index)
            endings.setdefault(text[end - OPENING : end], []).append(index)
    alike = {index for group in openings.values() if len(group) > 1 for index in group}
    closing = {index for group in endings.values() if len(group) > 1 for index in group} - alike
    if not alike and not closing:
        return
    folded = {index: _folded(draft, index) for index in story}
    glued = False
    if len(story) <= MOST_LINES:
        # a paragraph may take up the end of another one: only of glued copies, there are several
        least = dict.fromkeys(alike, 1) | dict.fromkeys(closing, 2)
        glued = _mark_glued(draft, least, folded)
    _mark_equal(draft, openings, folded, glued=glued)


def _folded(draft: Draft, index: int) -> str:
    return "".join(_FOLD.sub("", draft.text[start:end]).casefold() for start, end in draft.remains(index))


def _mark_glued(draft: Draft, least: dict[int, int], folded: dict[int, str]) -> bool:
    """Marks lines that are made of others, of at least as many as `least` says for each. Whether there were any."""
    found = False
    for index in sorted(least, key=lambda index: -len(folded[index])):
        line = folded[index]
        pieces = 0
        covered = bytearray(len(line))
        for other, piece in folded.items():
            if draft.kinds[other] is None and SHORTEST <= len(piece) < len(line):
                at = line.find(piece)
                if at >= 0:
                    pieces += 1
                    covered[at : at + len(piece)] = b"\x01" * len(piece)
        if pieces >= least[index] and sum(covered) > COVERED * len(line):
            draft.kinds[index] = RemovedKind.OTHER
            found = True
    return found


def _mark_equal(draft: Draft, openings: dict[str, list[int]], folded: dict[int, str], *, glued: bool) -> None:
    repeated: list[int] = []
    for group in openings.values():
        copies: dict[str, list[int]] = {}
        for index in group:
            if draft.kinds[index] is None:
                copies.setdefault(folded[index], []).append(index)
        for same in copies.values():
            clean = next((index for index in same if not draft.is_cut(index)), same[0])
            repeated += [index for index in same if index != clean]
    # a story may say a single sentence again on purpose
    if glued or (len(repeated) > 1 and sum(len(folded[index]) for index in repeated) >= ENOUGH):
        for index in repeated:
            draft.kinds[index] = RemovedKind.OTHER
