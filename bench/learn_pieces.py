"""Would a learned classifier clean better than the rules? An experiment; nothing of it ships.

    python -m bench.learn_pieces ../shared

Every sentence of the training stories is a piece: its words, its form, its place, the marks and removed lines around
it, and how many of its names stand elsewhere in the story. A logistic regression judges pieces of outlets it has not
seen (each outlet is left out in turn) and those of the dev stories. Shown: the classifier alone, and what it would
still remove after the generic rules, for several thresholds; a word of the story lost counts as in
`score_cleaning.py`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.score_cleaning import survivors
from config.outlets import Outlets, load
from processors.cleaning import Cleaner
from processors.cleaning.headline import small_words
from processors.records import Article

SENTENCE = re.compile(r"(?:[.!?…][\"”’')\]]*|[\"”])\s+(?=[\"“‘(\[]?[A-Z0-9#>*])")
WORD = re.compile(r"\w+(?:[-.'’]\w+)*")
NAME = re.compile(r"\b[A-Z][\w-]{2,}")
SIGNS = ("/", "@", "#", "|", "://", ">", "(", '"', "“", "©", "?", "!", ":", ".com", "—", " - ")
SIZES = (0, 1, 2, 3, 4, 5, 7, 10, 14, 20, 30, 50, 10_000)
LEAST = 6  # stories that must have a feature
STEPS, RATE, DECAY = 150, 0.1, 3e-5
THRESHOLDS = (-1, 0, 1, 2, 3, 4, 5)


def size(count):
    return next(str(bound) for bound in SIZES if count <= bound)


def end(text):
    return "a" if text[-1:].isalnum() else text[-1:]


def start(text):
    return (
        "d" if text[:1].isdigit() else "A" if text[:1].isupper() else "l" if text[:1].islower() else text[:1]
    )


def pieces(line):
    at = 0
    for match in SENTENCE.finditer(line):
        yield at, match.end()
        at = match.end()
    if at < len(line):
        yield at, len(line)


class Seen(NamedTuple):
    """A story: its lines, whether the generic rules remove each, in how many lines each name stands, its title."""

    lines: list[str]
    gone: list[bool]
    names: Counter[str]
    title: str


def features(story, index, low, high):
    """What is seen of ``story.lines[index][low:high]``."""
    lines, gone, names, title = story
    line = lines[index]
    text, after = line[low:high].strip(), len(lines) - 1 - index
    place = (
        "whole"
        if low == 0 and high == len(line)
        else "first"
        if low == 0
        else "last"
        if high == len(line)
        else "mid"
    )
    words = [word.casefold() for word in WORD.findall(text)]
    telling = [w for w in text.split() if w[0].isalpha() and w.casefold() not in small_words()]
    capitals = round(5 * sum(word[0].isupper() for word in telling) / max(1, len(telling)))
    own = set(NAME.findall(text))
    known = round(5 * sum(names[name] > 1 for name in own) / len(own)) if own else "none"
    above, below = lines[index - 1] if index else "", lines[index + 1] if after else ""
    of_title = {word for word in WORD.findall(title.casefold()) if len(word) > 3}
    found = [
        f"place {place}",
        f"size {size(len(words))} {place}",
        f"end {end(text)} {place}",
        f"start {start(text)} {place}",
        f"capitals {capitals} {place} {end(text)}",
        f"index {min(index, 4)} {place}",
        f"after {min(after, 4)} {place} {end(text)}",
        f"above {end(above)} {bool(index) and gone[index - 1]} {place}",
        f"below {start(below)} {bool(after) and gone[index + 1]} {place}",
        f"known {known} {place}",
        f"title {round(5 * len(of_title & set(words)) / max(1, len(of_title)))}",
        *(f"has {sign}" for sign in SIGNS if sign in text),
        *(f"word {word}" for word in words[:40]),
        *(f"pair {one} {two}" for one, two in pairwise(words[:26])),
    ]
    return [*found, f"first {words[0]} {place}", f"final {words[-1]} {place}"] if words else found


def group(outlet):
    known = (
        "detik",
        "kompas",
        "tribun",
        "liputan6",
        "jpnn",
        "okezone",
        "sheiua",
        "cnn",
        "kontan",
        "bisnis",
        "tempo",
    )
    return next((name for name in known if name in outlet), "others")


def read(shared):
    """A row a piece: its story, features, words of boilerplate and story, and those that the rules leave."""
    cleaner = Cleaner(Outlets(load().generic))
    with gzip.open(shared / "data/gold/stories.jsonl.gz", "rt", encoding="utf-8") as stories:
        for story in map(json.loads, stories):
            if story["split"] == "test":
                continue
            body = story["body"]
            bad = bytearray(len(body))
            for low, high, _ in story["boilerplate"]:
                bad[low:high] = b"\x01" * (high - low)
            alive = survivors(cleaner.clean(Article(uri=story["id"], body=body, title=story["title"])))
            spans = [match.span() for match in re.finditer(r"[^\s](?:[^\n]*[^\s])?", body)]
            lines = [body[low:high] for low, high in spans]
            gone = [not any(alive[low:high]) for low, high in spans]
            names = Counter(name for line in lines for name in set(NAME.findall(line)))
            whole = Seen(lines, gone, names, story["title"] or "")
            for index, (offset, _) in enumerate(spans):
                for low, high in pieces(lines[index]):
                    count = Counter()
                    for match in re.finditer(r"\w+", lines[index][low:high]):
                        first, last = offset + low + match.start(), offset + low + match.end()
                        kind = "boilerplate" if any(bad[first:last]) else "story"
                        count[kind] += 1
                        count[f"{kind} left"] += all(alive[first:last])
                    if count["boilerplate"] + count["story"]:
                        seen = features(whole, index, low, high)
                        yield story["id"], group(story["outlet"]), story["split"], set(seen), count


def fit(columns, offsets, truth, width):
    """A logistic regression over sparse features, by Adam: (weights, bias)."""
    rows = np.repeat(np.arange(len(truth)), np.diff(offsets))
    weights, bias = np.zeros(width), -2.0
    mean, square = np.zeros(width + 1), np.zeros(width + 1)
    for step in range(1, STEPS + 1):
        score = np.bincount(rows, weights=weights[columns], minlength=len(truth)) + bias
        error = (1 / (1 + np.exp(-score)) - truth) / len(truth)
        slope = np.bincount(columns, weights=error[rows], minlength=width) + DECAY * weights
        slope = np.append(slope, error.sum())
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope * slope
        move = RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        weights, bias = weights - move[:-1], bias - move[-1]
    return weights, bias


def judged(train, told, numbers, truth):
    """Scores of the pieces `told` by a model of the pieces `train`."""
    columns = np.concatenate([numbers[index] for index in train])
    offsets = np.cumsum([0, *(len(numbers[index]) for index in train)])
    weights, bias = fit(columns, offsets, truth[train], max(map(max, numbers)) + 1)
    return [weights[numbers[index]].sum() + bias for index in told]


def report(name, rows, scores):
    total = Counter()
    for *_, count in rows:
        total += count
    print(f"{name}: {total['story']} words of the story, {total['boilerplate']} of boilerplate;", end=" ")
    print(f"the generic rules leave {total['boilerplate left']}")
    for threshold in THRESHOLDS:
        taken = Counter()
        for score, (*_, count) in zip(scores, rows, strict=True):
            taken += count if score > threshold else Counter()
        kept = 100 - 100 * taken["story"] / total["story"]
        left = 100 - 100 * taken["boilerplate"] / total["boilerplate"]
        print(
            f"  above {threshold:2}: alone kept {kept:6.2f} left {left:6.2f};"
            f" after the rules {taken['boilerplate left']:4} words of boilerplate more gone, {taken['story left']:5} of the story"
        )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=Path)
    rows = list(read(parser.parse_args().shared))
    stories = defaultdict(set)
    for story, _, split, seen, _ in rows:
        if split == "train":
            for feature in seen:
                stories[feature].add(story)
    known = {
        name: number for number, name in enumerate(sorted(f for f in stories if len(stories[f]) >= LEAST))
    }
    numbers = [np.array(sorted(known[f] for f in seen if f in known), dtype=np.int64) for *_, seen, _ in rows]
    truth = np.array([count["boilerplate"] > count["story"] for *_, count in rows], dtype=float)
    train = [index for index, row in enumerate(rows) if row[2] == "train"]
    dev = [index for index, row in enumerate(rows) if row[2] == "dev"]
    scores = np.zeros(len(rows))
    for outlet in sorted({row[1] for row in rows}):
        told = [index for index in train if rows[index][1] == outlet]
        others = [index for index in train if rows[index][1] != outlet]
        scores[told] = judged(others, told, numbers, truth)
    scores[dev] = judged(train, dev, numbers, truth)
    print(f"{len(rows)} pieces, {len(known)} features")
    report("train, each outlet left out", [rows[index] for index in train], scores[train])
    report("dev", [rows[index] for index in dev], scores[dev])


if __name__ == "__main__":
    main()
