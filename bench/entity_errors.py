"""Which kinds of error entities still have on annotated stories, with counts. No text is shown.

python -m bench.entity_errors ../shared --split dev              by encoder and rules
python -m bench.entity_errors ../shared --split dev --rules      by rules alone

Cleaning is as annotated. An error is one span of ours or of the annotation that the other lacks; a span of ours that
shares words with an annotated one is one error together with it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from bench.score import annotated_text, stories
from processors.encoder import chain as encoder_chain
from processors.enrich import Chain

Span = tuple[int, int, str]


def errors(gold: set[Span], ours: set[Span]) -> Counter[str]:
    """Kinds of error between two sets of spans, offsets in the same text."""
    found: Counter[str] = Counter()
    missed, wrong = gold - ours, ours - gold
    for span in sorted(wrong):
        touching = [one for one in gold if one[0] < span[1] and span[0] < one[1]]
        missed -= set(touching)
        found[_kind(span, touching)] += 1
    for _, _, label in missed:
        found[f"missed: {label}"] += 1
    return found


def _kind(span: Span, touching: list[Span]) -> str:
    start, end, label = span
    if not touching:
        return f"spurious: {label}"
    if len(touching) > 1:
        return "boundary: one for several"
    (other,) = touching
    if (start, end) == other[:2]:
        return f"label: {other[2]} taken for {label}"
    if label != other[2]:
        return "boundary and label"
    inside = other[0] <= start and end <= other[1]
    return f"boundary: {'a part of' if inside else 'more than'} {label}"


def main() -> None:
    """Count, and print the most frequent kinds."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("shared", type=Path, help="the folder with data/gold")
    options.add_argument("--split", choices=("train", "dev"), default="dev")
    options.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th story")
    options.add_argument("--rules", action="store_true", help="the chain without the encoder")
    chosen = options.parse_args()
    chain = Chain.load() if chosen.rules else encoder_chain.load()
    found: Counter[str] = Counter()
    for story in stories(chosen.shared, chosen.split, chosen.every):
        found += errors(*_both(chain, story))
    for kind, count in found.most_common(40):
        print(f"{count:5} {kind}")
    print(f"{found.total():5} errors")


def _both(chain: Chain, story: dict[str, Any]) -> tuple[set[Span], set[Span]]:
    text, offsets = annotated_text(story)
    back = {at: number for number, at in enumerate(offsets)}
    gold = {
        (back[start], back[end - 1] + 1, label)
        for start, end, label, _ in story["entities"]
        if start in back and end - 1 in back
    }
    entities = chain.entities.find(text, story["language"])
    ours = {(m.start, m.end, one.label.value) for one in entities for m in one.mentions}
    return gold, ours


if __name__ == "__main__":
    main()
