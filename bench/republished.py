"""How many republished stories `news.stories` finds again, and what it links of stories as they are.

    python -m bench.republished articles.jsonl.gz [--copies 1000] [--changed 0.2]

Reads stories (JSON lines with `outlet`, `title`, `body`), cleans them as the worker does, and puts all of them into
one wire. Then it republishes some as another outlet would: another opening, other boilerplate, two fifths of the
sentences cut from the end, and of those that stay some changed: every fifth word of them is another one, or two
sentences change places. A copy is found if it follows its original.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import orjson

from config import outlets
from consumers.insights.stories.register import Register
from consumers.insights.stories.sketching import sketched
from consumers.insights.stories.wire import SHARED, Wire
from processors.cleaning import Cleaner
from processors.records import Article

SENTENCE = re.compile(r"(?<=[.!?”\"])\s+(?=[A-Z“\"])")
CUT = 0.4
BOILERPLATE = (
    "Baca juga: Jalan Lingkar Sagarawangi Ditutup Sepekan",
    "Simak berita lainnya di kanal kami. Ikuti kami di WhatsApp dan Telegram.",
    "Editor: Bayu Laksono",
)
FILLERS = (
    "kemarin",
    "warga",
    "pemerintah",
    "baru",
    "setempat",
    "besar",
    "kemudian",
    "tersebut",
    "hari",
    "wilayah",
)


def stories(path: Path) -> Iterator[Article]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            told = json.loads(line)
            if (told["body"] or "").strip():
                source = told["outlet"] or "unknown"
                yield Article(
                    uri=f"urn:{number:06}",
                    body=told["body"],
                    title=told["title"],
                    source=source,
                    language="id",
                )


def republished(text: str, chance: random.Random, changed: float) -> str:
    """The text as another outlet brings it."""
    sentences = [sentence for sentence in SENTENCE.split(text) if sentence.strip()]
    kept = sentences[: max(1, round(len(sentences) * (1 - CUT)))]
    for place, sentence in enumerate(kept):
        if chance.random() >= changed:
            continue
        if place and chance.random() < 0.3:
            kept[place - 1], kept[place] = kept[place], kept[place - 1]
            continue
        words = sentence.split()
        for at in range(chance.randrange(5), len(words), 5):
            words[at] = chance.choice(FILLERS)
        kept[place] = " ".join(words)
    middle = len(kept) // 2
    opening = f"SAGARAWANGI, KABAR WANGI - {kept[0]}"
    return "\n".join([opening, *kept[1:middle], BOILERPLATE[0], *kept[middle:], *BOILERPLATE[1:]])


class Kept:
    """Registers of cleaned stories, as `kawat insights` makes them."""

    def __init__(self) -> None:
        self._cleaner = Cleaner(outlets.load())

    def text(self, article: Article) -> str:
        return self._cleaner.clean(article).text

    def register(self, article: Article, text: str, at: int) -> Register:
        story = {
            "uri": article.uri,
            "version": "1",
            "source": article.source,
            "state": "usable",
            "text": text,
            "quotes": [],
            "entities": [],
        }
        return Register.of(sketched({"enrichment": story}, offset=0, at=at, now=at), at=at)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("articles", type=Path)
    arguments.add_argument("--copies", type=int, default=1_000)
    arguments.add_argument(
        "--changed", type=float, default=0.2, help="share of the sentences that are changed"
    )
    arguments.add_argument("--seed", type=int, default=7)
    chosen = arguments.parse_args()
    chance, kept = random.Random(chosen.seed), Kept()

    originals = {article.uri: article for article in stories(chosen.articles)}
    texts = {uri: kept.text(article) for uri, article in originals.items()}
    registers = {uri: kept.register(originals[uri], text, 0) for uri, text in texts.items()}
    begun = time.perf_counter()
    wire = Wire(registers.items())
    built = time.perf_counter() - begun
    clusters = list(wire.clusters())
    links = [
        (uri, story.follows)
        for members in clusters
        for uri, story in zip(members, wire.told(members), strict=False)
        if story.follows
    ]
    across = sum(originals[one].source != originals[other].source for one, other in links)

    whole = [uri for uri, text in texts.items() if len(text.split()) >= 60 and not registers[uri].gone]
    found, took, jaccards = 0, [], []
    drawn = chance.sample(whole, min(chosen.copies, len(whole)))
    for uri in drawn:
        body = republished(texts[uri], chance, chosen.changed)
        copy = Article(
            uri=f"{uri}-copy", body=body, title="Kabar Wangi", source="kabarwangi.example", language="id"
        )
        register = kept.register(copy, kept.text(copy), 1)
        begun = time.perf_counter()
        wire.put(copy.uri, register)
        took.append(time.perf_counter() - begun)
        common = len(set(register.triples.tolist()) & set(registers[uri].triples.tolist()))
        jaccards.append(common / (len(register.triples) + len(registers[uri].triples) - common))
        found += wire.linked(copy.uri, uri)
        wire.drop(copy.uri)
    sizes = [len(members) for members in clusters]
    report = {
        "stories": len(registers),
        "compared": sum(not register.gone for register in registers.values()),
        "bytes_a_story": round(statistics.mean(len(register.packed) for register in registers.values())),
        "seconds_to_build": round(built, 2),
        "clusters": len(clusters),
        "largest": max(sizes, default=0),
        "stories_in_clusters": sum(sizes),
        "follow_another_outlet": across,
        "follow_the_same_outlet": len(links) - across,
        "shared_at_least": SHARED,
        "copies": len(drawn),
        "recall": round(found / len(drawn), 4),
        "jaccard_median": round(statistics.median(jaccards), 3),
        "milliseconds_a_story": round(1000 * statistics.median(took), 2),
    }
    print(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())


if __name__ == "__main__":
    main()
