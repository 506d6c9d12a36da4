"""Who is quoted with what: records in, running records out."""

from __future__ import annotations

import copy

import orjson
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from config.settings import Settings
from config.topics import QUOTES, SAYINGS, SPEAKERS
from consumers.insights.naming import NotARecord
from consumers.insights.speakers import sayings
from consumers.insights.speakers.records import Said
from consumers.insights.speakers.register import Register, later, peek
from consumers.insights.speakers.running import MOST_STORIES
from consumers.insights.speakers.running import running as run
from consumers.insights.speakers.sayings import fit, parse
from consumers.insights.speakers.study import Speakers
from processors.records import Model, Quote, QuoteKind, QuotesRecord, Speaker, State

NOW = 1_790_000_000
RANU, SARI = "Ranu Sadewo", "Sari Wening"
SETTINGS = Settings(insights_keep_h=72)


def quote(name, text="Pasar dibuka lagi", role=None, entity="e1"):
    return Quote(
        id="q1",
        kind=QuoteKind.DIRECT,
        text=text,
        start=1,
        end=1 + len(text),
        speaker=Speaker(name=name, entity=entity, role=role) if name else None,
        cue=None,
        confidence=0.9,
    )


def value(uri, *quotes, version=1, state=State.USABLE, source="warta.example"):
    record = QuotesRecord(
        uri=uri,
        version=str(version),
        state=state,
        source=source,
        language="id",
        model=Model(name="m", version="1"),
        quotes=quotes,
    )
    return orjson.dumps(record)


def test_only_who_is_quoted_by_name_is_a_speaker():
    quoting = parse(value("urn:1", quote(RANU), quote("seorang saksi", entity=None), quote(None)))
    assert quoting.naming.names == {"ranu sadewo": RANU}


def test_one_speaker_is_one_whatever_the_case_and_spaces():
    quoting = parse(value("urn:1", quote("RANU  Sadewo"), quote(RANU, "Besok tutup")))
    (said, more) = quoting.said["ranu sadewo"]
    assert [each.text for each in said] == ["Pasar dibuka lagi", "Besok tutup"]
    assert more == 0


@pytest.mark.parametrize("state", [State.CANCELED, State.WITHHELD])
def test_a_story_that_is_not_usable_quotes_nobody(state):
    assert parse(value("urn:1", quote(RANU), state=state)).naming.names == {}


@pytest.mark.parametrize("broken", [None, b"", b"[]", b'{"state":"usable","quotes":[1]}'])
def test_what_is_no_record_of_quotes_is_refused_without_telling_its_text(broken):
    with pytest.raises(NotARecord, match=r"^no record of quotes: [A-Za-z]+$"):
        parse(broken)


def test_quotes_beyond_what_a_register_takes_are_counted(monkeypatch):
    monkeypatch.setattr(sayings, "MOST_BYTES", 300)
    said = parse(value("urn:1", *[quote(RANU)] * 9)).said["ranu sadewo"]
    assert len(said[0]) + said[1] == 9
    assert 0 < len(said[0]) < 9
    assert fit([]) == ((), 0)


def register(uri_number, *, text="x", at=NOW, source="warta.example", role=None, offset=1):
    said = Said(id="q1", kind=QuoteKind.DIRECT, text=text, start=0, end=1, role=role, confidence=0.9)
    return f"urn:{uri_number}", Register(
        partition=2,
        at=at,
        offset=offset,
        since=offset,
        name=RANU,
        version="1",
        source=source,
        quotes=(said,),
        more=0,
    )


def test_a_register_is_the_same_after_packing():
    _, kept = register(1, role="Wali Kota", offset=2**40)
    assert Register.unpack(kept.pack()) == kept
    assert peek(kept.pack()) == (2, NOW, 2**40, 2**40, False)


def test_of_two_registers_that_of_the_later_record_counts():
    less, more = register(1, offset=7)[1].pack(), register(1, offset=8)[1].pack()
    assert later(less, more) is more
    assert later(more, less) is more
    again = register(1, text="y", offset=8)[1].pack()
    assert later(more, again) is again


def test_the_running_record_counts_stories_outlets_and_roles():
    record = run(
        [
            register(1, at=NOW - 50, role="Wali Kota"),
            register(2, at=NOW - 10, source="kabar.example", role="Wali Kota"),
            register(3, at=NOW - 90, role="Ketua Panitia"),
        ],
        name="",
        now=NOW,
        revision=4,
    )
    assert [story.uri for story in record.said] == ["urn:2", "urn:1", "urn:3"]
    assert [(share.name, share.stories) for share in record.outlets] == [
        ("warta.example", 2),
        ("kabar.example", 1),
    ]
    assert record.roles[0].name == "Wali Kota"
    assert (record.name, record.stories, record.quotes) == (RANU, 3, 3)


def test_a_record_lists_the_newest_stories_and_counts_all():
    many = [register(number, at=NOW - number) for number in range(MOST_STORIES + 20)]
    record = run(many, name="", now=NOW, revision=1)
    assert record.stories == MOST_STORIES + 20
    assert [story.uri for story in record.said] == [f"urn:{number}" for number in range(MOST_STORIES)]


def test_a_record_of_very_long_quotes_still_fits_a_message():
    many = [register(number, text="w" * 150_000) for number in range(20)]
    assert len(orjson.dumps(run(many, name="", now=NOW, revision=1))) < 900_000


@given(st.lists(st.integers(0, 30), unique=True), st.randoms(use_true_random=False))
def test_the_order_of_registers_makes_no_difference(numbers, chance):
    some = [register(number, at=NOW - number % 3) for number in numbers]
    other = chance.sample(some, len(some))
    assert run(some, name="n", now=NOW, revision=1) == run(other, name="n", now=NOW, revision=1)


