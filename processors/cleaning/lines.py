"""Lines that are boilerplate as a whole."""

from __future__ import annotations

from processors.cleaning.cuts import Draft
from processors.cleaning.rules import Rules, bare
from processors.records import RemovedKind


def mark_lines(draft: Draft, rules: Rules, title: str | None) -> None:
    """Marks lines that the rules know, lists of other stories' headlines, and the repeated title."""
    _mark_known(draft, rules)
    if title and draft.lines and bare(draft.line(0)) == bare(title):
        draft.kinds[0] = RemovedKind.NAV


def _mark_known(draft: Draft, rules: Rules) -> None:
    index = 0
    for offset in rules.line_hits(draft.text):
        index = draft.line_at(offset, index)
        if index < len(draft.lines) and draft.kinds[index] is None:
            draft.kinds[index] = rules.line_kind(draft.line(index))
