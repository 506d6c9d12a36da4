"""Quality of the quotes on other people's annotation: PolNeAR (English) and PFSA (Indonesian).

    python -m bench.score_quotes polnear ../shared --split dev
    python -m bench.score_quotes polnear ../shared --split train --every 10 --errors 40    what went wrong
    python -m bench.score_quotes pfsa ../shared                                            recall of direct quotes
    python -m bench.score_quotes time ../shared                                            share of the chain's time

Entities are the chain's own. Two spans match if they share half of the words of both together.

PolNeAR, direct: a quote is each stretch in marks of each paragraph of a direct attribution ("A," said X. "B.": two),
or of one whose every stretch stands in '' marks, which its types don't know. What we find in marks inside of other
attributions counts neither as right nor as wrong. A few of its speakers and cues are swapped ("said"): we swap back.
PolNeAR, all: a quote is an attribution, all its stretches together; ours are put together that share a cue, with
those without a cue behind them that have the same speaker. Its mixed ones hold the words outside of the marks too.

A speaker is right if the mention given lies on the annotated one, or, where none is given or it is our pronoun, if
the name given is in the annotated words, or is that of another quote whose mention lies on them. An annotated quote
without speaker asks for none.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import re
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.score import article
from bench.score import stories as annotated_stories
from processors.encoder import chain as encoder_chain
from processors.enrich import Chain
from processors.records import Quote, QuoteKind, Speaker

WORD = re.compile(r"\w+(?:['’]\w+)?")
HALF = 0.5
VERBS = frozenset(("said", "says", "added", "wrote", "told", "statement", "in", "a"))


@dataclass(frozen=True)
class Unit:
    """What is matched: its words, numbered in the story; where it starts; who said it."""

    words: frozenset[int]
    start: int
    kind: str
    speaker: Any


def read(path: Path) -> list[dict[str, Any]]:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in data.splitlines()]


class Text:
    """A story whose words are numbered."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = [match.span() for match in WORD.finditer(text)]
        self.starts = [start for start, _ in self.spans]
        self.ends = [end for _, end in self.spans]

    def words(self, parts: Iterable[tuple[int, int]]) -> frozenset[int]:
        return frozenset(
            number
            for a, z in parts
            for number in range(bisect_left(self.ends, a + 1), bisect_left(self.starts, z))
        )

    def lines(self, start: int, end: int) -> list[tuple[int, int]]:
        """A stretch by paragraph."""
        return [
            (start + match.start(), start + match.end())
            for match in re.finditer(r"[^\n]*\w[^\n]*", self.text[start:end])
        ]


def pairs(gold: list[Unit], found: list[Unit]) -> dict[int, int]:
    """Gold -> found, the best overlaps first."""
    scored = sorted(
        (
            (len(g.words & f.words) / len(g.words | f.words), i, j)
            for i, g in enumerate(gold)
            for j, f in enumerate(found)
            if g.words & f.words
        ),
        reverse=True,
    )
    taken: dict[int, int] = {}
    for overlap, i, j in scored:
        if overlap >= HALF and i not in taken and j not in taken.values():
            taken[i] = j
    return taken


def annotated(text: Text, story: dict[str, Any], *, direct: bool) -> list[Unit]:
    units = []
    for quote in story["quotes"]:
        if direct and is_direct(text.text, quote):
            parts = [[part] for start, end in quote["content"] for part in text.lines(start, end)]
        elif not direct:
            parts = [[(start, end) for start, end in quote["content"]]]
        else:
            continue
        for part in parts:
            words = text.words(part)
            if words:
                units.append(Unit(words, part[0][0], quote["type"], speaker(text.text, quote)))
    return units


def is_direct(text: str, quote: dict[str, Any]) -> bool:
    parts = [text[start:end].strip() for start, end in quote["content"]]
    return quote["type"] == "direct" or all(part.startswith("''") and part.endswith("''") for part in parts)


def speaker(text: str, quote: dict[str, Any]) -> Any:
    words = {word for start, end in quote["speaker"] or [] for word in text[start:end].lower().split()}
    return quote["cue"] if words and words <= VERBS else quote["speaker"]


