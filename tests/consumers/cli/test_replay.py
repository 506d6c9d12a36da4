from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from click.exceptions import BadParameter

from config.topics import LEDGER, RAW
from consumers.cli.replay import Moment
from consumers.lanes.ledger import entry_of
from processors.records import Article


@pytest.fixture
async def wire(topics, write):  # noqa: ARG001 - the topics are there
    """Two stories, of which the ledger knows one, and a version of it that was replaced."""
    stories = [("urn:a", 1), ("urn:a", 2), ("urn:b", 1)]
    values = [orjson.dumps({"uri": uri, "version": version, "text": "Hujan."}) for uri, version in stories]
    await write(*((RAW.name, value, {}) for value in values))
    await write((LEDGER.name, entry_of(Article(uri="urn:a"), 1).encode(), {"key": b"urn:a"}))


@pytest.mark.usefixtures("wire")
def test_first_it_is_only_told_what_would_go(kawat, there):
    for _ in range(2):
        result = kawat("replay", "--all", *there)
        assert result.exit_code == 0
        assert result.stdout == "1 record would go once more, in 0 s or more; --send does it\n"
        assert "1 record replaced, killed, or nothing new" in result.stderr
        assert "1 record not known to the ledger" in result.stderr


@pytest.mark.usefixtures("wire")
def test_with_send_it_goes(kawat, there):
    sent = kawat("replay", "--key", "urn:a", "--send", "--json", *there)
    assert sent.exit_code == 0
    (line,) = map(json.loads, sent.stdout.splitlines())
    assert (line["partition"], line["offset"], line["uris"], line["sent"]) == (0, 1, ["urn:a"], True)
    again = kawat("replay", "--key", "urn:a", *there)
    assert "1 record replays of others" in again.stderr


def test_which_stories_must_be_said(kawat, there):
    result = kawat("replay", "--send", *there)
    assert result.exit_code == 2
    assert "--since" in result.stderr


@pytest.mark.parametrize("value", ["2026-11-24T06:00", "2026-11-24T06:00+00:00", "2026-11-24T13:00+07:00"])
def test_a_time_is_utc_unless_it_says_otherwise(value):
    assert Moment().convert(value, None, None) == datetime(2026, 11, 24, 6, tzinfo=UTC)


@pytest.mark.parametrize(("value", "ago"), [("90m", 90), ("6h", 360), ("3d", 4_320)])
def test_a_time_may_be_so_long_ago(value, ago):
    about = datetime.now(UTC) - timedelta(minutes=ago)
    assert abs(Moment().convert(value, None, None) - about) < timedelta(minutes=1)


@pytest.mark.parametrize("value", ["yesterday", "6", "h", "6w", ""])
def test_what_is_no_time_is_told(value):
    with pytest.raises(BadParameter, match="neither a time"):
        Moment().convert(value, None, None)
