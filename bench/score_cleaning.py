"""How much of the stories cleaning keeps, and how much boilerplate it leaves, on annotated stories.

    python bench/score_cleaning.py ../shared --split dev
    python bench/score_cleaning.py ../shared --split dev --without-profiles    each outlet as if never seen
    python bench/score_cleaning.py ../shared --split train --errors 40         what went wrong (not for test)

kept: share of the words of the story that survive; left: share of the words of boilerplate that survive. A word
survives if the source map leads from the clean text to it. An outlet's share is of its own words. Where a body prints
its story twice, it is a matter of taste which copy is the story: the line "copies apart" counts a word as lost only
if no copy of it survives, and as left only if no copy of it is annotated as the story.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections import Counter
from pathlib import Path

from config.outlets import Outlets, load
from processors.cleaning import Cleaner
from processors.records import Article

WORD = re.compile(r"\w+")
RUN = 8  # words in a row that make a copy


def survivors(cleaned) -> bytearray:
    """For each character of the source whether it is in the clean text."""
    kept = bytearray(len(cleaned.source))
    for _, start, size in cleaned.source_map.runs:
        kept[start : start + size] = b"\x01" * size
    return kept


def judge(story, cleaned):
    """(content words, kept; boilerplate words, left; lost words and left words as text with their kind)."""
    body, alive = story["body"], survivors(cleaned)
    bad = bytearray(len(body))
    kinds = {}
    for start, end, kind in story["boilerplate"]:
        bad[start:end] = b"\x01" * (end - start)
        kinds.update(dict.fromkeys(range(start, end), kind))
    count, wrong = Counter(), []
    words = []
    for match in WORD.finditer(body):
        start, end = match.span()
        boilerplate, survives = any(bad[start:end]), all(alive[start:end])
        words.append((match.group().casefold(), boilerplate, survives))
        count["boilerplate" if boilerplate else "content"] += 1
        if boilerplate == survives:
            count["left" if boilerplate else "lost"] += 1
            kind = next((kinds[i] for i in range(start, end) if i in kinds), "lost")
            wrong.append((start, end, kind))
        elif boilerplate:
            count["gone"] += 1
    if wrong:
        story = [index for index, word in enumerate(words) if not word[1]]
        kept = [index for index, word in enumerate(words) if word[2]]
        count["lost for good"] = sum(not words[i][2] for i in set(story) - copied(words, story, kept))
        count["left alone"] = sum(words[i][1] for i in set(kept) - copied(words, kept, story))
    return count, wrong


def copied(words, these, those):
    """Which words of `these` (indexes) stand in runs that `those` have too."""
    known = {tuple(words[i][0] for i in those[n : n + RUN]) for n in range(len(those) - RUN + 1)}
    found = set()
    for n in range(len(these) - RUN + 1):
        if tuple(words[i][0] for i in these[n : n + RUN]) in known:
            found.update(these[n : n + RUN])
    return found


def stretches(body, wrong):
    """Neighbouring wrong words joined: (kind, text)."""
    joined = []
    for start, end, kind in wrong:
        if joined and joined[-1][2] == kind and not WORD.search(body, joined[-1][1], start):
            joined[-1][1] = end
        else:
            joined.append([start, end, kind])
    return [(kind, start, end) for start, end, kind in joined]


def taken_as(cleaned, text):
    """What kind of boilerplate a lost stretch was taken for."""
    squeezed = " ".join(text.split())[:40]
    return next((r.kind.value for r in cleaned.removed if squeezed in " ".join(r.text.split())), "-")


def share(part, whole):
    return f"{100 * part / whole:7.2f}" if whole else "      -"


def report(name, count):
    kept = share(count["content"] - count["lost"], count["content"])
    left = share(count["left"], count["boilerplate"])
    print(f"{name:28} {count['stories']:5} {count['content']:8} {kept} {count['boilerplate']:7} {left}")


def print_kinds(errors):
    """The most frequent kinds of error: what it is by annotation, and what it was taken for."""
    words, times = Counter(), Counter()
    for count, kind, _, _, _, taken in errors:
        words[kind, taken] += count
        times[kind, taken] += 1
    for (kind, taken), count in words.most_common(12):
        what = f"story taken for {taken}" if kind == "lost" else f"{kind} left"
        print(f"  {what:28} {times[kind, taken]:4} times, {count:5} words")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=Path)
    parser.add_argument("--split", default="dev", choices=["train", "dev", "test"])
    parser.add_argument("--without-profiles", action="store_true", help="only the generic profiles")
    parser.add_argument(
        "--predictions", type=Path, help="write clean texts here, as score/score.py reads them"
    )
    parser.add_argument("--errors", type=int, default=0, help="show so many wrong stretches")
    parser.add_argument("--kind", help="show only this kind of error")
    parser.add_argument("--outlet", help="only stories of outlets whose name holds this")
    arguments = parser.parse_args()
    if arguments.errors and arguments.split == "test":
        parser.error("the test stories are only measured, never looked at")
    outlets = load()
    cleaner = Cleaner(Outlets(outlets.generic) if arguments.without_profiles else outlets)
    total, by_outlet, kinds, shown, texts = Counter(), {}, Counter(), [], []
    seconds = characters = 0.0
    with gzip.open(arguments.shared / "data/gold/stories.jsonl.gz", "rt", encoding="utf-8") as lines:
        stories = [story for story in map(json.loads, lines) if story["split"] == arguments.split]
    for story in stories:
        if arguments.outlet and arguments.outlet not in story["outlet"]:
            continue
        article = Article(
            uri=story["id"],
            body=story["body"],
            title=story["title"],
            url=story["url"],
            source=story["outlet"],
            language=story["language"],
        )
        started = time.process_time()
        cleaned = cleaner.clean(article)
        seconds += time.process_time() - started
        characters += len(story["body"])
        texts.append(json.dumps({"id": story["id"], "text": cleaned.text}) + "\n")
        count, wrong = judge(story, cleaned)
        count["stories"] = 1
        total += count
        by_outlet.setdefault(story["outlet"].removeprefix("www."), Counter()).update(count)
        for kind, start, end in stretches(story["body"], wrong):
            words = len(WORD.findall(story["body"][start:end]))
            kinds[kind] += words
            shown.append((words, kind, story, start, end, taken_as(cleaned, story["body"][start:end])))
    if arguments.predictions:
        arguments.predictions.write_text("".join(texts), "utf-8")
    print(f"{'outlet':28} stories  content    kept  boiler.   left")
    for name, count in sorted(by_outlet.items(), key=lambda item: -item[1]["content"]):
        report(name, count)
    report("all", total)
    apart = total | {"lost": total["lost for good"], "left": total["left alone"]}
    report("all, copies apart", apart)
    print("wrong words by kind:", dict(kinds.most_common()))
    print(f"{1e3 * seconds / (characters / 3000):.3f} ms CPU for 3,000 characters")
    if arguments.split != "test":
        print_kinds(shown)
    shown = [error for error in shown if not arguments.kind or error[1] == arguments.kind]
    for words, kind, story, start, end, taken in sorted(shown, key=lambda error: -error[0])[
        : arguments.errors
    ]:
        body = story["body"]
        before, after = body[max(0, start - 50) : start], body[end : end + 50]
        print(
            f"{words:4} {kind:9} {taken:9} {story['id']} {story['outlet']}: {before!r} [[{body[start:end]}]] {after!r}"
        )


if __name__ == "__main__":
    main()
