"""The quality of the quotes on annotated stories is a test: a change may not lose it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from processors.enrich import Chain
from processors.records import Article, QuoteKind

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


@pytest.mark.skipif(
    not (SHARED / "data/seed").is_dir(), reason="the first real story is not beside the project"
)
def test_the_four_direct_quotes_of_the_first_real_story_are_all_of_one_speaker():
    (story,) = (
        json.loads(line) for line in (SHARED / "data/seed/gold.jsonl").read_text("utf-8").splitlines()
    )
    article = Article(uri=story["id"], body=story["body"], source=story["outlet"], language=story["language"])
    quotes = Chain.load().enrich(article).article.enrichment.quotes
    direct = [quote for quote in quotes if quote.kind is QuoteKind.DIRECT]
    wanted = [quote for quote in story["quotes"] if quote["kind"] == "direct"]
    assert len(direct) == len(wanted) == 4
    assert [(q.speaker.name, q.speaker.role) for q in direct] == [(q["who"], q["role"]) for q in wanted]
    assert "lanjutnya" in {quote.cue.text for quote in direct}
