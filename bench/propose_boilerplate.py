"""What the proposals of `news.boilerplate` are worth, on annotated stories.

    python -m bench.propose_boilerplate ../shared                     train and dev, cleaning that knows no phrase
    python -m bench.propose_boilerplate ../shared --split test
    python -m bench.propose_boilerplate ../shared --errors            what is wrong or missed (not for test)
    python -m bench.propose_boilerplate ../shared --profiles generic  with the generic profiles, not the outlet's own

Each outlet is cleaned as if nobody had ever written a phrase down for it (by default not even the generic ones: what
they leave hardly recurs), and what recurs over its stories is proposed.

- A proposal is right if of the places that it is about nine in ten are boilerplate by annotation: nine letters in ten
  of the piece are marked; of a label before a headline that runs into the story, those of the label.
- What should be found: annotated boilerplate that survived cleaning, line by line, that recurs in as many distinct
  stories of its outlet as a proposal needs, either as a whole line (numbers and addresses aside) or by its first two
  words, if nine in ten lines of that form are annotated as boilerplate. It is found if proposals are about nine in
  ten of its places; of what opens alike, its first two words, for where a headline ends cleaning finds out. What stands
  before the story on its first line is a dateline, and not looked for.

precision: right proposals of all; recall: recurring forms found of all. By places: the same, every place counted once.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter, defaultdict
from pathlib import Path

from config.outlets import Outlet, Outlets, load
from consumers.insights.boilerplate.evidence import enough
from consumers.insights.boilerplate.pieces import Form, label, pieces_of, shape, words
from consumers.insights.boilerplate.propose import propose
from processors.cleaning import Cleaner
from processors.records import Article

ENOUGH = 0.9
NO_PHRASE = Outlet(name="nothing", links=("no such words",))
LINES = re.compile(r"[^\n]+")


class Story:
    """A cleaned story, and which characters of its clean text are annotated as boilerplate."""

    def __init__(self, told, cleaned):
        """`told`: as annotated."""
        body = bytearray(len(told["body"]))
        for start, end, _ in told["boilerplate"]:
            body[start:end] = b"\1" * (end - start)
        self.text = cleaned.text
        self.bad = bytearray(len(self.text))
        for start, source, size in cleaned.source_map.runs:
            self.bad[start : start + size] = body[source : source + size]
        del self.bad[len(self.text) :]
        self.proposed = bytearray(len(self.text))
        self.lines = [match.span() for match in LINES.finditer(self.text)]

    def share(self, flags, start, end):
        letters = [at for at in range(start, end) if self.text[at].isalnum()]
        return sum(flags[at] for at in letters) / len(letters) if letters else 0.0

    def places(self, piece):
        """Where a piece stands: (start, end)."""
        for start, end in self.lines:
            line = self.text[start:end].strip()
            at = self.text.find(piece.text, start, end)
            fits = {
                Form.LINE: line == piece.text,
                Form.TAIL: line != piece.text and line.endswith(piece.text),
                Form.INNER: at >= 0 and line != piece.text,
            }
            if fits[piece.form]:
                at = self.text.rfind(piece.text, start, end) if piece.form is Form.TAIL else at
                yield at, at + len(piece.text)


def forms(story):
    """Annotated boilerplate that survived, line by line: (start, end, its shape, how it opens)."""
    for number, (start, end) in enumerate(story.lines):
        for match in re.finditer(rb"\x01+", bytes(story.bad[start:end])):
            low, high = start + match.start(), start + match.end()
            told = shape(story.text[low:high])
            dateline = number == 0 and low == start and high < end
            if words(told) and not dateline:
                yield low, high, told, " ".join(told.replace(":", ": ").split()[:2])


def read(shared, splits):
    with gzip.open(shared / "data/gold/stories.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [story for story in map(json.loads, lines) if story["split"] in splits]


def by_outlet(told, profiles):
    known = load()
    cleaner = Cleaner(Outlets(known.generic if profiles == "generic" else [NO_PHRASE]))
    outlets = defaultdict(dict)
    for story in told:
        article = Article(
            uri=story["id"],
            body=story["body"],
            title=story["title"],
            url=story["url"],
            source=story["outlet"],
            language=story["language"],
        )
        own = known.find(story["outlet"], story["url"])
        name = own.name if own else story["outlet"].removeprefix("www.")
        outlets[name][story["id"]] = Story(story, cleaner.clean(article))
    return outlets


def recurring(stories, least):
    """What should be found: (how it is alike, [(story, start, end)])."""
    whole, opening = defaultdict(list), defaultdict(list)
    for uri, story in stories.items():
        for start, end, told, opens in forms(story):
            whole[told].append((uri, start, end))
            opening[opens].append((uri, start, end, told))
    seen_whole, seen_opening = defaultdict(list), defaultdict(list)
    for story in stories.values():
        for start, end in story.lines:
            told = shape(story.text[start:end])
            bad = story.share(story.bad, start, end) >= ENOUGH
            seen_whole[told].append(bad)
            seen_opening[" ".join(told.replace(":", ": ").split()[:2])].append(bad)

    def everywhere(seen):
        return not seen or sum(seen) >= ENOUGH * len(seen)

    def recurs(places):
        return len({place[0] for place in places}) >= least

    wholes = {
        told: places for told, places in whole.items() if recurs(places) and everywhere(seen_whole[told])
    }
    yield from (("line", told, places) for told, places in wholes.items())
    for opens, places in opening.items():
        rest = [place for place in places if place[3] not in wholes]
        several = len({place[3] for place in rest}) > 1
        if several and recurs(rest) and everywhere(seen_opening[opens]):
            yield "opening", opens, [place[:3] for place in rest]


def measure(name, stories, count, wrong):
    known = {uri: pieces_of(story.text) for uri, story in stories.items()}
    for proposal, found in propose(known):
        right = places = 0
        for one in found:
            story = stories[one.story]
            for start, end in story.places(one.piece):
                story.proposed[start:end] = b"\1" * (end - start)
                head = label(one.piece.text) if proposal.key == "links" else None
                right += story.share(story.bad, start, start + len(head) if head else end) >= ENOUGH
                places += 1
        good = right >= ENOUGH * places
        count.update({"proposals": 1, "right": good, "places": places, "right places": right})
        if not good:
            wrong.append(f"wrong  {right}/{places} {name}: {proposal.key} = {proposal.value[:100]}")
    for how, told, places in recurring(stories, enough(len(stories))):
        labelled = how == "opening" or label(stories[places[0][0]].text[places[0][1] : places[0][2]])
        found = 0
        for uri, low, high in places:
            story = stories[uri]
            found += (
                story.share(story.proposed, low, opened(story.text, low, high) if labelled else high)
                >= ENOUGH
            )
        good = found >= ENOUGH * len(places)
        count.update({"forms": 1, "found": good, "form places": len(places), "found places": found})
        if not good:
            wrong.append(f"missed {found}/{len(places)} {name}: {how} {told[:100]}")


def opened(text, start, end):
    """Where the first two words end: where a headline behind them ends, cleaning finds out."""
    return start + len(re.match(r"\W*\w+(?:\W+\w+)?", text[start:end]).group())


def measured(shared, splits, profiles, *, show=False):
    """Counts over all outlets, and what is wrong or missed."""
    total, wrong = Counter(), []
    for name, stories in sorted(by_outlet(read(shared, splits), profiles).items()):
        count = Counter()
        measure(name, stories, count, wrong)
        total += count
        if show and count:
            print(f"{name:20} {len(stories):5} stories, {dict(count)}")
    return total, wrong


def f1(right, proposed, found, wanted):
    """Of precision and recall, in [0, 1]."""
    precision, recall = right / max(1, proposed), found / max(1, wanted)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def scores(right, proposed, found, wanted):
    precision, recall = 100 * right / max(1, proposed), 100 * found / max(1, wanted)
    told = f"precision {precision:5.1f} ({right}/{proposed})  recall {recall:5.1f} ({found}/{wanted})"
    return f"{told}  F1 {100 * f1(right, proposed, found, wanted):5.1f}"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=Path)
    parser.add_argument("--split", default="train,dev", help="train, dev, test, or several by commas")
    parser.add_argument("--profiles", default="none", choices=["none", "generic"])
    parser.add_argument("--errors", action="store_true", help="print what is wrong or missed")
    parser.add_argument("--outlets", action="store_true", help="a line for each outlet")
    arguments = parser.parse_args()
    splits = arguments.split.split(",")
    if arguments.errors and "test" in splits:
        parser.error("the test stories are only measured, never looked at")
    total, wrong = measured(arguments.shared, splits, arguments.profiles, show=arguments.outlets)
    if arguments.errors:
        print("\n".join(wrong))
    print("by form  ", scores(total["right"], total["proposals"], total["found"], total["forms"]))
    print(
        "by place ",
        scores(total["right places"], total["places"], total["found places"], total["form places"]),
    )


if __name__ == "__main__":
    main()
