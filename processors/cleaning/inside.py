"""Boilerplate that stands within a line of the story."""

from __future__ import annotations

from processors.cleaning.cuts import Draft
from processors.cleaning.headline import headline_end
from processors.cleaning.rules import Rules
from processors.cleaning.shapes import Look
from processors.records import RemovedKind

LONGEST_LINK = 220
"""Characters of the longest line that can be a link and nothing else."""
_SENTENCE_END = frozenset('.,:;"”’')


def mark_inside(draft: Draft, rules: Rules, look: Look) -> None:
    """Cuts links with their headlines, and the pieces that the rules know."""
    index = 0
    for start, end in rules.link_hits(draft.text, draft.data):
        index = draft.line_at(start, index)
        if index == len(draft.lines) or draft.kinds[index] is not None:
            continue
        low, high = draft.lines[index]
        alone = low == start and high - low < LONGEST_LINK and draft.text[high - 1] not in _SENTENCE_END
        stop = high if alone else headline_end(draft.text, end, high)
        if low == start and stop == high:
            draft.kinds[index] = RemovedKind.RELATED
        else:
            draft.cut(index, start, stop, RemovedKind.RELATED)
    index = 0
    for start, end, kind in rules.inside_hits(draft.text, draft.data, look):
        index = draft.line_at(start, index)
        if index < len(draft.lines) and draft.kinds[index] is None:
            draft.cut(index, start, min(end, draft.lines[index][1]), kind)
