"""How fast cleaning is: CPU time a story of about 3,000 characters, and how time grows with the text.

    python bench/cleaning.py [../shared]

With annotated stories beside the project, real ones of about that length are cleaned (training stories; the best of
several rounds each); without them a story of our own with four links, a promise and a dateline.
"""

from __future__ import annotations

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
    stories.sort(key=lambda story: abs(len(story["body"]) - 3_000))
    for story in stories[:200]:
        yield Article(uri=story["id"], body=story["body"], title=story["title"], source=story["outlet"])


def main():
    cleaner = Cleaner(load())
    story = Article(uri="bench:own", body=own(2_900), source="kompas.com")
    print(f"own story, {len(story.body):,} characters: {best(cleaner, story):.3f} ms CPU")
    if len(sys.argv) > 1:
        times = sorted(best(cleaner, article) for article in real(Path(sys.argv[1])))
        mean = sum(times) / len(times)
        print(
            f"{len(times)} real stories of about 3,000 characters: median {times[len(times) // 2]:.3f}",
            end=" ms, ",
        )
        print(f"mean {mean:.3f} ms, 95 % under {times[int(0.95 * len(times))]:.3f} ms CPU")
    for size in (1_000, 10_000, 100_000, 1_000_000):
        article = Article(uri="bench:long", body=own(size), source="kompas.com")
        started = time.process_time()
        cleaner.clean(article)
        print(f"{size:9,} characters: {1e3 * (time.process_time() - started):9.2f} ms CPU")


if __name__ == "__main__":
    main()
