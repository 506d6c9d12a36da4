"""The quality of the quotes on annotated stories is a test: a change may not lose it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not (SHARED / "data/gold").is_dir(), reason="the annotated stories are not beside the project"
    ),
]


def test_quotes_and_their_speakers_are_found_where_the_names_are_known():
    script = ROOT / "bench/score.py"
    options = ("--split", "dev", "--clean", "gold", "--entities", "gold", "--json")
    out = subprocess.run(
        [sys.executable, str(script), str(SHARED), *options],
        capture_output=True,
        text=True,
        check=True,
        timeout=110,
    ).stdout
    score = json.loads(out)
    assert score["quotes"]["marked"]["f1"] >= 98.0
    assert score["quotes"]["indirect"]["f1"] >= 85.5
    assert score["speaker"]["name_marked"] >= 94.0
    assert score["speaker"]["name_indirect"] >= 94.5
