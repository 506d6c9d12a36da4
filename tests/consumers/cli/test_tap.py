from __future__ import annotations

import asyncio
import json

import pytest

pytestmark = pytest.mark.usefixtures("topics")


@pytest.fixture
def wrote(write, topics):  # noqa: ARG001 - the topics must be there first
    records = [
        (
            "news.articles",
            b'{"title": "Panen \xe2\x80\x9craya\xe2\x80\x9d"}',
            {"key": b"urn:1", "headers": [("ce_id", b"urn:1;1")]},
        ),
        ("news.articles", None, {"key": b"urn:2", "partition": 1}),
        (
            "news.articles",
            b"\xff\x1b[2J",
            {"key": b"urn:3\x1b[31m", "partition": 2, "headers": [("a", b"1"), ("a", b"2")]},
        ),
    ]
    asyncio.run(write(*records))


@pytest.mark.usefixtures("wrote")
def test_json_lines_hold_all_of_a_record(kawat, there, settings):
    result = kawat("tap", "articles", "--json", "--from", "beginning", *there)
    rows = {row["partition"]: row for row in map(json.loads, result.stdout.splitlines())}
    assert result.exit_code == 0
    assert rows[0].pop("timestamp").startswith("20")
    assert rows[0] == {
        "topic": settings.topic("news.articles"),
        "partition": 0,
        "offset": 0,
        "key": "urn:1",
        "headers": {"ce_id": "urn:1;1"},
        "encoding": "json",
        "value": {"title": "Panen “raya”"},
    }
    assert (rows[1]["encoding"], rows[1]["value"]) == (None, None)
    assert (rows[2]["encoding"], rows[2]["value"], rows[2]["headers"]) == (
        "base64",
        "/xtbMko=",
        {"a": ["1", "2"]},
    )


@pytest.mark.usefixtures("wrote")
def test_people_see_key_place_headers_and_value_and_nothing_that_a_terminal_obeys(kawat, there, settings):
    told = kawat("tap", "articles", *there).stdout
    assert f"{settings.topic('news.articles')}[0] @0" in told
    assert "ce_id urn:1;1" in told
    assert '"title": "Panen “raya”"' in told
    assert "tombstone" in told
    assert "\x1b" not in told
    assert "\\x1b[2J" in told


@pytest.mark.usefixtures("wrote")
def test_one_key_and_a_limit(kawat, there):
    assert len(kawat("tap", "articles", "--json", "--limit", 2, *there).stdout.splitlines()) == 2
    (row,) = map(json.loads, kawat("tap", "articles", "--json", "--key", "urn:2", *there).stdout.splitlines())
    assert row["key"] == "urn:2"


def test_an_empty_topic_says_so_on_stderr_only(kawat, there):
    result = kawat("tap", "articles", "--json", *there)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no such records" in result.stderr
