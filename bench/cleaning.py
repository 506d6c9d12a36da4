"""How fast cleaning is: CPU time a story of about 3,000 characters, and how time grows with the text.

    python bench/cleaning.py [../shared]

With annotated stories beside the project, 600 of them are cleaned once each, after 600 others, which is what a wire
asks for; one story again and again is faster, as automata and caches then fit it. Without them a story of our own with
four links, a promise and a dateline. Every shape of text at every size: `python -m bench.growth --part cleaning`.
"""

from __future__ import annotations

import gc
import gzip
import json
import sys
import time
from pathlib import Path

from config.outlets import load
from processors.cleaning import Cleaner
from processors.records import Article

WHO = ["Menteri Ardana Wiryawan", "Petani Mirna Salabi", "Pedagang Ruslan Tamba", "Bupati Sekar Lumban"]
WHAT = ["membuka pasar kopi", "menunda panen", "menjual biji kopi", "meninjau gudang baru"]


def paragraph(number):
    who, what = WHO[number % 4], WHAT[number // 4 % 4]
    said = f'"Sudah {number + 2} tahun kami menunggu kabar ini," kata {who.split()[1]} di hadapan warga.'
    return f"{who} {what} di kampung ke-{number + 1} pada Selasa ({number % 28 + 1}/3/2025) pagi. {said}\n"


def own(size):
    """A story of about `size` characters with a dateline, links and a promise."""
    parts, number = ["TAKENGON, KOMPAS.com - "], 0
    while sum(map(len, parts)) < size:
        parts.append(paragraph(number))
        if number % 4 == 3:
            parts.append(f"Baca juga: Petani Kopi Gayo Tunda Panen ke-{number}, Ini Sebabnya\n")
        number += 1
    return "".join([*parts, "Dapatkan update berita pilihan setiap hari dari Kompas.com.\n"])


ROUNDS = 9
STORIES = 600
LENGTHS = 2_500, 3_500  # of a story of about 3,000 characters


def best(cleaner, article):
    taken = []
    for _ in range(ROUNDS):
        started = time.process_time_ns()
        cleaner.clean(article)
        taken.append(time.process_time_ns() - started)
    return min(taken) / 1e6


def real(shared):
    with gzip.open(shared / "data/gold/stories.jsonl.gz", "rt", encoding="utf-8") as lines:
        stories = [story for story in map(json.loads, lines) if story["split"] == "train"]
    return [
        Article(uri=story["id"], body=story["body"], title=story["title"], source=story["outlet"])
        for story in stories[: 2 * STORIES]
    ]


def measure_real(cleaner, articles):
    for article in articles[:STORIES]:
        cleaner.clean(article)
    rest = articles[STORIES:]
    gc.collect()
    gc.freeze()  # what this process holds besides is none of cleaning's business
    started = time.process_time()
    for article in rest:
        cleaner.clean(article)
    taken = time.process_time() - started
    characters = sum(len(article.body) for article in rest)
    print(f"{len(rest)} real stories once each: {3e6 * taken / characters:.3f} ms CPU for 3,000 characters")
    whole = [article for article in rest if LENGTHS[0] <= len(article.body) <= LENGTHS[1]]
    started = time.process_time()
    for article in whole:
        cleaner.clean(article)
    taken = 1e3 * (time.process_time() - started) / len(whole)
    print(f"{len(whole)} of them of about 3,000 characters: {taken:.3f} ms CPU each")
    again = sorted(3_000 * best(cleaner, article) / len(article.body) for article in rest[:200])
    print(f"200 of them, the best of {ROUNDS} each: median {again[100]:.3f} ms CPU for 3,000 characters")


def main():
    cleaner = Cleaner(load())
    story = Article(uri="bench:own", body=own(2_900), source="kompas.com")
    print(f"own story, {len(story.body):,} characters: {best(cleaner, story):.3f} ms CPU")
    if len(sys.argv) > 1:
        measure_real(cleaner, real(Path(sys.argv[1])))
    for size in (1_000, 10_000, 100_000, 1_000_000):
        article = Article(uri="bench:long", body=own(size), source="kompas.com")
        started = time.process_time()
        cleaner.clean(article)
        print(f"{size:9,} characters: {1e3 * (time.process_time() - started):9.2f} ms CPU")


if __name__ == "__main__":
    main()
