from __future__ import annotations

import asyncio
import json

import pytest

from config.topics import RAW

pytestmark = pytest.mark.usefixtures("topics")
STORY = {
    "uri": "urn:warta:1",
    "type": "text",
    "bodies": [{"role": "main", "value": "Hujan turun di lereng."}],
}


def test_files_folders_and_lines_go_to_the_raw_topic(kawat, there, read, tmp_path):
    (tmp_path / "wires").mkdir()
    (tmp_path / "wires" / "a.json").write_text(json.dumps(STORY))
    (tmp_path / "more.jsonl").write_text(json.dumps(STORY | {"uri": "urn:warta:2"}) + "\n\n")
    result = kawat("feed", "wires", "more.jsonl", *there)
    assert result.exit_code == 0
    assert result.stdout.startswith("2 stories (0.0 MB) to ")
    assert result.stderr == ""
    assert {record.key for record in asyncio.run(read(RAW.name))} == {b"urn:warta:1", b"urn:warta:2"}


def test_a_broken_payload_is_sent_and_told_of(kawat, there, read):
    result = kawat("feed", "-", *there, stdin=json.dumps(STORY) + '\n{"uri": \n')
    assert result.exit_code == 0
    assert result.stderr.startswith("stdin:2: malformed: ")
    assert "1 of them can't be read" in result.stdout
    assert b'{"uri": ' in [record.value for record in asyncio.run(read(RAW.name))]


def test_what_the_topic_does_not_take_makes_it_fail(kawat, there, tmp_path):
    (tmp_path / "huge.json").write_text(json.dumps(STORY | {"note": "x" * 6_000_000}))
    result = kawat("feed", "huge.json", *there)
    assert result.exit_code == 1
    assert result.stderr.startswith("huge.json: too_large: ")
    assert "(not sent)" in result.stderr


def test_the_summary_as_json(kawat, there, settings):
    result = kawat("feed", "-", "--json", *there, stdin=json.dumps(STORY))
    summary = json.loads(result.stdout)
    assert summary.pop("seconds") > 0
    assert summary == {
        "topic": settings.topic(RAW.name),
        "sent": 1,
        "unreadable": 0,
        "refused": 0,
        "bytes": len(json.dumps(STORY)),
    }


def test_a_file_that_is_not_there_is_misuse(kawat, there):
    result = kawat("feed", "nowhere.xml", *there)
    assert result.exit_code == 2
    assert "nowhere.xml" in result.stderr