def ours(text: Text, quotes: tuple[Quote, ...], *, direct: bool) -> list[Unit]:
    if direct:
        chosen = [quote for quote in quotes if quote.kind is QuoteKind.DIRECT]
        units = [(quote.speaker, quote.kind, [quote]) for quote in chosen]
    else:
        units = together(quotes)
    return [
        Unit(text.words((q.start, q.end) for q in parts), parts[0].start, kind, speaker)
        for speaker, kind, parts in units
    ]


def together(quotes: tuple[Quote, ...]) -> list[tuple[Speaker | None, QuoteKind, list[Quote]]]:
    """Quotes by act of speech."""
    units: list[tuple[Speaker | None, QuoteKind, list[Quote]]] = []
    cue = None
    for quote in quotes:
        name = quote.speaker.name if quote.speaker else None
        last = units[-1][0].name if units and units[-1][0] else None
        if units and name == last and (quote.cue is None or quote.cue == cue):
            units[-1][2].append(quote)
        else:
            units.append((quote.speaker, quote.kind, [quote]))
            cue = quote.cue
        if quote.cue is not None:
            cue = quote.cue
    return units


def right(text: str, wanted: Any, given: Speaker | None, quotes: tuple[Quote, ...]) -> bool:
    if not wanted:
        return given is None
    if given is None:
        return False
    spans = [(start, end) for start, end in wanted]
    if given.mention and lies_on(spans, given):
        return True
    named = " ".join(text[start:end] for start, end in spans).casefold()
    words = set(WORD.findall(named))
    mine = set(WORD.findall(given.name.casefold()))
    if given.mention is None or len(given.mention.text.split()) == 1:
        same = (quote.speaker for quote in quotes if quote.speaker and lies_on(spans, quote.speaker))
        if any(speaker.name == given.name for speaker in same):
            return True
    return bool(mine) and (mine <= words or words <= mine)


def lies_on(spans: list[tuple[int, int]], speaker: Speaker) -> bool:
    mention = speaker.mention
    return mention is not None and any(mention.start < end and mention.end > start for start, end in spans)


def f1(right_: int, found: int, gold: int) -> str:
    precision, recall = right_ / max(1, found), right_ / max(1, gold)
    both = 2 * precision * recall / max(1e-9, precision + recall)
    return (
        f"P {100 * precision:5.1f} R {100 * recall:5.1f} F1 {100 * both:5.1f}   gold {gold:5} found {found:5}"
    )