# the study


async def told(study, log):
    """Feeds records of news.quotes (uri, bytes), and its own sayings, from offset 0 on."""
    for offset, each in enumerate(log):
        await study.hear(QUOTES.name, offset, each)
    await passed_on(study, study.sent(SAYINGS.name))


async def passed_on(study, sayings, first=0):
    for offset, saying in enumerate(sayings[first:], first):
        await study.hear(SAYINGS.name, offset, saying.value, key=saying.key)


def published(sent):
    """By speaker the newest record's stories: uri -> texts."""
    return {
        each.key.decode(): {
            story["uri"]: [said["text"] for said in story["quotes"]]
            for story in orjson.loads(each.value)["said"]
        }
        for each in sent
    }


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """What time it is, to be changed."""
    clock = [NOW]
    monkeypatch.setattr("consumers.insights.speakers.study.time.time", lambda: clock[0])
    return clock


async def test_a_story_stands_in_the_record_of_everyone_it_quotes(running):
    study = running(Speakers, SETTINGS)
    await told(
        study, [value("urn:1", quote(RANU), quote(SARI, "Belum")), value("urn:2", quote(RANU, "Sudah"))]
    )
    assert published(study.sent(SPEAKERS.name)) == {
        "ranu sadewo": {"urn:1": ["Pasar dibuka lagi"], "urn:2": ["Sudah"]},
        "sari wening": {"urn:1": ["Belum"]},
    }


async def test_a_new_version_replaces_the_quotes_and_a_kill_takes_them_back(running):
    study = running(Speakers, SETTINGS)
    await told(
        study,
        [
            value("urn:1", quote(RANU), quote(SARI)),
            value("urn:2", quote(SARI)),
            value("urn:1", quote(RANU, "Ralat"), version=2),
            value("urn:2", state=State.CANCELED, version=3),
        ],
    )
    assert published(study.sent(SPEAKERS.name)) == {"ranu sadewo": {"urn:1": ["Ralat"]}, "sari wening": {}}


async def test_the_same_version_once_more_is_no_change(running):
    study = running(Speakers, SETTINGS)
    await told(study, [value("urn:1", quote(RANU)), value("urn:1", quote(RANU))])
    assert len(study.sent(SPEAKERS.name)) == 1


async def test_stories_that_are_too_old_are_forgotten_and_it_is_said(running, clock):
    study = running(Speakers, SETTINGS)
    await told(study, [value("urn:1", quote(RANU))])
    clock[0] = NOW + 73 * 3_600
    heard = len(study.sent(SAYINGS.name))
    await study.hear(QUOTES.name, 1, value("urn:2", quote(SARI)), at=clock[0])
    await passed_on(study, study.sent(SAYINGS.name), heard)
    assert published(study.sent(SPEAKERS.name)) == {
        "ranu sadewo": {},
        "sari wening": {"urn:2": ["Pasar dibuka lagi"]},
    }
    assert [key for key in study.tables["speakers"] if key.startswith(b"ranu")] == []
    assert list(study.tables["quoting"]) == [b"urn:2"]


STEP = st.tuples(
    st.integers(0, 3),
    st.sets(st.sampled_from([RANU, SARI, "Bayu Laksono"]), max_size=3),
    st.integers(0, 2),
)


@how(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(steps=st.lists(STEP, min_size=1, max_size=8), chance=st.randoms(use_true_random=False))
async def test_a_process_that_dies_anywhere_leaves_the_records_as_the_log_says(running, steps, chance):
    """Tables survive as they were at some moment; what was sent since the last commit may be lost; that is read again."""
    log, wanted = [], {}
    for number, (story, names, text) in enumerate(steps):
        quotes = [quote(name, f"kata {text}") for name in sorted(names)]
        log.append(value(f"urn:{story}", *quotes, version=number))
        for said in wanted.values():
            said.pop(f"urn:{story}", None)
        for name in names:
            wanted.setdefault(name.casefold(), {})[f"urn:{story}"] = [f"kata {text}"]
    # the second step's log: sayings of a first step that died once
    first = running(Speakers, SETTINGS)
    dies, committed = sorted([chance.randrange(len(log) + 1), chance.randrange(len(log) + 1)], reverse=True)
    marks = [0]
    for offset in range(dies):
        await first.hear(QUOTES.name, offset, log[offset])
        marks.append(len(first.sent(SAYINGS.name)))
    survived = first.sent(SAYINGS.name)[: chance.randint(marks[committed], marks[dies])]
    again = running(Speakers, SETTINGS, {"quoting": first.tables["quoting"]})
    for offset in range(committed, len(log)):
        await again.hear(QUOTES.name, offset, log[offset])
    heard = survived + again.sent(SAYINGS.name)
    # and so does the second
    second = running(Speakers, SETTINGS)
    dies, committed = sorted(
        [chance.randrange(len(heard) + 1), chance.randrange(len(heard) + 1)], reverse=True
    )
    marks = [0]
    for offset in range(dies):
        await second.hear(SAYINGS.name, offset, heard[offset].value, key=heard[offset].key)
        marks.append(len(second.sent(SPEAKERS.name)))
    out = second.sent(SPEAKERS.name)[: chance.randint(marks[committed], marks[dies])]
    after = running(Speakers, SETTINGS, copy.deepcopy({"speakers": second.tables.get("speakers", {})}))
    for offset in range(committed, len(heard)):
        await after.hear(SAYINGS.name, offset, heard[offset].value, key=heard[offset].key)
    found = published(out + after.sent(SPEAKERS.name))
    assert {name: said for name, said in found.items() if said} == {
        name: said for name, said in wanted.items() if said
    }
