"""What a quote's confidence is worth: how often quotes are right, by the confidence given.

    python -m bench.calibrate_quotes ../shared --split test             reliability table of the rules' chain
    python -m bench.calibrate_quotes ../shared --split test --encoder   and of the encoder's
    python -m bench.calibrate_quotes ../shared --fit                    the rules' shares, counted on train, written
    python -m bench.calibrate_quotes ../shared --fit --encoder          when the encoder overrules, and its weights,
                                                                        fitted on dev, written

A quote is right if half of the words of it and of an annotated one together are shared, and its speaker's name is the
annotated one; one without speaker, if none is annotated. Cleaning as annotated, entities the chain's own. The
encoder's weights are fitted on dev, since it has learned from train.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.score import annotated_text, stories
from processors.encoder import chain as encoder_chain
from processors.encoder.quotes import Verdict, VoicedQuotes
from processors.encoder.trust import Trust, log_odds, view
from processors.enrich import Chain
from processors.quotes.cast import title_words
from processors.quotes.cues import Cues
from processors.quotes.finder import QuoteFinder
from processors.quotes.whom import How
from processors.records import Quote, QuoteKind, Speaker

WORD = re.compile(r"\w+")
TITLES = frozenset(  # as the scorer
    ["pak", "bu", "bapak", "ibu", "presiden", "ketua", "menteri", "dr", "prof", "ir", "h", "kh", "mr", "mrs"]
)
TABLE = Path(__file__).resolve().parents[1] / "processors" / "quotes" / "data" / "confidence.tsv"
TRUST = Path(__file__).resolve().parents[1] / "processors" / "encoder" / "data" / "trust.json"
BINS = 10
LEVELS = [round(0.6 + 0.05 * step, 2) for step in range(8)]  # from which the encoder may overrule
LEAST_GAIN = 2  # quotes that it must put right, more than wrong, to overrule at all
GROUPS = (  # ways of finding a speaker that are too few apart
    (How.CARRIED, How.PRONOUN, How.AHEAD, How.GUESSED, How.NONE),
    (How.NAMED,),
    (How.DESCRIBED,),
)


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


class Told(NamedTuple):
    """A quote on dev: how rules found its speaker, what the encoder holds, and whether either would be right."""

    quote: Quote
    how: How
    verdict: Verdict
    right: bool
    rival_right: bool


def fit_encoder(shared: Path, every: int) -> None:
    """From which probability the encoder overrules, then the weights of both, into the data file."""
    chain = encoder_chain.load()
    if not isinstance(chain.quotes, VoicedQuotes):
        raise TypeError("the chain with the encoder has no quotes by the encoder")
    told: list[Told] = []
    for story in stories(shared, "dev", every):
        text, offsets = annotated_text(story)
        found = chain.entities.find(text, story["language"])
        rows = chain.quotes.verdicts(text, found, story["language"])
        by_rules = tuple(quote for quote, _, _ in rows)
        by_rival = tuple(
            replace(quote, speaker=Speaker(name=verdict.rival.name)) if verdict.rival else quote
            for quote, _, verdict in rows
        )
        judges = judged(story, text, offsets, by_rules), judged(story, text, offsets, by_rival)
        told += [Told(*row, *both) for row, both in zip(rows, zip(*judges, strict=True), strict=True)]
    overrule = levels(told)
    trust = Trust((), overrule)
    x, y = [], []
    for one in told:
        given = one.verdict
        over = given.rival is not None and trust.overrules(one.quote.kind, one.how, given.probability)
        held = log_odds(given.probability if over else given.likely)
        x.append((1.0, log_odds(one.quote.confidence), held, float(over)))
        y.append(one.rival_right if over else one.right)
    weights = tuple(round(float(weight), 2) for weight in logistic(np.array(x), np.array(y, float)))
    rows_by_view: dict[str, dict[str, float]] = {"marked": {}, "reported": {}}
    for (kind, how), least in overrule.items():
        rows_by_view[kind][how.value] = least
    TRUST.write_text(json.dumps({"weights": weights, "overrule": rows_by_view}, indent=2) + "\n", "utf-8")
    print(
        TRUST.read_text("utf-8"),
        f"{sum(y)} of {len(y)} quotes right, {sum(one.right for one in told)} by rules",
    )
    fitted = Trust(weights, overrule)
    reliability([(fitted.weigh(evidence), bool(good)) for evidence, good in zip(x, y, strict=True)])


def levels(told: list[Told]) -> dict[tuple[str, How], float]:
    """The level at which most is gained; of equal ones the highest."""
    found: dict[tuple[str, How], float] = {}
    for kind, ways in product(("marked", "reported"), GROUPS):
        rivals = [
            one for one in told if one.verdict.rival and one.how in ways and view(one.quote.kind) == kind
        ]
        gains = {
            level: sum(one.rival_right - one.right for one in rivals if one.verdict.probability >= level)
            for level in LEVELS
        }
        best = max(LEVELS, key=lambda level, gains=gains: (gains[level], level))
        print(kind, *ways, "gained by level:", gains)
        if gains[best] >= LEAST_GAIN:
            found |= {(kind, how): best for how in ways}
    return found


def logistic(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights of the columns of `x`, by Newton's method."""
    weights = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (y - p) - 0.5 * weights
        bend = (x * (p * (1 - p))[:, None]).T @ x + 0.5 * np.eye(len(weights))
        weights += np.linalg.solve(bend, slope)
    return weights


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
