"""Which stories share their words: enriched stories in, clusters out."""

from __future__ import annotations

import copy
import random

import orjson
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from config.settings import Settings
from config.topics import ARTICLES, SKETCHES, STORIES
from consumers.insights.stories import wire
from consumers.insights.stories.register import Register, later, sketch
from consumers.insights.stories.study import Stories
from processors.records import (
    ArticleRecord,
    Enrichment,
    Entity,
    Label,
    Model,
    Quote,
    QuoteKind,
    Span,
    State,
)

NOW = 1_790_000_000
HOUR = 3_600
SETTINGS = Settings(insights_keep_h=72)
A, B, C = (f"urn:{name}" for name in "abc")


def text(seed, length=60):
    chance = random.Random(seed)
    return " ".join(f"kata{chance.randrange(900)}" for _ in range(length))


def value(uri, body, *, version=1, state=State.USABLE, quotes=(), names=(), source="warta.example"):
    said = tuple(
        Quote(
            id=f"q{number}",
            kind=QuoteKind.DIRECT,
            text=quote,
            start=0,
            end=1,
            speaker=None,
            cue=None,
            confidence=0.9,
        )
        for number, quote in enumerate(quotes)
    )
    entities = tuple(
        Entity(
            id="e1",
            label=Label.PERSON,
            name=name,
            mentions=(Span(start=0, end=1, text=name),),
            salience=0.5,
        )
        for name in names
    )
    enrichment = Enrichment(
        uri=uri,
        version=str(version),
        state=state,
        source=source,
        language="id",
        model=Model(name="m", version="1"),
        text=body if state is State.USABLE else "",
        entities=entities,
        quotes=said,
    )
    return orjson.dumps(ArticleRecord(article={}, enrichment=enrichment))


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """What time it is, to be changed."""
    clock = [NOW]
    monkeypatch.setattr("consumers.insights.stories.study.time.time", lambda: clock[0])
    return clock


async def told(study, log, first=0):
    """Feeds records of news.articles, and its own sketches."""
    before = len(study.sent(SKETCHES.name))
    for offset, (each, at) in enumerate(log, first):
        await study.hear(ARTICLES.name, offset, each, at=at)
    for offset, each in enumerate(study.sent(SKETCHES.name)[before:], before):
        await study.hear(SKETCHES.name, offset, each.value, key=each.key)


def published(sent):
    """By key the newest record, of those with the highest revision."""
    newest = {}
    for each in sent:
        record = orjson.loads(each.value)
        if record["revision"] >= newest.get(each.key.decode(), record)["revision"]:
            newest[each.key.decode()] = record
    return newest


def members(sent):
    return {
        key: [story["uri"] for story in record["stories"]]
        for key, record in published(sent).items()
        if record["state"] == "linked"
    }


async def test_a_story_that_shares_its_words_follows_the_first_one_and_what_it_adds_is_told(running):
    study = running(Stories, SETTINGS)
    new = text("new quote", 6)
    await told(
        study,
        [
            (value(A, text(1), names=["Ranu Sadewo"]), NOW - 60),
            (value(C, text(2)), NOW - 50),
            (
                value(
                    B,
                    text(1, 40) + " " + text(9, 20),
                    quotes=[new],
                    names=["Ranu", "Sari Wening"],
                    source="kabar.example",
                ),
                NOW - 40,
            ),
        ],
    )
    (record,) = published(study.sent(STORIES.name)).values()
    first, second = record["stories"]
    assert (first["uri"], first["follows"], first["quotes"], first["entities"]) == (A, None, [], [])
    assert (second["uri"], second["follows"], second["source"]) == (B, A, "kabar.example")
    assert second["shared"] == pytest.approx(38 / 58, abs=0.01)
    assert [quote["text"] for quote in second["quotes"]] == [new]
    assert [name["name"] for name in second["entities"]] == ["Sari Wening"]
    assert study.sent(STORIES.name)[-1].headers["ce_subject"] == A.encode()


