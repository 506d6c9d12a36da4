from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from config.settings import Settings
from config.topics import ARTICLES, BOILERPLATE, LINES
from consumers.insights.boilerplate import study, window
from consumers.insights.boilerplate.records import LinesRecord
from consumers.insights.boilerplate.study import PATIENCE_S, SAY_AGAIN_S, Boilerplate
from consumers.insights.boilerplate.window import Told, heard, lines_of, pack, peek, too_many, unpack
from consumers.insights.naming import NotARecord

NOW = 1_790_000_000
CALL = "Gulir untuk lanjut ke iklan"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The time that the study sees; it may be set."""
    clock = [NOW]
    monkeypatch.setattr(study.time, "time", lambda: clock[0])
    return clock


@pytest.fixture
def outlet(running, clock):
    """A study with its two topics joined: what the first reader sends, the second hears."""

    class Outlet:
        def __init__(self, tables=None):
            self.running = running(Boilerplate, Settings(), tables)
            self.sent = self.read = 0

        async def tell(self, uri, text, *, offset, state="usable", source="desa.example", at=None):
            value = orjson.dumps(
                {
                    "article": {},
                    "enrichment": {"uri": uri, "state": state, "source": source, "text": text},
                }
            )
            await self.running.hear(ARTICLES.name, offset, value, key=uri.encode(), at=at or clock[0])
            await self.hand_on()

        async def hand_on(self):
            sent = self.running.sent(LINES.name)
            for record in sent[self.sent :]:
                await self.running.hear(LINES.name, self.read, record.value, key=record.key)
                self.read += 1
            self.sent = len(sent)

        async def tick(self):
            await self.running.hear(LINES.name, self.read, orjson.dumps(LinesRecord(now=clock[0])))
            self.read += 1

        def said(self):
            return [orjson.loads(record.value) for record in self.running.sent(BOILERPLATE.name)]

    return Outlet


def stories(wire, number=30, every=2):
    def add(index, lines):
        return [*lines[:2], CALL, *lines[2:]] if index % every == 0 else lines

    return list(wire(number, add).items())


async def told(outlet, wire, **how):
    started = outlet()
    for offset, (uri, text) in enumerate(stories(wire, **how)):
        await started.tell(uri, text, offset=offset)
    await started.tick()
    return started


async def test_what_recurs_is_proposed_once_with_its_stories(outlet, wire):
    started = await told(outlet, wire)
    (proposal,) = started.said()
    assert proposal["state"] == "open"
    assert (proposal["source"], proposal["key"], proposal["value"]) == (
        "desa.example",
        "lines.ad.whole",
        CALL,
    )
    assert (proposal["stories"], proposal["of"]) == (15, 30)
    (record,) = started.running.sent(BOILERPLATE.name)
    assert record.key == f"desa.example;{proposal['id']}".encode()
    assert record.headers["ce_type"] == b"kawat.boilerplate"
    await started.tick()
    assert len(started.said()) == 1


async def test_a_story_that_comes_again_or_in_another_version_is_one_story(outlet, wire):
    started = outlet()
    made = stories(wire)
    for offset, (uri, text) in enumerate([*made, *made, made[0], made[0], made[0]]):
        await started.tell(uri, text, offset=offset)
    await started.tick()
    (proposal,) = started.said()
    assert (proposal["stories"], proposal["of"]) == (15, 30)


async def test_redelivery_changes_nothing(outlet, wire):
    started = outlet()
    made = stories(wire)
    for _ in range(2):
        for offset, (uri, text) in enumerate(made):
            await started.tell(uri, text, offset=offset)
    await started.tick()
    assert [(one["stories"], one["of"]) for one in started.said()] == [(15, 30)]


async def test_killed_stories_do_not_count_and_what_recurs_no_more_is_ended(outlet, wire):
    started = await told(outlet, wire)
    offset = 100
    for uri, _ in stories(wire)[:26]:
        await started.tell(uri, "", offset=offset, state="canceled")
        offset += 1
    await started.tick()
    assert [one["state"] for one in started.said()] == ["open", "ended"]
    for record in started.running.tables["lines"].values():
        assert peek(record).gone is (not unpack(record).pieces)


async def test_a_killed_story_is_named_and_shown_no_more(outlet, wire):
    started = await told(outlet, wire, number=100, every=1)
    (first,) = started.said()
    await started.tell(first["examples"][-1], "", offset=200, state="canceled")
    await started.tick()
    again = started.said()[-1]
    assert again["state"] == "open"
    assert first["examples"][-1] not in again["examples"]
    for offset, (uri, _) in enumerate(stories(wire, number=100), 300):
        await started.tell(uri, "", offset=offset, state="canceled")
    await started.tick()
    ended = started.said()[-1]
    assert (ended["state"], ended["examples"], ended["samples"]) == ("ended", [], [])


async def test_a_line_that_cleaning_takes_now_ends_its_proposal(outlet, wire):
    started = await told(outlet, wire)
    for offset, (uri, text) in enumerate(stories(wire), 100):
        await started.tell(uri, text.replace(f"{CALL}\n", ""), offset=offset)
    await started.tick()
    assert [one["state"] for one in started.said()] == ["open", "ended"]


async def test_each_outlet_has_proposals_of_its_own(outlet, wire):
    started = outlet()
    for offset, (uri, text) in enumerate(stories(wire, number=60)):
        await started.tell(
            uri, text, offset=offset, source="www.Desa.example" if offset < 30 else "kota.example"
        )
    await started.tick()
    assert sorted((one["source"], one["stories"]) for one in started.said()) == [
        ("desa.example", 15),
        ("kota.example", 15),
    ]


async def test_a_story_that_moves_to_another_outlet_counts_there_alone(outlet, wire):
    started = outlet()
    made = stories(wire)
    for offset, (uri, text) in enumerate([*made, *made]):
        await started.tell(uri, text, offset=offset, source="desa.example" if offset < 30 else "kota.example")
    await started.tick()
    assert [(one["source"], one["stories"]) for one in started.said()] == [("kota.example", 15)]


async def test_a_successor_goes_on_from_the_tables(outlet, wire):
    first = await told(outlet, wire)
    second = outlet(first.running.tables)
    second.read = first.read
    await second.tick()
    assert second.said() == []  # nothing new
    for offset, (uri, text) in enumerate(stories(wire)[:26], 100):
        await second.tell(uri, text, offset=offset, state="withheld")
    await second.tick()
    assert [one["state"] for one in second.said()] == ["ended"]


async def test_a_death_between_saying_and_keeping_says_it_twice_rather_than_never(outlet, wire):
    first = await told(outlet, wire)
    tables = first.running.tables
    tables["proposals"].clear()
    second = outlet(tables)
    second.read = first.read
    await second.tick()
    assert second.said() == first.said()


async def test_an_open_proposal_is_said_again_before_the_topic_forgets_it(outlet, wire, clock):
    started = await told(outlet, wire)
    clock[0] += SAY_AGAIN_S + PATIENCE_S
    await started.tick()
    first, again = started.said()
    assert (again["since"], again["at"]) == (first["since"], clock[0])


async def test_of_an_outlet_without_end_the_newest_stories_are_kept(outlet, wire, monkeypatch):
    monkeypatch.setattr(window, "STORIES", 10)
    started = outlet()
    for offset, (uri, text) in enumerate(stories(wire)):
        await started.tell(uri, text, offset=offset, at=NOW + offset)
    kept = {key.partition(b"\n")[2].decode() for key in started.running.tables["lines"]}
    assert kept == {f"urn:desa:{number}" for number in range(20, 30)}
    await started.tell("urn:desa:3", stories(wire)[3][1], offset=3, at=NOW + 3)
    assert len(started.running.tables["lines"]) == 10


async def test_what_is_no_story_is_passed_over_and_a_kill_of_an_unknown_one_costs_nothing(outlet):
    started = outlet()
    await started.running.hear(ARTICLES.name, 0, b"{}")
    await started.running.hear(ARTICLES.name, 1, b"not json")
    await started.tell("urn:desa:1", "", offset=2, state="canceled")
    assert started.running.sent(LINES.name) == []


def test_the_outlet_is_the_source_or_the_host_of_the_page():
    enrichment = {"uri": "urn:a", "state": "usable", "source": "", "text": "Hujan."}
    article = {"altIds": [{"role": "url", "value": "https://www.desa.example:443/a"}]}
    assert Told.parse({"article": article, "enrichment": enrichment}).source == "desa.example"
    assert Told.parse({"article": {}, "enrichment": enrichment}).source == ""
    with pytest.raises(NotARecord):
        Told.parse({"article": {}})


@given(st.text(max_size=300))
@given_settings(deadline=None)
def test_a_register_keeps_what_a_story_has(text):
    record = lines_of(Told("urn:a", "desa", text), at=NOW, offset=7, gone=False, now=NOW)
    again = heard(orjson.dumps(record)) if text.isprintable() else record
    assert again == record
    packed = pack(record, 3)
    assert peek(packed) == (3, NOW, 7, False)
    assert [piece.text for piece in unpack(packed).pieces] == [piece[1] for piece in record.pieces]


def test_of_registers_the_one_of_the_later_record_counts():
    one, other = (
        pack(lines_of(Told("urn:a", "desa", "Hujan."), at=NOW, offset=offset, gone=False, now=NOW), 0)
        for offset in (1, 2)
    )
    assert window.later(one, other) is other
    assert window.later(other, one) is other


def test_beyond_the_newest_stories_are_the_oldest():
    assert too_many([(3, b"c"), (1, b"a"), (2, b"b")], 2) == [b"a"]
    assert too_many([(1, b"a")], 2) == []
