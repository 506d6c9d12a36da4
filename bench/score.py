"""Quality of cleaning, entities and quotes on annotated stories, by the shared scorer.

python bench/score.py ../shared --split dev
python bench/score.py ../shared --split dev --clean gold                    cleaning as annotated
python bench/score.py ../shared --split dev --clean gold --entities gold    quotes alone
python bench/score.py ../shared --split train --every 10 --errors 40        what went wrong (never for test)
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

from processors.encoder import chain as encoder_chain
from processors.enrich import Chain
from processors.records import Article, Entity, Label, Removed, RemovedKind, Span


def stories(shared: Path, split: str, every: int) -> list[dict]:
    """The annotated stories of a split; each `every`-th of them."""
    with gzip.open(shared / "data" / "gold" / "stories.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = [story for story in map(json.loads, lines) if story["split"] == split]
    return found[::every]


def article(story: dict) -> Article:
    """A story as intake would have read it."""
    return Article(
        uri=story["id"],
        body=story["body"],
        title=story.get("title"),
        source=story.get("outlet") or "",
        url=story.get("url"),
        language=story.get("language"),
    )


def annotated_text(story: dict) -> tuple[str, list[int]]:
    """The body without its annotated boilerplate, and for each of its code points the offset in the body."""
    keep = bytearray(b"\1" * len(story["body"]))
    for start, end, _ in story["boilerplate"]:
        keep[start:end] = bytes(end - start)
    offsets = [at for at, kept in enumerate(keep) if kept]
    return "".join(story["body"][at] for at in offsets), offsets


def annotated_entities(story: dict, text: str, offsets: list[int]) -> tuple[Entity, ...]:
    """The annotated mentions as entities over `text`."""
    back = {at: number for number, at in enumerate(offsets)}
    grouped: dict[tuple[str, str], list[Span]] = {}
    for start, end, label, name in story["entities"]:
        if start in back and end - 1 in back:
            a, z = back[start], back[end - 1] + 1
            grouped.setdefault((label, name or text[a:z]), []).append(Span(start=a, end=z, text=text[a:z]))
    return tuple(
        Entity(id=f"e{number}", label=Label(label), name=name, mentions=tuple(mentions), salience=0.0)
        for number, ((label, name), mentions) in enumerate(grouped.items(), 1)
    )


def predict(chain: Chain, story: dict, clean: str, entities: str):
    """What the chain makes of a story, as the scorer reads it."""
    if clean == "chain":
        return chain.enrich(article(story)).article.enrichment
    text, offsets = annotated_text(story)
    if entities == "gold":
        found = annotated_entities(story, text, offsets)
    else:
        found = chain.entities.find(text, story["language"])
    quotes = chain.quotes.find(text, found, story["language"])
    removed = (Removed(kind=RemovedKind.OTHER, text=""),)
    return {"text": text, "removed": removed, "entities": found, "quotes": quotes}


def main() -> None:
    """Run the chain, write predictions, run the scorer."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("shared", type=Path, help="the folder with data/gold and score/score.py")
    options.add_argument("--split", choices=("train", "dev", "test"), default="dev")
    options.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th story")
    options.add_argument("--clean", choices=("chain", "gold"), default="chain")
    options.add_argument(
        "--entities", choices=("chain", "gold"), default="chain", help="gold needs --clean gold"
    )
    options.add_argument(
        "--encoder",
        nargs="?",
        const=encoder_chain.ACCURATE,
        metavar="NAME",
        help="the chain with the encoder that ships as NAME (accurate)",
    )
    options.add_argument("--json", action="store_true")
    options.add_argument("--errors", type=int, default=0, metavar="N")
    options.add_argument("--keep", type=Path, help="write the predictions here")
    chosen = options.parse_args()
    if chosen.split == "test" and chosen.errors:
        options.error("errors of the test stories are not to be looked at")
    if chosen.entities == "gold" and chosen.clean != "gold":
        options.error("--entities gold needs --clean gold")
    chain = encoder_chain.load(chosen.encoder) if chosen.encoder else Chain.load()
    gold = stories(chosen.shared, chosen.split, chosen.every)
    with tempfile.TemporaryDirectory() as folder:
        answers, predictions = Path(folder) / "gold.jsonl", chosen.keep or Path(folder) / "predicted.jsonl"
        answers.write_text("".join(json.dumps(story) + "\n" for story in gold), encoding="utf-8")
        start = time.perf_counter()
        with predictions.open("wb") as out:
            for story in gold:
                out.write(
                    orjson.dumps(
                        {
                            "id": story["id"],
                            "enrichment": predict(chain, story, chosen.clean, chosen.entities),
                        }
                    )
                    + b"\n"
                )
        spent = time.perf_counter() - start
        size = sum(len(story["body"]) for story in gold)
        print(
            f"{len(gold)} stories, {1000 * spent / len(gold):.1f} ms a story, {3e6 * spent / size:.1f} ms for 3 kB",
            file=sys.stderr,
        )
        scorer = [sys.executable, str(chosen.shared / "score" / "score.py"), str(answers), str(predictions)]
        if chosen.json:
            scorer.append("--json")
        if chosen.errors:
            scorer += ["--errors", str(chosen.errors)]
        subprocess.run(scorer, check=True)


if __name__ == "__main__":
    main()
