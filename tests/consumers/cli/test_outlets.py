from __future__ import annotations

import json
import random
import time

import orjson
import pytest

from config.outlets import FOLDER, load
from config.topics import BOILERPLATE, RAW
from consumers.insights.boilerplate.records import BoilerplateRecord
from processors.records import RemovedKind

CALL = "Gulir untuk lanjut ke iklan desa"


def told(number, syllables):
    """Lines of a story in no language, about words of its own."""
    chance = random.Random(number)
    known = ["".join(chance.choices(syllables, k=3)) for _ in range(40)]
    return [" ".join(chance.choices(known, k=9)).capitalize() + "." for _ in range(4)]


@pytest.fixture
def stories(tmp_path, syllables):
    """A file of stories of an outlet that nobody knows, with a line that recurs."""
    file = tmp_path / "stories.jsonl"
    made = [
        {
            "uri": f"urn:desa:{number}",
            "source": "desa.example",
            "text": "\n".join([*told(number, syllables)[:2], CALL, *told(number, syllables)[2:]]),
        }
        for number in range(20)
    ]
    file.write_text("".join(json.dumps(one) + "\n" for one in made), "utf-8")
    return file


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


@pytest.fixture
def review(kawat, stories, own, tmp_path):
    """`kawat outlets review` with proposals and stories of files, and a folder of one's own; and the proposal."""
    file = tmp_path / "proposals.jsonl"
    file.write_text(kawat("outlets", "propose", "--json", stories).stdout, "utf-8")
    (proposal,) = map(json.loads, file.read_text("utf-8").splitlines())

    def call(*arguments, **how):
        where = ["--proposals", file, "--stories", stories, "--set", f"outlets_dir={own}"]
        return kawat("outlets", "review", *where, *arguments, **how)

    call.id = proposal["id"]
    return call


def test_what_recurs_over_the_stories_of_files_is_proposed(kawat, stories):
    (proposal,) = map(json.loads, kawat("outlets", "propose", "--json", stories).stdout.splitlines())
    assert (proposal["source"], proposal["key"], proposal["value"]) == (
        "desa.example",
        "lines.ad.whole",
        CALL,
    )
    assert (proposal["stories"], proposal["of"]) == (20, 20)
    shown = kawat("outlets", "propose", stories).stdout
    assert CALL in shown
    assert "20 of 20" in shown


def test_without_a_decision_proposals_are_listed_and_nothing_changes(review, own):
    assert review.id in review().stdout
    (line,) = map(json.loads, review("--json").stdout.splitlines())
    assert line["id"] == review.id
    assert review("--source", "lain.example").stdout == "nothing is proposed\n"
    assert list(own.iterdir()) == []


def test_what_would_change_and_go_is_shown_before(review, own):
    shown = review("--accept", review.id, "--dry-run").stdout
    assert f"+      - {CALL}" in shown
    assert "tried on 20 stories: 120 of" in shown
    assert "in 20 stories" in shown
    assert list(own.iterdir()) == []


def test_what_is_accepted_stands_in_the_profile_that_workers_read_and_is_not_proposed_again(review, own):
    result = review("--accept", review.id, "--json")
    assert result.exit_code == 0
    line = json.loads(result.stdout)
    assert (line["accepted"], line["trial"]["touched"], line["trial"]["removed"]) == (True, 20, 120)
    assert line["file"] == str(own / "desa-example.yaml")
    assert load(own=own).find("desa.example").lines["ad"].whole == (CALL,)
    assert review().stdout == "nothing is proposed\n"


def test_a_person_may_know_the_kind_better(review, own):
    assert review("--accept", review.id, "--kind", "promo").exit_code == 0
    assert load(own=own).find("desa.example").lines["promo"].whole == (CALL,)


def test_what_is_rejected_is_not_shown_again(review, own):
    assert review("--reject", review.id).stdout == f"{review.id}: rejected\n"
    assert review("--json").stdout == ""
    assert [file.name for file in own.iterdir()] == ["rejected.tsv"]


