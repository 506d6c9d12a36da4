"""What an exported model is worth on annotated stories, their boilerplate taken out as annotated.

`python -m training.measure FOLDER --gold stories.jsonl.gz --split dev`. Entities: F1 of exact spans with their
label. Speech: F1 of spans that overlap by half, each head alone, without rules. Speakers: of the gold quotes that
were found and whose speaker is named in the story, the share whose most probable candidate is a mention of theirs.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

from processors.encoder.encoder import Encoder
from processors.encoder.reading import Heard, Reading
from processors.encoder.voices import Voice
from training import stories
from training.stories import Speech, Story

CORE = {"PERSON": "PERSON", "ORG": "ORG", "GPE": "PLACE", "LOC": "PLACE", "FAC": "PLACE"}
Span = tuple[int, int, str]


class Tally:
    """Right, found and annotated spans by view."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.gold: Counter[str] = Counter()

    def add(self, view: str, gold: set[Span], found: set[Span]) -> None:
        """One story's spans, exact."""
        self.count(view, len(gold & found), len(found), len(gold))

    def count(self, view: str, right: int, found: int, gold: int) -> None:
        """One story's numbers."""
        self.right[view] += right
        self.found[view] += found
        self.gold[view] += gold

    def f1(self) -> dict[str, float]:
        """F1 in percent by view."""
        return {
            view: round(200 * self.right[view] / max(1, self.found[view] + self.gold[view]), 1)
            for view in sorted(self.gold)
        }


def count_entities(tally: Tally, gold: set[Span], found: set[Span]) -> None:
    """Counts one story's entities under "all", "core", core's three, and each label."""
    tally.add("all", gold, found)
    for view in ("core", "PERSON", "ORG", "PLACE"):
        tally.add(view, *(_core(spans, view) for spans in (gold, found)))
    for label in {label for *_, label in gold | found} - {"PERSON", "ORG"}:
        tally.add(label, *({span for span in spans if span[2] == label} for spans in (gold, found)))


def _core(spans: set[Span], view: str) -> set[Span]:
    named = {(start, end, CORE[label]) for start, end, label in spans if label in CORE}
    return named if view == "core" else {span for span in named if span[2] == view}


def speech(
    tally: Tally, speakers: Counter[str], story: Story, reading: Reading, people: dict[int, str]
) -> None:
    """Counts the story's speech; `people`: who is named at each code point."""
    for view, indirect in (("marked speech", False), ("indirect speech", True)):
        gold = [quote for quote in story.quotes if (quote.kind == "indirect") == indirect]
        found = [heard for heard in reading.speech if (heard.kind == "indirect") == indirect]
        pairs = _pairs(gold, found)
        tally.count(view, len(pairs), len(found), len(gold))
        for quote, heard in pairs:
            if quote.who in people.values():
                best = _best(reading.voices.of(heard.start, heard.end), people)
                speakers[view + " named"] += 1
                speakers[view + " right"] += best == quote.who


def _best(voice: Voice, people: dict[int, str]) -> str | None:
    """Whose mentions are most probable taken together; None: nobody's."""
    likely: dict[str | None, float] = {None: voice.nobody}
    for candidate in voice.candidates:
        name = people.get(candidate.start)
        if name:
            likely[name] = likely.get(name, 0.0) + candidate.probability
    return max(likely, key=likely.__getitem__)


def _pairs(gold: list[Speech], found: list[Heard]) -> list[tuple[Speech, Heard]]:
    pairs, free = [], list(gold)
    for heard in found:
        for quote in free:
            shared = min(heard.end, quote.end) - max(heard.start, quote.start)
            if shared >= (max(heard.end, quote.end) - min(heard.start, quote.start)) / 2:
                pairs.append((quote, heard))
                free.remove(quote)
                break
    return pairs


def measure(encoder: Encoder, gold: Path, split: str, every: int = 1) -> dict[str, Any]:
    """All figures of a split, or of each `every`-th of its stories."""
    tally, speakers, seconds, count = Tally(), Counter[str](), 0.0, 0
    chosen = (record for record in stories.records(gold) if record["split"] == split)
    for record in islice(chosen, 0, None, every):
        story = stories.read(record)
        started = time.process_time()
        reading = encoder.read(story.text)
        seconds += time.process_time() - started
        count += 1
        found: set[Span] = {(one.start, one.end, one.label.value) for one in reading.entities}
        count_entities(tally, set(story.entities), found)
        people = {start: who for start, _, _, who in record["entities"] if who}
        speech(tally, speakers, story, reading, people)
    shares = {
        f"speaker of {view}": round(100 * speakers[f"{view} right"] / max(1, speakers[f"{view} named"]), 1)
        for view in ("marked speech", "indirect speech")
    }
    return {"stories": count, **tally.f1(), **shares, "stories a CPU second": round(count / seconds, 2)}


def main() -> None:
    """The command line."""
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("folder", type=Path)
    parse.add_argument("--gold", type=Path, required=True)
    parse.add_argument("--split", choices=("dev", "test"), default="dev")
    parse.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th story")
    chosen = parse.parse_args()
    figures = measure(Encoder.load(chosen.folder, alone=True), chosen.gold, chosen.split, chosen.every)
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