async def test_a_story_that_is_killed_leaves_and_a_cluster_of_one_is_none(running):
    study = running(Stories, SETTINGS)
    await told(study, [(value(uri, text(1)), NOW + at) for at, uri in enumerate([A, B, C])])
    assert members(study.sent(STORIES.name)) == {A: [A, B, C]}
    await told(study, [(value(B, "", state=State.CANCELED), NOW)], 3)
    assert members(study.sent(STORIES.name)) == {A: [A, C]}
    await told(study, [(value(A, "", state=State.WITHHELD), NOW)], 4)
    assert members(study.sent(STORIES.name)) == {}
    assert published(study.sent(STORIES.name))[A]["now_in"] == []


async def test_where_the_first_story_goes_the_next_one_is_the_first(running):
    study = running(Stories, SETTINGS)
    await told(study, [(value(uri, text(1)), NOW + at) for at, uri in enumerate([A, B, C])])
    await told(study, [(value(A, text(5), version=2), NOW)], 3)
    records = published(study.sent(STORIES.name))
    assert members(study.sent(STORIES.name)) == {B: [B, C]}
    assert (records[A]["state"], records[A]["now_in"]) == ("ended", [B])


async def test_a_correction_brings_a_story_to_others_and_keeps_its_time(running):
    study = running(Stories, SETTINGS)
    await told(study, [(value(A, text(5)), NOW), (value(B, text(1)), NOW + 9)])
    assert study.sent(STORIES.name) == []
    await told(study, [(value(A, text(1), version=2), NOW + 60)], 2)
    assert members(study.sent(STORIES.name)) == {A: [A, B]}


async def test_a_record_that_changes_nothing_is_not_published(running):
    study = running(Stories, SETTINGS)
    await told(study, [(value(A, text(1)), NOW), (value(B, text(1)), NOW)])
    before = len(study.sent(STORIES.name))
    await told(study, [(value(B, text(1)), NOW), (value(C, text(7)), NOW)], 2)
    assert len(study.sent(STORIES.name)) == before


@pytest.mark.parametrize("broken", [None, b"", b"{", b"null", b"[]", b'{"enrichment":{"state":"usable"}}'])
async def test_what_is_no_enriched_story_is_passed_over(running, broken):
    study = running(Stories, SETTINGS)
    await told(study, [(broken, NOW), (value(A, text(1)), NOW), (value(B, text(1)), NOW)])
    assert members(study.sent(STORIES.name)) == {A: [A, B]}


async def test_texts_that_are_too_short_to_be_known_again_are_not_compared(running):
    study = running(Stories, SETTINGS)
    await told(study, [(value(uri, text(1, 15)), NOW) for uri in (A, B)])
    assert study.sent(STORIES.name) == []


async def test_a_cluster_is_forgotten_as_a_whole_when_its_newest_story_is_too_old(running, clock):
    study = running(Stories, SETTINGS)
    await told(study, [(value(A, text(1)), NOW), (value(B, text(1)), NOW + 30 * HOUR)])
    clock[0] = NOW + 80 * HOUR
    await told(study, [(value(C, text(7)), clock[0])], 2)
    assert len(study.tables["sketches"]) == 3  # the first is too old, the second is not
    clock[0] = NOW + 110 * HOUR
    said = len(study.sent(STORIES.name))
    await told(study, [(value(C, text(7), version=2), clock[0])], 3)
    assert list(study.tables["sketches"]) == [C.encode()]
    assert study.tables["clusters"] == {}
    assert len(study.sent(STORIES.name)) == said  # its record stays as the last word


async def test_no_story_is_kept_for_ever_because_others_follow_it(running, clock):
    study = running(Stories, SETTINGS)
    for day in range(0, 15, 2):
        clock[0] = NOW + day * 24 * HOUR
        await told(study, [(value(f"urn:{day:02}", text(1)), clock[0])], day)
    kept = sorted(key.decode() for key in study.tables["sketches"])
    assert kept == [f"urn:{day:02}" for day in range(2, 15, 2)]
    assert members(study.sent(STORIES.name)) == {"urn:02": kept}


