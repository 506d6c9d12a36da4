"""Lexical facts from annotated stories, for the rules of `processors.entities`: names that news keeps using, and what
capitalised words say about the names they stand in.

    python -m training.lexicon GOLD.jsonl.gz processors/entities/data

Reads the split `train` alone and writes `news.tsv` and `words.tsv`. No text of a story is carried over.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from processors.entities.evidence import CLASSES

NAMES = frozenset((*CLASSES, "NORP", "WORK_OF_ART", "LAW"))
CAREFUL = {
    "PERSON": (3, 0.8),
    "LAW": (2, 0.8),
    "WORK_OF_ART": (2, 0.8),
}  # label -> fewest stories, least purity
USUAL = (2, 0.7)
LONGEST = 60  # code points of a name
_TOKEN = re.compile(r"\w+|[^\w\s]")
_WORD = re.compile(r"\w+")
BOILERPLATE, NAME = 2, 1


def stories(file: Path) -> list[dict[str, Any]]:
    """The stories to learn from."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [story for story in map(json.loads, lines) if story["split"] == "train"]


def marked(story: dict[str, Any]) -> bytearray:
    """For each code point of the body whether it is boilerplate or in a name."""
    marks = bytearray(len(story["body"]))
    for start, end, _ in story["boilerplate"]:
        marks[start:end] = bytes([BOILERPLATE]) * (end - start)
    for start, end, *_ in story["entities"]:
        marks[start:end] = bytes([NAME]) * (end - start)
    return marks


def mentions(story: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Surface and label of each name that stands in no longer word."""
    body = story["body"]
    for start, end, label, _ in story["entities"]:
        glued = body[start - 1 : start].isalnum() or body[end : end + 1].isalnum()
        if label in NAMES and not glued:
            yield " ".join(body[start:end].split()), label


def known_names(told: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    """Surface, label and number of stories of names that mean one thing wherever they stand."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    where: dict[tuple[str, str], set[int]] = defaultdict(set)
    for number, story in enumerate(told):
        for surface, label in mentions(story):
            counts[surface][label] += 1
            where[surface, label].add(number)
    uses = _uses(told, counts)
    found = []
    for surface, labels in counts.items():
        label, count = labels.most_common(1)[0]
        fewest, purity = CAREFUL.get(label, USUAL)
        if not _is_name(surface) or len(where[surface, label]) < fewest:
            continue
        if count >= purity * max(uses[surface], sum(labels.values())):
            found.append((surface, label, len(where[surface, label])))
    return sorted(found, key=lambda row: (row[1], row[0]))


def _is_name(surface: str) -> bool:
    balanced = surface.count("(") == surface.count(")")
    return 2 <= len(surface) <= LONGEST and balanced and any(c.isupper() for c in surface)


def _uses(told: list[dict[str, Any]], surfaces: Iterable[str]) -> Counter[str]:
    """How often each surface stands in the stories, but not inside of a longer name."""
    starts: dict[str, list[tuple[list[str], str]]] = defaultdict(list)
    for surface in surfaces:
        tokens = _TOKEN.findall(surface)
        starts[tokens[0]].append((tokens, surface))
    uses: Counter[str] = Counter()
    for story in told:
        marks = marked(story)
        ends = {start: end for start, end, *_ in story["entities"]}
        tokens = list(_TOKEN.finditer(story["body"]))
        words = [token[0] for token in tokens]
        for at, token in enumerate(tokens):
            if marks[token.start()] == BOILERPLATE:
                continue
            for wanted, surface in starts.get(token[0], ()):
                if words[at : at + len(wanted)] == wanted:
                    end = tokens[at + len(wanted) - 1].end()
                    uses[surface] += marks[token.start()] != NAME or ends.get(token.start(), -1) in range(
                        end + 1
                    )
    return uses


def word_counts(told: list[dict[str, Any]]) -> list[tuple[str, list[int]]]:
    """For each capitalised word how often it stands outside of names, then inside of each class; rare ones left out."""
    outside: Counter[str] = Counter()
    inside: dict[str, Counter[str]] = defaultdict(Counter)
    for story in told:
        body, marks = story["body"], marked(story)
        for start, end, label, _ in story["entities"]:
            for word in _WORD.findall(body[start:end]):
                inside[word][label] += word[0].isupper()
        for match in _WORD.finditer(body):
            outside[match[0]] += match[0][0].isupper() and marks[match.start()] == 0
    rows = [
        (word, [outside[word], *(inside[word][label] for label in CLASSES)])
        for word in sorted({*outside, *inside})
        if len(word) > 1
    ]
    return [(word, counts) for word, counts in rows if sum(counts) >= 2]


def main() -> None:
    """Write both files."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("gold", type=Path)
    options.add_argument("folder", type=Path)
    chosen = options.parse_args()
    told = stories(chosen.gold)
    names = ["# surface, label, number of stories: names in annotated Indonesian news of 2014-2026"]
    names += [f"{surface}\t{label}\t{number}" for surface, label, number in known_names(told)]
    (chosen.folder / "news.tsv").write_text("\n".join(names) + "\n", encoding="utf-8")
    words = [f"# capitalised word, uses outside of names, then inside: {' '.join(CLASSES)}"]
    words += ["\t".join((word, *map(str, counts))) for word, counts in word_counts(told)]
    (chosen.folder / "words.tsv").write_text("\n".join(words) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
