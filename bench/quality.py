"""The quality gate: no change may lose what the checked-in baseline holds.

python -m bench.quality ../shared             measure on the dev stories and compare; exit 1 if something was lost
python -m bench.quality ../shared --accept    the same, and write what was measured to the baseline

Each model is measured whole, from the raw stories: `accurate`, `fast`, and `rules` alone.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BASELINE = ROOT / "tests" / "quality" / "baseline.json"
TOLERANCE = 0.3  # points of 100: another processor may round a weight the other way
MODELS = {"accurate": ("--encoder", "accurate"), "fast": ("--encoder", "fast"), "rules": ()}
LOWER_IS_BETTER = frozenset({"cleaning.left"})
MEASURES = (
    "cleaning.kept",
    "cleaning.left",
    "entities.all.f1",
    "entities.core.f1",
    "names.PERSON",
    "quotes.marked.f1",
    "quotes.indirect.f1",
    "speaker.name_marked",
    "speaker.named_precision",
    "quote+speaker.f1",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One measure, percent. `gain` is positive when it got better; None when one of the two has no figure."""

    name: str
    before: float | None
    now: float | None

    @property
    def gain(self) -> float | None:
        if self.before is None or self.now is None:
            return None
        difference = self.now - self.before
        return -difference if self.name in LOWER_IS_BETTER else difference

    @property
    def lost(self) -> bool:
        """A measure that the baseline holds has fallen, or is there no more."""
        return self.before is not None and (self.gain is None or self.gain < -TOLERANCE)


def figures(report: Mapping[str, Any]) -> dict[str, float | None]:
    """The measures of a report of the scorer."""
    found: dict[str, float | None] = {}
    for name in MEASURES:
        value: Any = report
        for step in name.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        found[name] = value
    return found


def compare(before: Mapping[str, float | None], now: Mapping[str, float | None]) -> Iterator[Change]:
    """Every measure of either."""
    for name in dict.fromkeys((*before, *now)):
        yield Change(name, before.get(name), now.get(name))


def measure(shared: Path, model: str) -> dict[str, Any]:
    """The scorer's report on the dev stories."""
    command = [sys.executable, "-m", "bench.score", str(shared), "--split", "dev", "--json", *MODELS[model]]
    ran = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    report: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return report


def main() -> int:
    """Command line."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("shared", type=Path, help="the folder with data/gold and score/score.py")
    options.add_argument("--accept", action="store_true", help="what was measured becomes the baseline")
    chosen = options.parse_args()
    if not (chosen.shared / "score" / "score.py").is_file():
        print(f"quality NOT MEASURED: the annotated stories don't ship, and {chosen.shared} has none")
        return 0
    baseline = json.loads(BASELINE.read_text("utf-8")) if BASELINE.exists() else {"measures": {}}
    now: dict[str, dict[str, float | None]] = {}
    lost = False
    for model in MODELS:
        report = measure(chosen.shared, model)
        now[model] = figures(report)
        before = baseline["measures"].get(model, {})
        print(f"{model}:" if before else f"{model}: there is no baseline, write one with --accept")
        changes = list(compare(before, now[model]))
        print(*map(line, changes), sep="\n")
        lost = lost or not before or any(change.lost for change in changes)
    if chosen.accept:
        content = {"stories": report["articles"], "split": "dev", "measures": now}
        BASELINE.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
        print(f"baseline written: {BASELINE.relative_to(ROOT)}")
        return 0
    return int(lost)


def line(change: Change) -> str:
    """A change, for people."""
    gain = "" if change.gain is None else f"{change.gain:+.2f}"
    return f"{change.name:26} {change.before!s:>7} -> {change.now!s:>7} {gain:>7}{'  LOST' if change.lost else ''}"


if __name__ == "__main__":
    sys.exit(main())
