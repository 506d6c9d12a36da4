"""How far rules are to be trusted beside an exported encoder: the weights that serve best on annotated stories.

`python -m training.weigh FOLDER --gold stories.jsonl.gz` looks for them on the split dev, by one group of labels after
the other, and writes them into the model's `meta.json`. What is made largest is the sum of the F1 of all labels and of
core (people, organisations, places), exact spans.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from processors.encoder.encoder import Encoder, Forward
from processors.encoder.evidence import Known, Weight
from processors.entities.recogniser import pipeline
from processors.records import Label
from training import measure, stories
from training.stories import Story

GROUPS: tuple[tuple[str, ...], ...] = (
    ("PERSON",),
    ("ORG",),
    ("GPE", "LOC", "FAC"),
    ("NORP", "EVENT", "PRODUCT", "WORK_OF_ART", "LAW"),
    ("DATE",),
    ("TIME", "QUANTITY"),
    ("MONEY", "PERCENT"),
)
SAID = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 8.0)
UNSAID = (0.0, 0.3, 0.6, 1.0, 1.5, 2.0, 4.0, 8.0)
ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Seen:
    """A story, what the network made of it, and what the rules know."""

    story: Story
    forward: Forward
    known: Sequence[Known]


def seen(encoder: Encoder, gold: Path, split: str, every: int) -> list[Seen]:
    """Each `every`-th story of a split."""
    rules = pipeline("id")
    found = []
    for record in [one for one in stories.records(gold) if one["split"] == split][::every]:
        story = stories.read(record)
        known = [Known(one.start_char, one.end_char, Label(one.label_)) for one in rules(story.text).ents]
        found.append(Seen(story, encoder.forward(story.text), known))
    return found


def worth(encoder: Encoder, sample: Sequence[Seen], weights: Mapping[Label, Weight]) -> float:
    """F1 of all labels + F1 of core, percent."""
    tally = measure.Tally()
    for one in sample:
        words = one.forward.words
        spans = encoder.entities(one.story.text, one.forward, one.known, weights)
        found = {(words[span.first].start, words[span.end - 1].end, span.label) for span in spans}
        measure.count_entities(tally, set(one.story.entities), found)
    figures = tally.f1()
    return figures["all"] + figures["core"]


def search(encoder: Encoder, sample: Sequence[Seen], start: Mapping[Label, Weight]) -> dict[Label, Weight]:
    """The best weights found: each in turn goes a step up or down its scale for as long as that serves."""
    best = dict(start)
    reached = worth(encoder, sample, best)
    for _ in range(ROUNDS):
        before = reached
        for group in GROUPS:
            for trial in _steps(best, [Label(label) for label in group]):
                if (figure := worth(encoder, sample, trial)) > reached:
                    best, reached = trial, figure
        sys.stdout.write(f"{reached:.1f}\n")
        sys.stdout.flush()
        if reached == before:
            break
    return best


def _steps(weights: Mapping[Label, Weight], labels: Sequence[Label]) -> Iterator[dict[Label, Weight]]:
    now = weights[labels[0]]
    for said in _beside(SAID, now.said):
        yield {**weights, **dict.fromkeys(labels, Weight(said, now.unsaid))}
    for unsaid in _beside(UNSAID, now.unsaid):
        yield {**weights, **dict.fromkeys(labels, Weight(now.said, unsaid))}


def _beside(scale: Sequence[float], value: float) -> Sequence[float]:
    at = min(range(len(scale)), key=lambda i: abs(scale[i] - value))
    return [scale[i] for i in (at - 1, at + 1) if 0 <= i < len(scale)]


def main() -> None:
    """The command line."""
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("folder", type=Path)
    parse.add_argument("--gold", type=Path, required=True)
    parse.add_argument("--split", choices=("train", "dev"), default="dev")
    parse.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th story")
    chosen = parse.parse_args()
    path = chosen.folder / "meta.json"
    meta = json.loads(path.read_text("utf-8"))
    encoder = Encoder.load(chosen.folder)
    sample = seen(encoder, chosen.gold, chosen.split, chosen.every)
    found = search(encoder, sample, {Label(label): Weight(*pair) for label, pair in meta["rules"].items()})
    meta["rules"] = {label.value: (weight.said, weight.unsaid) for label, weight in found.items()}
    path.write_text(json.dumps(meta, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
