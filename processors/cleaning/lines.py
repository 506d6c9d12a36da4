"""Lines that an outlet's phrases and shapes know as boilerplate."""

from __future__ import annotations

from processors.cleaning.cuts import Draft
from processors.cleaning.headline import headline_like
from processors.cleaning.rules import Rules, bare
from processors.records import RemovedKind


def mark_lines(draft: Draft, rules: Rules) -> None:
    """Marks lines by phrases, shapes and blocks, and the headline under the label of a list."""
    text, kinds = draft.text, draft.kinds
    for index, (start, end) in enumerate(draft.lines):
        kinds[index] = rules.phrase_kind(text[start:end])
    index = 0
    for offset in rules.shape_hits(text):
        index = draft.line_at(offset, index)
        if index < len(kinds) and kinds[index] is None:
            kinds[index] = rules.shape_kind(draft.line(index))
    if rules.blocks:
        _mark_blocks(draft, rules)
    _mark_lists(draft, rules)
    _mark_rest(draft, rules)


def _mark_rest(draft: Draft, rules: Rules) -> None:
    for index in range(len(draft.lines) // 3, len(draft.lines)):
        kind = rules.rest_kind(draft.line(index))
        if kind is not None:
            draft.kinds[index:] = [kind] * (len(draft.lines) - index)
            return


def _mark_lists(draft: Draft, rules: Rules) -> None:
    for index, kind in enumerate(draft.kinds[:-1]):
        if kind is not RemovedKind.RELATED or draft.kinds[index + 1] is not None:
            continue
        if bare(draft.line(index)) in rules.lists and headline_like(draft.line(index + 1)):
            draft.kinds[index + 1] = RemovedKind.RELATED


def _mark_blocks(draft: Draft, rules: Rules) -> None:
    for index, (start, end) in enumerate(draft.lines):
        if end - start > rules.longest_block:
            continue
        for block, kind in rules.blocks.get(bare(draft.line(index)), ()):
            lines = draft.lines[index : index + len(block)]
            if [bare(draft.text[low:high]) for low, high in lines] == list(block):
                draft.kinds[index : index + len(block)] = [kind] * len(block)
