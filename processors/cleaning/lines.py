"""Lines that are boilerplate as a whole."""

from __future__ import annotations

from processors.cleaning.cuts import Draft
from processors.cleaning.headline import headline_like
from processors.cleaning.rules import Rules, bare
from processors.records import RemovedKind


def mark_lines(draft: Draft, rules: Rules, title: str | None) -> None:
    """Marks lines that the rules know, lists of other stories' headlines, and the repeated title."""
    text, kinds = draft.text, draft.kinds
    for index, (start, end) in enumerate(draft.lines):
        kinds[index] = rules.phrase_kind(text[start:end])
    index = 0
    for offset in rules.shape_hits(text):
        index = draft.line_at(offset, index)
        if index < len(kinds) and kinds[index] is None:
            kinds[index] = rules.shape_kind(draft.line(index))
    _mark_lists(draft, rules)
    if title and kinds and bare(draft.line(0)) == bare(title):
        kinds[0] = RemovedKind.NAV


def _mark_lists(draft: Draft, rules: Rules) -> None:
    """A label of a list takes the headline under it along."""
    for index, kind in enumerate(draft.kinds[:-1]):
        if kind is not RemovedKind.RELATED or draft.kinds[index + 1] is not None:
            continue
        following = draft.line(index + 1)
        if bare(draft.line(index)) in rules.lists and headline_like(following):
            draft.kinds[index + 1] = RemovedKind.RELATED