class Tally:
    """What was right, found and annotated, and what was wrong, as text."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self.wrong: list[tuple[str, ...]] = []

    def story(self, text: Text, story: dict[str, Any], quotes: tuple[Quote, ...], view: str) -> None:
        direct = view == "direct"
        gold, found = annotated(text, story, direct=direct), ours(text, quotes, direct=direct)
        matched = pairs(gold, found)
        if direct:
            other = text.words((start, end) for quote in story["quotes"] for start, end in quote["content"])
            found = [unit for j, unit in enumerate(found) if j in matched.values() or not unit.words <= other]
            matched = pairs(gold, found)
        self.count[view + " gold"] += len(gold)
        self.count[view + " found"] += len(found)
        self.count[view + " spans"] += len(matched)
        for i, j in matched.items():
            good = right(text.text, gold[i].speaker, found[j].speaker, quotes)
            self.count[view + " speakers"] += good
            self.count[f"{view} {gold[i].kind} found"] += 1
            if not good:
                self.wrong.append((view, "speaker", *shown(text, gold[i], found[j])))
        for i, unit in enumerate(gold):
            self.count[f"{view} {unit.kind} gold"] += 1
            if i not in matched:
                self.wrong.append((view, "missed " + unit.kind, *shown(text, unit, None)))
        for j, unit in enumerate(found):
            if j not in matched.values():
                self.wrong.append((view, "spurious " + unit.kind, *shown(text, unit, unit)))

    def show(self) -> None:
        count = self.count
        for view in ("direct", "all"):
            for what, name in (("spans", "spans"), ("speakers", "with speaker")):
                figures = f1(count[f"{view} {what}"], count[view + " found"], count[view + " gold"])
                print(f"{view:7} {name:13}", figures)
        for kind in ("direct", "mixed", "indirect"):
            found = 100 * count[f"all {kind} found"] / max(1, count[f"all {kind} gold"])
            print(f"recall of {kind:9} {found:5.1f}")


def polnear(options: argparse.Namespace) -> None:
    name = "polnear_train.jsonl.gz" if options.split == "train" else "polnear_dev.jsonl"
    stories = read(options.shared / "data" / "quotes" / name)[:: options.every]
    chain = Chain.load()
    tally = Tally()
    for story in stories:
        text = Text(story["text"])
        quotes = chain.quotes.find(text.text, chain.entities.find(text.text, "en"), "en")
        for view in ("direct", "all"):
            tally.story(text, story, quotes, view)
    print(f"{len(stories)} stories")
    tally.show()
    report(tally.wrong, options)


def shown(text: Text, gold: Unit, found: Unit | None) -> tuple[str, ...]:
    first, last = min(gold.words), max(gold.words)
    start, end = text.spans[first][0], text.spans[last][1]
    middle = text.text[start:end]
    if len(middle) > 110:
        middle = middle[:50] + " ... " + middle[-50:]
    context = f"{text.text[max(0, start - 70) : start]}[[{middle}]]{text.text[end : end + 70]}"
    if not isinstance(gold.speaker, (list, type(None))):
        wanted = ""
    else:
        wanted = " | ".join(text.text[a:z] for a, z in gold.speaker or [])
    given = found.speaker if found else None
    return context.replace("\n", "¶"), f"wanted: {wanted}", f"given: {given.name if given else None}"


def report(wrong: list[tuple[str, ...]], options: argparse.Namespace) -> None:
    if options.errors:
        print(Counter(row[:2] for row in wrong))
        chosen = [row for row in wrong if not options.only or options.only in " ".join(row[:2])]
        for row in chosen[:: max(1, len(chosen) // options.errors)]:
            print(*row, sep="\n    ")


def pfsa(options: argparse.Namespace) -> None:
    stories = read(options.shared / "data" / "quotes" / "pfsa_dev40.jsonl")
    chain = Chain.load()
    gold = found = named = named_right = 0
    for story in stories:
        text = Text(story["text"])
        quotes = chain.quotes.find(text.text, chain.entities.find(text.text, "id"), "id")
        units = annotated(text, story, direct=True)
        mine = ours(text, quotes, direct=True)
        matched = pairs(units, mine)
        gold += len(units)
        found += len(matched)
        for quote in story["quotes"]:
            words = text.words(quote["content"])
            name = quote.get("resolved") or None
            if not name:
                continue
            for i, j in matched.items():
                if units[i].words <= words:
                    given = mine[j].speaker
                    a = set(WORD.findall(name.casefold()))
                    b = set(WORD.findall(given.name.casefold())) if given else set()
                    named += 1
                    named_right += bool(b) and (a <= b or b <= a)
                    break
    print(f"{len(stories)} stories, {gold} quotes: recall {100 * found / gold:.2f} %")
    print(
        f"of {named} found whose speaker is resolved there, ours names the same: {100 * named_right / named:.1f} %"
    )


def time_share(options: argparse.Namespace) -> None:
    """CPU time of each stage over the annotated dev stories, by the rules' chain and the encoder's."""
    chosen = annotated_stories(options.shared, "dev", options.every)
    for name, load in (("rules", Chain.load), ("encoder", encoder_chain.load)):
        chain = load()
        spent: Counter[str] = Counter()
        for story in chosen:
            marks: list[tuple[str, float]] = []
            chain.enrich(article(story), lambda stage, to=marks: to.append((stage, time.process_time())))
            marks.append(("", time.process_time()))
            for (stage, start), (_, end) in itertools.pairwise(marks):
                spent[stage] += end - start
        total = sum(spent.values())
        print(f"{name}: {1000 * total / len(chosen):.1f} ms of CPU a story")
        print("   ", ", ".join(f"{stage} {100 * seconds / total:.1f} %" for stage, seconds in spent.items()))


def main() -> None:
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("data", choices=("polnear", "pfsa", "time"))
    parse.add_argument("shared", type=Path)
    parse.add_argument("--split", choices=("train", "dev"), default="dev")
    parse.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th story")
    parse.add_argument("--errors", type=int, default=0, metavar="N", help="show so many (of train alone)")
    parse.add_argument("--only", help="only errors of this kind")
    chosen = parse.parse_args()
    if chosen.errors and chosen.split != "train":
        parse.error("errors are shown of the training stories alone")
    {"polnear": polnear, "pfsa": pfsa, "time": time_share}[chosen.data](chosen)


if __name__ == "__main__":
    main()
