"""What a benchmark found, on which machine, as JSON and as a page for people.

`docs/benchmarks.json` holds the newest result of each benchmark, `docs/benchmarks.md` shows it.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

Figure = float | int | str


@dataclass(frozen=True, slots=True)
class Target:
    """What was to be reached: in words, what was reached, whether that is enough."""

    text: str
    reached: Figure
    met: bool


@dataclass(slots=True)
class Result:
    """One benchmark. `figures` by what they are, unit included ("stories/s, bare"); `notes` are sentences."""

    name: str
    title: str
    figures: dict[str, Figure] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def figure(self, what: str, value: float, digits: int = 1) -> None:
        """One figure, rounded."""
        self.figures[what] = round(value, digits) if digits else round(value)

    def at_least(self, text: str, value: float, limit: float, digits: int = 2) -> None:
        """A target that is met from `limit` on."""
        self.targets.append(Target(f"{text} >= {limit:g}", round(value, digits), value >= limit))

    def at_most(self, text: str, value: float, limit: float, digits: int = 1) -> None:
        """A target that is met up to `limit`."""
        self.targets.append(Target(f"{text} <= {limit:.4g}", round(value, digits), value <= limit))


def machine(kafka: str) -> dict[str, Figure]:
    """Where it was measured: what somebody needs to compare."""
    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    return {
        "when": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": f"{cpu}, {psutil.cpu_count()} logical of {psutil.cpu_count(logical=False)} cores",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "load before": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "java": _java(),
        "Apache Kafka": f"{kafka}, one node on the same machine",
        "python": platform.python_version(),
        "aiokafka": version("aiokafka"),
        "faust-streaming": version("faust-streaming"),
    }


def merge(path: Path, results: list[Result], where: dict[str, Figure]) -> dict[str, Any]:
    """Writes results into the JSON file, each over its predecessor; all that it now holds."""
    known: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    known |= {result.name: {**asdict(result), "machine": where} for result in results}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return known


def page(known: dict[str, Any], order: list[str]) -> str:
    """The page for people, in Markdown."""
    parts = [
        "# Benchmarks",
        (
            "Each figure is measured beside what it is compared with, in one run on one machine: read the ratios; absolute "
            "figures are those of the machine. `python -m bench.stream all --out docs` writes this page "
            "(`bench/README.md` says what is measured, and how)."
        ),
    ]
    machines: list[dict[str, Figure]] = []
    for name in sorted(known, key=lambda name: order.index(name) if name in order else len(order)):
        result = known[name]
        if result["machine"] not in machines:
            machines.append(result["machine"])
        parts += [
            f"## {result['title']}",
            "\n".join(
                [
                    "| target | reached | |",
                    "|---|---:|---|",
                    *(
                        f"| {t['text']} | {t['reached']} | {'met' if t['met'] else '**missed**'} |"
                        for t in result["targets"]
                    ),
                ]
            ),
            "\n".join(
                [
                    "| measured | |",
                    "|---|---:|",
                    *(f"| {what} | {value} |" for what, value in result["figures"].items()),
                ]
            ),
            *result["notes"],
            f"Machine {machines.index(result['machine']) + 1}.",
        ]
    parts.append("## Machines")
    parts += [
        f"{number}. " + "; ".join(f"{what}: {value}" for what, value in where.items())
        for number, where in enumerate(machines, 1)
    ]
    return "\n\n".join(parts) + "\n"


def text(result: Result) -> str:
    """One result for a terminal."""
    lines = [result.title]
    lines += [f"  {what:<58} {value}" for what, value in result.figures.items()]
    lines += [f"  {'met   ' if t.met else 'MISSED'} {t.text}: {t.reached}" for t in result.targets]
    return "\n".join([*lines, *(f"  {note}" for note in result.notes)])


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8").splitlines()
    except OSError:
        return []


def _java() -> str:
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False)  # noqa: S607 - from PATH
    return told.stderr.splitlines()[0] if told.stderr else "?"
