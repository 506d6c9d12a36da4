"""Every sample of the wire is read as `expected.yaml` says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from processors.intake import read
from processors.records import Article

WIRE = Path(__file__).resolve().parents[2] / "samples" / "wire"
EXPECTED: dict[str, list[dict[str, Any]]] = yaml.safe_load((WIRE / "expected.yaml").read_text("utf-8"))
KEYS = {"plain.txt": b"https://kbnusa.example/mercusuar"}
TYPES = {
    ".json": "application/json",
    ".xml": "application/xml; charset=utf-8",
    ".html": "text/html",
    ".txt": "text/plain",
}
PLAIN = "uri url title byline source language version version_created published embargoed urgency type body_type page"


def seen(article: Article) -> dict[str, Any]:
    """What stands in `expected.yaml`: everything but the carried properties, without what is usual."""
    facts = {name: getattr(article, name) for name in PLAIN.split()} | {"state": article.state.value}
    usual = {"state": "usable", "type": "text", "body_type": "text", "page": False}
    return {
        name: value for name, value in facts.items() if value not in (None, "") and usual.get(name) != value
    }


def expected(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value
        for name, value in entry.items()
        if name not in ("body", "ends")
    }


def test_no_sample_is_forgotten():
    samples = {path.name for path in WIRE.iterdir()} - {"expected.yaml"}
    assert samples == set(EXPECTED)


@pytest.mark.parametrize("typed", [True, False], ids=["content type", "no content type"])
@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_is_read_as_expected(name, typed):
    payload = (WIRE / name).read_bytes()
    articles = read(payload, content_type=TYPES[Path(name).suffix] if typed else None, key=KEYS.get(name))
    assert [seen(article) for article in articles] == [expected(entry) for entry in EXPECTED[name]]
    for article, entry in zip(articles, EXPECTED[name], strict=True):
        assert article.body.startswith(entry.get("body", ""))
        assert article.body.strip().endswith(entry.get("ends", ""))
        assert ("body" in entry) == bool(article.body)


@pytest.mark.parametrize("name", [name for name in EXPECTED if "ninjs" in name or "superdesk" in name])
def test_a_kill_and_a_story_differ_in_their_digest(name):
    (article,) = read((WIRE / name).read_bytes())
    payload = b'{"uri": "%s", "pubStatus": "canceled"}' % article.uri.encode()
    (kill,) = read(payload)
    assert kill.uri == article.uri
    assert kill.state == "canceled"
    assert (kill.digest() == article.digest()) == (name == "ninjs-3-kill.json")
