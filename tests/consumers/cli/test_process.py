from __future__ import annotations

import json
import subprocess
import sys

import pytest

KAWAT = [sys.executable, "-c", "from consumers.cli import main; main()"]
STORY = {
    "uri": "urn:warta:1",
    "type": "text",
    "version": "3",
    "bodies": [
        {
            "role": "main",
            "value": "SUKAMAJU - Bupati Sukamaju Rahmat Wirayuda meninjau bendungan, Selasa.\n"
            '"Air akan mengalir lagi pekan depan," kata Rahmat.',
        }
    ],
}
LINES = "\n".join(
    [
        json.dumps(STORY),
        '{"uri": ',
        json.dumps(STORY | {"uri": "urn:warta:2", "pubStatus": "canceled"}),
        json.dumps(STORY | {"uri": "urn:warta:3"}),
    ]
)


def test_stories_come_out_enriched_and_broken_lines_are_told_with_their_place(kawat, tmp_path):
    (tmp_path / "wire.jsonl").write_text(LINES)
    result = kawat("process", "wire.jsonl")
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [record["enrichment"]["uri"] for record in records] == [
        "urn:warta:1",
        "urn:warta:2",
        "urn:warta:3",
    ]
    (quote,) = records[0]["enrichment"]["quotes"]
    assert (quote["text"], quote["speaker"]["name"]) == (
        "Air akan mengalir lagi pekan depan,",
        "Rahmat Wirayuda",
    )
    assert (records[1]["enrichment"]["state"], records[1]["enrichment"]["text"]) == ("canceled", "")
    told = result.stderr.splitlines()
    assert told[0].startswith("wire.jsonl:2: malformed: ")
    assert told[1:] == ["kawat: 1 could not be processed, 3 came out"]


@pytest.mark.timeout(180)
def test_several_processes_give_the_same_in_the_same_order(tmp_path):
    (tmp_path / "wire.jsonl").write_text(LINES.replace('{"uri": \n', ""))
    (tmp_path / "note.txt").write_text(STORY["bodies"][0]["value"])
    out = [
        subprocess.run(
            [*KAWAT, "process", "wire.jsonl", "note.txt", "--jobs", str(jobs)],
            cwd=tmp_path,
            capture_output=True,
            check=True,
        ).stdout
        for jobs in (1, 2)
    ]
    assert len(out[0].splitlines()) == 4
    assert out[0] == out[1]


def test_stdin_is_json_lines(kawat):
    result = kawat("process", "-", stdin=json.dumps(STORY | {"pubStatus": "withheld"}))
    assert result.exit_code == 0
    assert json.loads(result.stdout)["enrichment"]["state"] == "withheld"


def test_no_file_is_misuse(kawat):
    assert kawat("process").exit_code == 2
    assert kawat("process", "nowhere.xml").exit_code == 2
