"""Lines that an outlet's phrases and shapes know as boilerplate."""

from __future__ import annotations

from processors.cleaning.cuts import Draft
from processors.cleaning.headline import headline_like
from processors.cleaning.rules import LONGEST, Rules, bare
from processors.cleaning.shapes import Look
from processors.records import RemovedKind

LONGEST_SERIES = 12
"""Headlines of the longest series that is believed."""
SERIES = 3
"""Headlines one below the other that are a series under any label."""


def mark_lines(draft: Draft, rules: Rules, look: Look) -> None:
    """Marks lines by phrases, shapes and blocks, and the headline under the label of a list."""
    kinds = draft.kinds
    judged, lines = [], []
    for index in range(len(kinds)):
        line = draft.line(index)
        kinds[index] = rules.phrase_kind(line)
        if kinds[index] is None and _judged(line):
            judged.append(index)
            lines.append(line.encode())
    for index, kind in zip(judged, rules.shape_kinds(lines, look), strict=True):
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
                headlines = _headlines_from(draft, index + 1)
                # under a label for one, what follows its headline may be a subhead, unless there are several
                if label not in rules.series and headlines < SERIES:
                    headlines = min(headlines, 1)
                kinds[index + 1 : index + 1 + headlines] = [kind] * headlines
        elif kind is RemovedKind.CREDIT and bare(draft.line(index)).endswith(rules.announces):
            kinds[index + 1] = kind if _headlines_from(draft, index + 1) else kinds[index + 1]


def _headlines_from(draft: Draft, first: int) -> int:
    """How many lines from one on look like headlines."""
    index = first
    while index < min(first + LONGEST_SERIES, len(draft.kinds)):
        if draft.kinds[index] is not None or not headline_like(draft.line(index).rstrip("?!")):
            break
        index += 1
    return index - first


def _mark_blocks(draft: Draft, rules: Rules) -> None:
    for index, (start, end) in enumerate(draft.lines):
        if end - start > rules.longest_block:
            continue
        for block, kind in rules.blocks.get(bare(draft.line(index)), ()):
            lines = draft.lines[index : index + len(block)]
            if [bare(draft.text[low:high]) for low, high in lines] == list(block):
                draft.kinds[index : index + len(block)] = [kind] * len(block)
