"""How the cost of reading a text grows with the text, whatever is in it: no faster than the text, or a story hangs us.

    python -m bench.growth [--quick] [--part NAME]... [--out docs]

Each part of the chain reads each text of `growth.yaml` at 1,000 code points, four times as many, and so on up to a
million, or until one reading takes about half a second of CPU. Sizes take turns, the least of several rounds counts, and
nothing is collected meanwhile. The exponent is the slope of the logarithms over the larger sizes: 1 is as fast as the
text, 2 with its square. An exponent above the limit is measured again before it counts; the exit status is 1 then.

With `--out` the results go to `growth.json` there, each part over its predecessor, and the page to `growth.md`.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import math
import sys
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from bench import report, stories
from bench.growth_parts import PARTS, REMEMBERED, Work, sizes, text, units
from config.settings import Settings
from processors.enrich import STAGES, Chain
from processors.intake import read

LARGEST = 1_100_000
LIMIT = 1.3
LONGEST_S = 0.1  # the next size takes half a second, or is too steep
FLOOR_S = 0.001  # what takes less says more of the call than of the text
FITTED = 3  # sizes
ROUNDS = 2
MEMORY_SIZE = 30_000
MACHINE = ("when", "processor", "memory", "load before", "system", "python")
SETTINGS = Settings.model_fields
# bytes for each of the text: a story that is as large as it may be needs no more than it may
MOST_MEMORY = SETTINGS["story_memory_mb"].default * 2**20 / SETTINGS["max_story_bytes"].default


@dataclass(frozen=True, slots=True)
class Growth:
    """One part on one text.

    Attributes:
        exponent: of the growth; 0 where even the longest text takes next to nothing.
        largest: code points of the longest text that was read.
        seconds: of CPU, for that one.
        memory: the most bytes in use while reading, for each byte of the text; None if it wasn't measured.
    """

    part: str
    unit: str
    exponent: float
    largest: int
    seconds: float
    memory: float | None = None


def exponent(costs: Sequence[tuple[float, float]]) -> float:
    """The least-squares slope of log cost over log size; 0 for fewer than two points."""
    if len(costs) < 2:
        return 0.0
    points = [(math.log(size), math.log(cost)) for size, cost in costs]
    across = sum(x for x, _ in points) / len(points)
    up = sum(y for _, y in points) / len(points)
    return sum((x - across) * (y - up) for x, y in points) / sum((x - across) ** 2 for x, _ in points)


def cpu(work: Work) -> float:
    """Seconds of CPU, with nothing collected meanwhile."""
    gc.collect()
    gc.disable()
    try:
        began = time.process_time()
        work()
        return time.process_time() - began
    finally:
        gc.enable()


def ladder(part: str, unit: str, *, largest: int, longest_s: float, rounds: int) -> list[tuple[int, float]]:
    """Size and least cost of each text, up to the first that takes longer than `longest_s`."""
    works, costs = {}, {}
    for size in sizes(largest):
        works[size] = PARTS[part](text(unit, size))
        costs[size] = cpu(works[size])
        if costs[size] > longest_s:
            break
    fitted = list(costs)[-FITTED:]
    for _, size in itertools.product(range(rounds - 1), fitted):
        costs[size] = min(costs[size], cpu(works[size]))
    return list(costs.items())


def slope(costs: list[tuple[int, float]]) -> float:
    """The exponent over the larger sizes."""
    return exponent([(size, cost) for size, cost in costs if cost >= FLOOR_S][-FITTED:])


def memory(part: str, unit: str, size: int) -> float:
    """The most bytes that are in use at a time while a text is read, for each byte of it."""
    body = text(unit, size)
    work = PARTS[part](body)
    gc.collect()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / sys.getsizeof(body)
    finally:
        tracemalloc.stop()


def measure(part: str, *, quick: bool) -> list[Growth]:
    """One part on every text."""
    largest, longest_s, rounds = (LARGEST // 16, LONGEST_S / 4, 2) if quick else (LARGEST, LONGEST_S, ROUNDS)
    PARTS[part](text("Pasar dibuka. ", 2_000))()  # loads what it needs
    gc.collect()
    gc.freeze()  # what was loaded stays, and need not be looked through again and again
    found = []
    for name, unit in units().items():
        costs = ladder(part, unit, largest=largest, longest_s=longest_s, rounds=rounds)
        steep = slope(costs)
        if steep > LIMIT:
            again = ladder(part, unit, largest=largest, longest_s=longest_s, rounds=2 * ROUNDS)
            steep = min(steep, slope(again))
        used = memory(part, unit, MEMORY_SIZE // 3 if quick else MEMORY_SIZE) if part in REMEMBERED else None
        found.append(
            Growth(part, name, round(steep, 2), *costs[-1], None if used is None else round(used, 1))
        )
        if steep > LIMIT:
            print(f"  {part}, {name}: {[(size, round(cost, 4)) for size, cost in costs]}", flush=True)
    return found


def shares(rounds: int) -> dict[str, float]:
    """What each stage costs of a story of 3 kB, in multiples of `orjson.loads` of its payload; the least of rounds."""
    chain = Chain.load()
    payload = stories.encode(stories.ninjs(7, length=2_600))
    (article,) = read(payload, content_type=stories.CONTENT_TYPE)
    least: dict[str, float] = dict.fromkeys(("orjson.loads", "intake", *STAGES), math.inf)
    many = 200  # one is too short for the clock
    for _ in range(rounds):
        seen = {
            "orjson.loads": cpu(lambda: [orjson.loads(payload) for _ in range(many)]) / many,
            "intake": cpu(lambda: [read(payload, content_type=stories.CONTENT_TYPE) for _ in range(many)])
            / many,
        }
        begun: list[tuple[str, float]] = []
        chain.enrich(article, lambda name, begun=begun: begun.append((name, time.process_time())))
        begun.append(("", time.process_time()))
        seen |= {name: end - at for (name, at), (_, end) in itertools.pairwise(begun)}
        least = {name: min(least[name], seen[name]) for name in least}
    return {name: cost / least["orjson.loads"] for name, cost in least.items()}


def page(known: dict[str, Any]) -> str:
    """The page for people, in Markdown."""
    growths = [Growth(**row) for part in PARTS for row in known["parts"].get(part, [])]
    by_part = {part: [row for row in growths if row.part == part] for part in PARTS}
    by_part = {part: rows for part, rows in by_part.items() if rows}
    machine = known["machine"]
    summary = [
        "| part | steepest growth | | most CPU, ms a kB | | most memory, bytes a byte | |",
        "|---|---:|---|---:|---|---:|---|",
    ]
    for part, rows in by_part.items():
        steepest = max(rows, key=lambda row: row.exponent)
        slowest = max(rows, key=lambda row: row.seconds / row.largest)
        greedy = max(rows, key=lambda row: row.memory or 0)
        used = f"{greedy.memory} | {greedy.unit}" if greedy.memory else "|"
        summary.append(
            f"| {part} | {steepest.exponent} | {steepest.unit} "
            f"| {1e6 * slowest.seconds / slowest.largest:.2g} | {slowest.unit} | {used} |"
        )
    cells = {(row.part, row.unit): row for row in growths}
    each = ["| text | " + " | ".join(by_part) + " |", "|---|" + "---:|" * len(by_part)]
    for unit in units():
        shown = [cells.get((part, unit)) for part in by_part]
        each.append(f"| {unit} | " + " | ".join(f"{row.exponent}" if row else "" for row in shown) + " |")
    costs = ["| stage | multiples of `orjson.loads` | share of the chain |", "|---|---:|---:|"]
    chain = sum(cost for name, cost in known["shares"].items() if name in STAGES)
    for name, cost in known["shares"].items():
        share = f"{100 * cost / chain:.0f} %" if name in STAGES else ""
        costs.append(f"| {name} | {cost:.3g} | {share} |")
    parts = [
        "# How cost grows with the text",
        (
            "`python -m bench.growth --out docs` (`make growth`) writes this page. Each part of the chain reads texts that are "
            f"one thing over and over (`bench/growth.yaml`), from 1,000 code points to a million, or to where it takes "
            f"about half a second of CPU. The exponent of the growth is 1 where the cost grows as the text does, and 2 where "
            f"it grows with its square; it must not be above {LIMIT}. 0 means that even the longest text takes next "
            "to nothing."
        ),
        "\n".join(summary),
        "## A story of 3 kB",
        "By the rules, a story of `bench/stories.yaml`, CPU in multiples of what `orjson.loads` takes for its payload.",
        "\n".join(costs),
        "## Exponents of all texts",
        "\n".join(each),
        "## Machine",
        "; ".join(f"{what}: {value}" for what, value in machine.items()),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Command line."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--quick", action="store_true", help="shorter texts: coarser, a minute")
    options.add_argument("--part", action="append", choices=PARTS, help="only this one; may be given again")
    options.add_argument("--out", type=Path, help="folder of growth.json and growth.md")
    chosen = options.parse_args()
    found = {}
    for part in chosen.part or PARTS:
        began = time.monotonic()
        found[part] = rows = measure(part, quick=chosen.quick)
        steepest = max(rows, key=lambda row: row.exponent)
        greedy = max((row.memory or 0 for row in rows), default=0)
        print(
            f"{part:22} {len(rows)} texts, steepest {steepest.exponent} ({steepest.unit}), "
            f"memory up to {greedy} times the text, {time.monotonic() - began:.0f} s",
            flush=True,
        )
    costs = shares(10 if chosen.quick else 40)
    print(
        "a story of 3 kB, in orjson.loads: " + ", ".join(f"{name} {cost:.3g}" for name, cost in costs.items())
    )
    if chosen.out:
        file = chosen.out / "growth.json"
        known = json.loads(file.read_text("utf-8")) if file.exists() else {"parts": {}}
        known["machine"] = {what: value for what, value in report.machine("").items() if what in MACHINE}
        known["shares"] = {name: round(cost, 1) for name, cost in costs.items()}
        known["parts"] |= {part: [asdict(row) for row in rows] for part, rows in found.items()}
        file.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", "utf-8")
        (chosen.out / "growth.md").write_text(page(known), "utf-8")
    steep = [row for rows in found.values() for row in rows if row.exponent > LIMIT]
    for row in steep:
        print(
            f"TOO STEEP {row.part}, {row.unit}: {row.exponent} up to {row.largest} code points, {row.seconds:.2f} s"
        )
    greedy_rows = [row for rows in found.values() for row in rows if (row.memory or 0) > MOST_MEMORY]
    for row in greedy_rows:
        print(f"TOO MUCH MEMORY {row.part}, {row.unit}: {row.memory} bytes for each of the text")
    return int(bool(steep or greedy_rows))


if __name__ == "__main__":
    sys.exit(main())