@pytest.mark.parametrize(
    ("answer", "files"), [("a\n", ["desa-example.yaml"]), ("r\n", ["rejected.tsv"]), ("s\n", []), ("q\n", [])]
)
def test_on_a_terminal_each_is_asked_about(review, own, answer, files):
    result = review("--ask", stdin=answer)
    assert result.exit_code == 0
    assert "1 of 1" in result.stdout
    assert [file.name for file in own.iterdir()] == files


def test_an_id_that_is_not_proposed_is_told(review):
    result = review("--accept", "0000000000")
    assert result.exit_code == 2
    assert "0000000000" in result.stderr


def test_a_rule_with_which_the_profile_would_be_wrong_is_refused(review, own, tmp_path):
    file = tmp_path / "proposals.jsonl"
    wrong = json.loads(file.read_text("utf-8")) | {"key": "inside.ad", "value": "("}
    file.write_text(json.dumps(wrong), "utf-8")
    result = review("--accept", wrong["id"])
    assert result.exit_code == 1
    assert "RE2" in result.stderr
    assert list(own.iterdir()) == []


def test_a_file_of_something_else_is_told(kawat, stories):
    result = kawat("outlets", "review", "--proposals", stories)
    assert result.exit_code == 2
    assert "stories.jsonl:1: no proposal" in result.stderr


def test_a_wrong_profile_of_ones_own_is_told(review, own):
    (own / "desa.yaml").write_text("name: 7\n", "utf-8")
    result = review()
    assert result.exit_code == 2
    assert "desa.yaml" in result.stderr


def test_a_control_character_in_a_sample_does_not_reach_the_terminal(review, tmp_path):
    file = tmp_path / "proposals.jsonl"
    odd = json.loads(file.read_text("utf-8")) | {"samples": ["\x1b[2JGulir"]}
    file.write_text(json.dumps(odd), "utf-8")
    assert "\x1b[2J" not in review().stdout
    assert "\x1b[2J" not in review("--accept", odd["id"], "--dry-run").stdout


def record(state, name="0123456789"):
    return BoilerplateRecord(
        id=name,
        source="desa.example",
        state=state,
        key="lines.ad.whole",
        value=CALL,
        kind=RemovedKind.AD,
        stories=20,
        of=20,
        pieces=20,
        examples=("urn:desa:1",),
        samples=(CALL,),
        at=int(time.time()),
        since=int(time.time()),
    )


@pytest.fixture
async def wire(topics, write, stories):  # noqa: ARG001 - the topics are there
    """Stories on news.raw; on news.boilerplate one proposal that is open, and one that was."""
    foreign = orjson.dumps({"uri": "urn:lain:1", "source": "lain.example", "text": CALL})
    await write(
        *((RAW.name, value, {}) for value in (*stories.read_bytes().splitlines(), foreign, b"no story"))
    )
    ended = record("ended", "abcdefabcd")
    for each in (record("open", ended.id), record("open"), ended):
        await write((BOILERPLATE.name, orjson.dumps(each), {"key": f"desa.example;{each.id}".encode()}))


@pytest.mark.usefixtures("wire")
def test_from_the_broker_come_what_is_open_and_the_newest_stories_of_the_outlet(kawat, there, own):
    where = [*there, "--set", f"outlets_dir={own}"]
    (line,) = map(json.loads, kawat("outlets", "review", "--json", *where).stdout.splitlines())
    assert (line["id"], line["state"]) == ("0123456789", "open")
    result = kawat("outlets", "review", "--accept", line["id"], "--limit", "12", "--json", *where)
    assert json.loads(result.stdout)["trial"]["stories"] == 12
    assert load(own=own).find("desa.example").lines["ad"].whole == (CALL,)
    assert kawat("outlets", "review", *where).stdout == "nothing is proposed\n"


def test_the_shipped_profiles_are_as_they_were():
    assert not (FOLDER / "desa-example.yaml").exists()
    assert not (FOLDER / "rejected.tsv").exists()
