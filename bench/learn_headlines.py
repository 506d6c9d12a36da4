"""Learns where a headline ends that runs into the next sentence: the weights in processors/cleaning/headlines.tsv.

    python bench/learn_headlines.py ../shared

Headlines of training stories are put before sentences of training stories, so the true end is known; links that
stand inside annotated training stories are added. No text is kept: only single words with their weights.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import re
from collections import Counter
from pathlib import Path

from processors.cleaning.headline import candidates
from processors.cleaning.repair import repair
from processors.cleaning.sourcemap import Traced

TARGET = Path(__file__).parent.parent / "processors/cleaning/headlines.tsv"
LINK = re.compile(r"(?i)\bbaca (?:juga|pula)? ?: ?|\bsimak juga ?: ?|\bbaca: ")
COMMON = 12  # a word that is seen less often has no sign of its own
SENTENCE = re.compile(r"(?<=[.!?\"”])\s+(?=[\"“A-Z])")


def read(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def squeeze(text):
    return " ".join(text.split())


def material(shared):
    """Headlines and sentences of stories that may be learned from."""
    gold = read(shared / "data/gold/stories.jsonl.gz")
    held = [story for story in gold if story["split"] != "train"]
    urls, titles = {s["url"] for s in held} - {None}, {s["title"] for s in held} - {None}
    openings = {re.sub(r"\W", "", s["body"])[:200] for s in held}
    headlines, sentences = set(), []
    for article in read(shared / "data/text/articles.jsonl.gz"):
        known = article["url"] in urls or article["title"] in titles
        if known or re.sub(r"\W", "", article["body"])[:200] in openings or "hoax" in article["outlet"]:
            continue
        if article["title"] and 4 <= len(article["title"].split()) <= 25 and "..." not in article["title"]:
            headlines.add(squeeze(article["title"]))
        body = repair(Traced.of(article["body"])).text
        sentences += [
            squeeze(s) for line in body.split("\n")[1:] for s in SENTENCE.split(line) if len(s.split()) > 6
        ]
    for story in gold:
        if story["split"] == "train":
            for start, end, kind in story["boilerplate"]:
                piece = squeeze(story["body"][start:end])
                found = LINK.match(piece)
                if kind == "related" and found and len(piece.split()) < 30:
                    headlines.add(piece[found.end() :])
    return sorted(headlines), sorted({s for s in sentences if s[0].isupper() or s[0] in '"“'})


def glued(shared, rng):
    """Made examples: (words, index of the sentence's first word)."""
    headlines, sentences = material(shared)
    rng.shuffle(sentences)
    for headline in headlines:
        words = headline.split()
        yield words, len(words)
        for _ in range(3):
            following = sentences.pop() if sentences else None
            if following:
                yield words + following.split()[:45], len(words)


def real(shared):
    """Links that stand in annotated training stories, with what follows on the line."""
    for story in read(shared / "data/gold/stories.jsonl.gz"):
        if story["split"] != "train":
            continue
        body = story["body"]
        for start, end, kind in story["boilerplate"]:
            found = LINK.match(body, start, end)
            if kind != "related" or not found or LINK.search(body, found.end(), end):
                continue
            stop = body.find("\n", end)
            rest = body[end : stop if stop >= 0 else len(body)]
            headline = body[found.end() : end].split()
            if headline and (not rest or rest[0].isspace() or rest[0] in '"“'):
                yield headline + rest.split()[:50], len(headline)


def learn(examples, rounds, rng):
    """A log-linear model over the candidates of each example, by AdaGrad."""
    prepared = []
    for words, truth in examples:
        options = list(candidates(words))
        right = [place for place, (index, _) in enumerate(options) if index == truth]
        if right:
            prepared.append(([signs for _, signs in options], right[0]))
    counts = Counter(sign for options, _ in prepared for signs in options for sign in set(signs))
    known = {sign for sign, count in counts.items() if count >= COMMON}
    prepared = [
        ([[s for s in signs if s in known] for signs in options], right) for options, right in prepared
    ]
    weight, squares = dict.fromkeys(known, 0.0), dict.fromkeys(known, 1e-6)
    for _ in range(rounds):
        rng.shuffle(prepared)
        for options, right in prepared:
            scores = [sum(weight[s] for s in signs) for signs in options]
            top = max(scores)
            odds = [math.exp(score - top) for score in scores]
            total = sum(odds)
            for place, signs in enumerate(options):
                error = (place == right) - odds[place] / total
                if abs(error) < 1e-4:
                    continue
                for sign in signs:
                    gradient = error - 2e-4 * weight[sign]
                    squares[sign] += gradient * gradient
                    weight[sign] += 0.15 * gradient / math.sqrt(squares[sign])
    return weight


def accuracy(examples, weight):
    right = total = 0
    for words, truth in examples:
        options = list(candidates(words))
        best = max(options, key=lambda option: sum(weight.get(s, 0.0) for s in option[1]))
        right += best[0] == truth
        total += 1
    return right / total, total


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=Path)
    arguments = parser.parse_args()
    rng = random.Random(7)
    made, links = list(glued(arguments.shared, rng)), list(real(arguments.shared))
    rng.shuffle(made), rng.shuffle(links)
    print(f"{len(made)} made, {len(links)} real examples")
    # how good it is: on a tenth that it has not seen
    cut, tenth = len(made) // 10, len(links) // 5
    weight = learn(made[cut:] + links[tenth:] * 3, 3, rng)
    for name, part in (("made", made[:cut]), ("real", links[:tenth])):
        share, total = accuracy(part, weight)
        print(f"held out, {name}: {100 * share:.1f} % of {total} ends found exactly")
    weight = learn(made + links * 3, 3, rng)
    kinds = {kind for kind, _ in weight}
    rows = sorted((*sign, value) for sign, value in weight.items() if abs(value) >= 0.15)
    rows += [(kind, "", 0.0) for kind in sorted(kinds - {kind for kind, *_ in rows})]
    TARGET.write_text("".join(f"{kind}\t{sign}\t{value:.2f}\n" for kind, sign, value in rows), "utf-8")
    print(f"{len(rows)} weights, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
