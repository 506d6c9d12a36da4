from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.insights.trends.naming import Naming, NotEntities, Story, later, peek, updated
from consumers.insights.trends.records import key_of
from processors.records import EntitiesRecord, Entity, Label, Model, Span, State

AT = 1_790_000_000
RANU = "PERSON ranu sadewo"
TIRTA = "ORG bank tirta"


def entity(label, name):
    return Entity(
        id="e1", label=label, name=name, mentions=(Span(start=0, end=len(name), text=name),), salience=0.5
    )


def value(*entities, state=State.USABLE):
    record = EntitiesRecord(
        uri="urn:warta:1",
        version="1",
        state=state,
        source="warta.example",
        language="id",
        model=Model(name="m", version="1"),
        entities=entities,
    )
    return orjson.dumps(record)


def naming(*keys):
    return Naming("urn:warta:1", {key: key for key in keys})


def said(story):
    return {key: (mention.at, mention.gone) for key, mention in story.mentions("urn:warta:1", AT)}


def test_only_people_organisations_places_and_events_count():
    record = value(
        entity(Label.PERSON, "Ranu Sadewo"), entity(Label.DATE, "Senin"), entity(Label.GPE, "Tambakwangi")
    )
    assert Naming.parse(record).names == {RANU: "Ranu Sadewo", "GPE tambakwangi": "Tambakwangi"}


def test_one_entity_has_one_key_whatever_its_case_and_spaces():
    assert key_of(Label.PERSON, "RANU  Sadewo") == key_of(Label.PERSON, "Ranu Sadewo") == RANU


@pytest.mark.parametrize("state", [State.CANCELED, State.WITHHELD])
def test_a_story_that_is_not_usable_names_nobody(state):
    assert Naming.parse(value(entity(Label.PERSON, "Ranu Sadewo"), state=state)).names == {}


@pytest.mark.parametrize(
    "broken", [None, b"", b"{", b"[]", b"null", b'{"state":"usable"}', b'{"state":"usable","entities":[1]}']
)
def test_what_is_no_record_of_entities_is_refused_without_telling_its_text(broken):
    with pytest.raises(NotEntities, match=r"^no record of entities: [A-Za-z]+$"):
        Naming.parse(broken)


def test_a_new_version_replaces_the_names_of_the_old_one():
    first = updated(None, naming(RANU), partition=0, offset=5, at=AT)
    second = updated(first, naming(TIRTA), partition=0, offset=9, at=AT + 60)
    assert said(second) == {RANU: (AT, True), TIRTA: (AT + 60, False)}


def test_a_name_counts_from_the_first_version_that_had_it():
    first = updated(None, naming(RANU), partition=0, offset=5, at=AT)
    second = updated(first, naming(RANU), partition=0, offset=9, at=AT + 600)
    assert said(second) == {RANU: (AT, False)}


def test_a_kill_takes_every_name_back():
    first = updated(None, naming(RANU, TIRTA), partition=0, offset=5, at=AT)
    assert {gone for _, gone in said(updated(first, naming(), partition=0, offset=9, at=AT)).values()} == {
        True
    }


def test_an_old_record_that_comes_again_after_a_kill_brings_nothing_back():
    first = updated(None, naming(RANU), partition=0, offset=5, at=AT)
    killed = updated(first, naming(), partition=0, offset=9, at=AT)
    assert updated(killed, naming(RANU), partition=0, offset=5, at=AT) is killed


@given(
    st.lists(st.sets(st.sampled_from([RANU, TIRTA, "GPE x", "EVENT y"])), min_size=1, max_size=6), st.data()
)
def test_whatever_is_redelivered_the_story_ends_as_its_log_says(versions, data):
    def read(story, first):
        for offset in range(first, len(versions)):
            story = updated(story, naming(*versions[offset]), partition=0, offset=offset, at=AT + offset)
        return story

    straight = read(None, 0)
    again = read(straight, data.draw(st.integers(0, len(versions) - 1)))
    assert said(again) == said(straight)
    assert {key for key, (_, gone) in said(straight).items() if not gone} == versions[-1]


def test_a_story_is_the_same_after_packing():
    story = updated(None, naming(RANU, TIRTA), partition=3, offset=2**40, at=AT)
    assert Story.unpack(story.pack()) == story
    assert peek(story.pack()) == (3, AT)


def test_of_two_states_of_a_story_that_of_the_later_record_is_the_later_one():
    less, more = Story(0, AT + 9, 7, {}).pack(), Story(0, AT, 8, {}).pack()
    assert later(less, more) is more
    assert later(more, less) is more
    again = Story(0, AT + 1, 8, {}).pack()
    assert later(more, again) is again
