"""The quality of cleaning on annotated stories is a test: a change may not lose it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from processors.records import Article

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not (SHARED / "data/gold").is_dir(), reason="the annotated stories are not beside the project"
    ),
]


def measured(*options: str) -> tuple[float, float]:
    """(kept, left) in percent, over all stories of the split."""
    script = ROOT / "bench/score_cleaning.py"
    out = subprocess.run(
        [sys.executable, str(script), str(SHARED), *options],
        capture_output=True,
        text=True,
        check=True,
        timeout=110,
    ).stdout
    line = next(line for line in out.splitlines() if line.startswith("all "))
    _, _, _, kept, _, left = line.split()
    return float(kept), float(left)


def test_stories_of_known_outlets_are_kept_whole_and_come_out_clean():
    kept, left = measured("--split", "train")
    assert kept >= 99.85
    assert left <= 3.0


def test_stories_of_outlets_never_seen_come_out_nearly_as_clean():
    kept, left = measured("--split", "train", "--without-profiles")
    assert kept >= 99.85
    assert left <= 6.3


def test_of_the_first_real_story_all_of_the_story_is_kept_and_nothing_else(cleaner):
    story = json.loads((SHARED / "data/seed/gold.jsonl").read_text("utf-8").splitlines()[0])
    cleaned = cleaner.clean(Article(uri="test:seed", body=story["body"], source=story["outlet"]))
    pieces, at = [], 0
    for start, end, _ in sorted(story["boilerplate"]):
        pieces.append(story["body"][at:start])
        at = end
    pieces.append(story["body"][at:])
    expected = re.findall(r"\w+", " ".join(pieces).replace("Â", ""))
    assert cleaned.dateline is not None
    stamp = re.findall(r"\w+", cleaned.dateline.text)
    found = re.findall(r"\w+", cleaned.text)
    assert found == (expected[len(stamp) :] if expected[: len(stamp)] == stamp else expected)
    assert "Â" not in cleaned.text
