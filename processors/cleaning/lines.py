"""Lines that an outlet's phrases and shapes know as boilerplate."""

from __future__ import annotations

from processors.cleaning.cuts import Draft
from processors.cleaning.headline import headline_like
from processors.cleaning.rules import LONGEST, Rules, bare
from processors.records import RemovedKind

LONGEST_SERIES = 12
"""Headlines of the longest series that is believed."""


def mark_lines(draft: Draft, rules: Rules) -> None:
    """Marks lines by phrases, shapes and blocks, and the headline under the label of a list."""
    text, kinds = draft.text, draft.kinds
    for index, (start, end) in enumerate(draft.lines):
        kinds[index] = rules.phrase_kind(text[start:end])
    judged = [index for index, kind in enumerate(kinds) if kind is None and _judged(draft.line(index))]
    found = rules.shape_kinds(text, [draft.line(index) for index in judged])
    for index, kind in zip(judged, found, strict=True):
        kinds[index] = kind
    if rules.blocks:
        _mark_blocks(draft, rules)
    _mark_lists(draft, rules)
    _mark_rest(draft, rules)


def _judged(line: str) -> bool:
    """Whether a line may be boilerplate by its shape: none that goes on for long, nor a dateline, which ends in a dash."""
    return len(line) <= LONGEST and not (line[-1] in "-–—" and line[0].isalnum())


def _mark_rest(draft: Draft, rules: Rules) -> None:
    for index in range(len(draft.lines) // 3, len(draft.lines)):
        kind = rules.rest_kind(draft.line(index))
        if kind is not None:
            draft.kinds[index:] = [kind] * (len(draft.lines) - index)
            return


def _mark_lists(draft: Draft, rules: Rules) -> None:
    kinds = draft.kinds
    for index, kind in enumerate(kinds[:-1]):
        if kind is RemovedKind.RELATED and kinds[index + 1] is None:
            label = bare(draft.line(index))
            if label in rules.lists:
                most = LONGEST_SERIES if label in rules.series else 1
                _mark_headlines(draft, index + 1, most, RemovedKind.RELATED)
        elif kind is RemovedKind.CREDIT and bare(draft.line(index)).endswith(rules.announces):
            _mark_headlines(draft, index + 1, 1, RemovedKind.CREDIT)


def _mark_headlines(draft: Draft, first: int, most: int, kind: RemovedKind) -> None:
    for index in range(first, min(first + most, len(draft.kinds))):
        if draft.kinds[index] is not None or not headline_like(draft.line(index).rstrip("?!")):
            return
        draft.kinds[index] = kind


def _mark_blocks(draft: Draft, rules: Rules) -> None:
    for index, (start, end) in enumerate(draft.lines):
        if end - start > rules.longest_block:
            continue
        for block, kind in rules.blocks.get(bare(draft.line(index)), ()):
            lines = draft.lines[index : index + len(block)]
            if [bare(draft.text[low:high]) for low, high in lines] == list(block):
                draft.kinds[index : index + len(block)] = [kind] * len(block)
