from __future__ import annotations

import asyncio
import json

import pytest

from config.topics import DEAD_LETTERS, RAW

pytestmark = pytest.mark.usefixtures("topics")


def headers(topic, reason, stage, partition, offset):
    told = {
        "reason": reason,
        "stage": stage,
        "error": f"{reason} it is",
        "topic": topic,
        "partition": str(partition),
        "offset": str(offset),
        "timestamp": "1790000000000",
    }
    return [
        ("content-type", b"text/xml"),
        *((f"kawat-dlq-{name}", value.encode()) for name, value in told.items()),
    ]


@pytest.fixture
def dead(topics, write):
    """Three letters at 0:0, 0:1 and 1:0."""
    raw = topics.topic(RAW.name)
    letters = [("malformed", "intake", 0, 5), ("timeout", "pool", 0, 6), ("malformed", "intake", 1, 7)]
    asyncio.run(
        write(
            *(
                (
                    DEAD_LETTERS.name,
                    b"<\xff%d" % offset,
                    {
                        "key": b"urn:%d" % offset,
                        "partition": partition,
                        "headers": headers(raw, reason, stage, partition, offset),
                    },
                )
                for reason, stage, partition, offset in letters
            )
        )
    )


def rows(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.usefixtures("dead")
def test_the_list_tells_where_why_and_how_many(kawat, there, settings):
    result = kawat("dlq", "list", *there)
    assert result.exit_code == 0
    assert f"{settings.topic(RAW.name)}[0] @6" in result.stdout
    assert "timeout it is" in result.stdout
    assert "3 letters" in result.stdout
    assert "2  malformed in intake" in result.stdout


@pytest.mark.usefixtures("dead")
def test_the_list_is_filtered_and_cut_to_the_newest(kawat, there):
    assert {
        row["place"] for row in rows(kawat("dlq", "list", "--json", "--reason", "malformed", *there))
    } == {"0:0", "1:0"}
    assert {row["place"] for row in rows(kawat("dlq", "list", "--json", "--stage", "pool", *there))} == {
        "0:1"
    }
    cut = kawat("dlq", "list", "--limit", 1, *there)
    assert "and 2 older ones" in cut.stdout
    assert "3 letters" in cut.stdout


def test_a_reason_that_does_not_exist_is_misuse(kawat, there):
    assert kawat("dlq", "list", "--reason", "mood", *there).exit_code == 2


@pytest.mark.usefixtures("dead")
def test_one_letter_is_shown_with_all_headers_and_the_start_of_its_bytes(kawat, there):
    told = kawat("dlq", "show", "0:1", *there).stdout
    assert "timeout in pool: timeout it is" in told
    assert "content-type text/xml" in told
    assert "kawat-dlq-offset 6" in told
    assert "<\\xff6" in told
    (row,) = rows(kawat("dlq", "show", "0:1", "--json", *there))
    assert (row["reason"], row["origin_offset"], row["record"]["encoding"]) == ("timeout", 6, "base64")


@pytest.mark.usefixtures("dead")
def test_raw_writes_the_exact_bytes(kawat, there):
    assert kawat("dlq", "show", "1:0", "--raw", *there).stdout_bytes == b"<\xff7"


@pytest.mark.parametrize(("place", "code"), [("5:5", 1), ("0", 2), ("a:b", 2)])
def test_a_place_without_a_letter_fails_and_what_is_no_place_is_misuse(kawat, there, place, code):
    result = kawat("dlq", "show", place, *there)
    assert result.exit_code == code
    assert "`kawat dlq list`" in result.stderr


@pytest.mark.usefixtures("dead")
def test_a_dry_run_tells_and_sends_nothing(kawat, there, settings, read):
    result = kawat("dlq", "redrive", "--reason", "malformed", "--dry-run", *there)
    assert result.exit_code == 0
    assert f"0:0 to {settings.topic(RAW.name)}[0]" in result.stdout
    assert "2 letters would go back" in result.stdout
    assert asyncio.run(read(RAW.name)) == []
    assert len(asyncio.run(read(DEAD_LETTERS.name))) == 3


@pytest.mark.usefixtures("dead")
def test_letters_go_back_by_name_by_reason_and_all_that_is_left(kawat, there, read):
    assert "1 letter went back" in kawat("dlq", "redrive", "0:0", *there).stdout
    assert "1 letter went back" in kawat("dlq", "redrive", "--reason", "malformed", *there).stdout
    assert [row["place"] for row in rows(kawat("dlq", "redrive", "--all", "--json", *there))] == ["0:1"]
    assert "0 letters went back" in kawat("dlq", "redrive", "--all", *there).stdout
    assert sorted(record.value for record in asyncio.run(read(RAW.name))) == [b"<\xff5", b"<\xff6", b"<\xff7"]
    assert "0 letters" in kawat("dlq", "list", *there).stdout
    assert "back since" in kawat("dlq", "list", "--everything", *there).stdout


@pytest.mark.usefixtures("dead")
def test_a_named_letter_that_went_back_already_is_an_error_unless_again_is_said(kawat, there, read):
    kawat("dlq", "redrive", "0:0", *there)
    result = kawat("dlq", "redrive", "0:0", *there)
    assert result.exit_code == 1
    assert "no letter waits at 0:0" in result.stderr
    assert kawat("dlq", "redrive", "0:0", "--again", *there).exit_code == 0
    assert len(asyncio.run(read(RAW.name))) == 2


def test_a_letter_that_can_t_go_back_makes_it_fail(kawat, there, write):
    lost = headers("news.gone", "malformed", "intake", 0, 1)
    asyncio.run(write((DEAD_LETTERS.name, b"x", {"headers": lost})))
    result = kawat("dlq", "redrive", "--all", *there)
    assert result.exit_code == 1
    assert "0:0 can't go back: there is no topic news.gone any more" in result.stderr


@pytest.mark.parametrize(
    "which", [[], ["--all", "0:0"], ["--all", "--reason", "timeout"], ["--stage", "pool", "0:0"]]
)
def test_letters_must_be_meant_in_one_way(kawat, there, which):
    result = kawat("dlq", "redrive", *which, *there)
    assert result.exit_code == 2
    assert "say which letters" in result.stderr