async def test_a_record_of_many_stories_lists_the_first_ones_and_counts_all(running, monkeypatch):
    monkeypatch.setattr(wire, "MOST_LISTED", 3)
    study = running(Stories, SETTINGS)
    await told(study, [(value(f"urn:{number}", text(1)), NOW + number) for number in range(6)])
    record = published(study.sent(STORIES.name))["urn:0"]
    assert ([story["uri"] for story in record["stories"]], record["count"]) == (
        ["urn:0", "urn:1", "urn:2"],
        6,
    )


async def test_of_two_registers_that_of_the_later_record_counts(running):
    study = running(Stories, SETTINGS)
    await study.hear(ARTICLES.name, 7, value(A, text(1)))
    await study.hear(ARTICLES.name, 8, value(A, text(2)))
    less, more = (Register.of(sketch(sent.value), at=NOW).packed for sent in study.sent(SKETCHES.name))
    assert later(less, more) is more
    assert later(more, less) is more


# texts 0 and 1 are alike, and 1 and 2, but not 0 and 2
TEXTS = [
    text("x", 40) + " " + text("y", 40),
    text("y", 40) + " " + text("z", 40) + " " + text("x", 20),
    text("z", 40) + " " + text("w", 30),
    text("other", 60),
]
STEP = st.tuples(st.integers(0, 5), st.integers(-1, 3))


@how(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(steps=st.lists(STEP, min_size=1, max_size=12), chance=st.randoms(use_true_random=False))
async def test_a_process_that_dies_anywhere_leaves_the_clusters_as_the_log_says(running, steps, chance):
    """Tables survive as they were at some moment each; what was sent since the last commit may be lost; that is read again."""
    source = running(Stories, SETTINGS)
    for offset, (story, which) in enumerate(steps):
        state = State.CANCELED if which < 0 else State.USABLE
        body = value(f"urn:{story}", TEXTS[which], version=offset, state=state)
        await source.hear(ARTICLES.name, offset, body, at=NOW + offset)
    log = source.sent(SKETCHES.name)

    async def read(study, first, last):
        for offset in range(first, last):
            await study.hear(SKETCHES.name, offset, log[offset].value, key=log[offset].key)
        return study

    straight = members((await read(running(Stories, SETTINGS), 0, len(log))).sent(STORIES.name))
    first = running(Stories, SETTINGS)
    committed = chance.randrange(len(log) + 1)
    dies = chance.randint(committed, len(log))
    await read(first, 0, committed)
    states = [(copy.deepcopy(first.tables), len(first.sent(STORIES.name)))]
    for offset in range(committed, dies):
        await read(first, offset, offset + 1)
        states.append((copy.deepcopy(first.tables), len(first.sent(STORIES.name))))
    reached = chance.randrange(len(states))
    sketches, (clusters, safe) = states[reached][0], chance.choice(states[max(reached - 1, 0) :])
    # a register follows what the second table said before it; and what that says is on the broker
    out = first.sent(STORIES.name)[: chance.randint(safe, states[-1][1])]
    tables = {"sketches": sketches.get("sketches", {}), "clusters": clusters.get("clusters", {})}
    second = await read(running(Stories, SETTINGS, tables), committed, len(log))
    assert members(out + second.sent(STORIES.name)) == straight
    # and what was said is what the last state of each story calls for
    last = {f"urn:{story}": which for story, which in steps}
    alike = [{uri for uri, which in last.items() if which in (0, 1, 2)}]
    if not any(last[uri] == 1 for uri in alike[0]):
        alike = [{uri for uri, which in last.items() if which == number} for number in (0, 2)]
    alike.append({uri for uri, which in last.items() if which == 3})
    assert sorted(map(sorted, straight.values())) == sorted(
        sorted(group) for group in alike if len(group) > 1
    )
