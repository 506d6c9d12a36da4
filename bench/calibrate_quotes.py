"""What a quote's confidence is worth: how often quotes are right, by the confidence given.

    python -m bench.calibrate_quotes ../shared --split test             reliability table of the rules' chain
    python -m bench.calibrate_quotes ../shared --split test --encoder   and of the encoder's
    python -m bench.calibrate_quotes ../shared --fit                    the rules' shares, counted on train, written
    python -m bench.calibrate_quotes ../shared --fit --encoder          the encoder's weights, fitted on dev, printed

A quote is right if half of the words of it and of an annotated one together are shared, and its speaker's name is the
annotated one; one without speaker, if none is annotated. Cleaning as annotated, entities the chain's own. The
encoder's weights are fitted on dev, since it has learned from train.
"""

from __future__ import annotations

import argparse
import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from bench.score import annotated_text, stories
from processors.encoder import chain as encoder_chain
from processors.encoder import quotes as voiced
from processors.enrich import Chain
from processors.quotes.cast import title_words
from processors.quotes.cues import Cues
from processors.quotes.finder import QuoteFinder
from processors.quotes.whom import How
from processors.records import Quote, QuoteKind

WORD = re.compile(r"\w+")
TITLES = frozenset(  # as the scorer
    ["pak", "bu", "bapak", "ibu", "presiden", "ketua", "menteri", "dr", "prof", "ir", "h", "kh", "mr", "mrs"]
)
TABLE = Path(__file__).resolve().parents[1] / "processors" / "quotes" / "data" / "confidence.tsv"
BINS = 10


def name(words: str | None) -> list[str]:
    return [word for word in WORD.findall((words or "").casefold()) if word not in TITLES]


def judged(story: dict[str, Any], text: str, offsets: list[int], quotes: tuple[Quote, ...]) -> Iterator[bool]:
    """For each quote whether it is right."""
    back = {at: number for number, at in enumerate(offsets)}
    spans = [match.span() for match in WORD.finditer(text)]

    def words(start: int, end: int) -> set[int]:
        return {n for n, (a, z) in enumerate(spans) if a < end and z > start}

    gold = [
        (words(back[q["start"]], back[q["end"] - 1] + 1), q)
        for q in story["quotes"]
        if q["start"] in back and q["end"] - 1 in back
    ]
    for quote in quotes:
        mine = words(quote.start, quote.end)
        shared = [(len(w & mine) / len(w | mine), q) for w, q in gold if w & mine]
        best, annotated = max(shared, key=lambda pair: pair[0], default=(0.0, None))
        given = quote.speaker.name if quote.speaker else None
        if best < 0.5 or annotated is None:
            yield False
        elif annotated["who"]:
            yield name(annotated["who"]) == name(given)
        else:
            yield given is None


def outcomes(chain: Chain, shared: Path, split: str, every: int) -> Iterator[tuple[Quote, bool]]:
    for story in stories(shared, split, every):
        text, offsets = annotated_text(story)
        found = chain.entities.find(text, story["language"])
        quotes = chain.quotes.find(text, found, story["language"])
        yield from zip(quotes, judged(story, text, offsets, quotes), strict=True)


def reliability(pairs: list[tuple[float, bool]]) -> float:
    """Prints the table; the expected calibration error."""
    error = 0.0
    print("confidence    quotes   mean given   right")
    for number in range(BINS):
        inside = [(c, r) for c, r in pairs if number / BINS <= c < (number + 1) / BINS + (number == BINS - 1)]
        if inside:
            given = sum(c for c, _ in inside) / len(inside)
            right = sum(r for _, r in inside) / len(inside)
            error += len(inside) / len(pairs) * abs(given - right)
            print(
                f"{number / BINS:.1f} to {(number + 1) / BINS:.1f}   {len(inside):6}   {given:10.3f}   {right:5.3f}"
            )
    print(f"{len(pairs)} quotes, expected calibration error {error:.3f}")
    return error


def fit_rules(shared: Path, every: int) -> None:
    """Counts by kind and way on train, with half a quote of each kind's mean as prior, into the data file."""
    cells = list(product(QuoteKind, How))
    codes = {cell: number / 1000 for number, cell in enumerate(cells)}
    chain = Chain.load()
    chain.quotes = QuoteFinder(Cues.load(), title_words(), codes)
    right: Counter[tuple[QuoteKind, How]] = Counter()
    seen: Counter[tuple[QuoteKind, How]] = Counter()
    for quote, good in outcomes(chain, shared, "train", every):
        cell = cells[round(quote.confidence * 1000)]
        seen[cell] += 1
        right[cell] += good
    head = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("#")]
    body = []
    for kind, how in cells:
        mean = sum(right[kind, h] for h in How) / max(1, sum(seen[kind, h] for h in How))
        share = (right[kind, how] + 4 * mean * (how is not How.NONE)) / (seen[kind, how] + 4)
        body.append(f"{kind}\t{how}\t{share:.2f}")
        print(body[-1], seen[kind, how])
    TABLE.write_text("\n".join([*head, *body]) + "\n", "utf-8")


def fit_encoder(shared: Path, every: int) -> None:
    """Logistic regression on what `processors.encoder.quotes` weighs, by Newton's method; prints the weights."""
    chain = encoder_chain.load()
    inputs: list[tuple[float, ...]] = []
    weigh, voiced.weigh = voiced.weigh, lambda evidence: inputs.append(evidence) or 0.5
    good = [right for _, right in outcomes(chain, shared, "dev", every)]
    voiced.weigh = weigh
    x, y = np.array(inputs), np.array(good, float)
    weights = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (y - p) - 0.5 * weights
        bend = (x * (p * (1 - p))[:, None]).T @ x + 0.5 * np.eye(len(weights))
        weights += np.linalg.solve(bend, slope)
    print("WEIGHTS =", tuple(round(float(w), 2) for w in weights))
    reliability([(1 / (1 + math.exp(-float(v))), bool(r)) for v, r in zip(x @ weights, good, strict=True)])


def main() -> None:
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("shared", type=Path)
    parse.add_argument("--split", choices=("train", "dev", "test"), default="dev")
    parse.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th story")
    parse.add_argument("--encoder", action="store_true", help="the chain with the encoder in it")
    parse.add_argument("--fit", action="store_true")
    chosen = parse.parse_args()
    if chosen.fit:
        (fit_encoder if chosen.encoder else fit_rules)(chosen.shared, chosen.every)
        return
    chain = encoder_chain.load() if chosen.encoder else Chain.load()
    reliability(
        [(q.confidence, good) for q, good in outcomes(chain, chosen.shared, chosen.split, chosen.every)]
    )


if __name__ == "__main__":
    main()
