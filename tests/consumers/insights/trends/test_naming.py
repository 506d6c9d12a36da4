from __future__ import annotations

import orjson
import pytest

from consumers.insights.naming import NotARecord
from consumers.insights.trends.naming import parse
from consumers.insights.trends.records import key_of
from processors.records import EntitiesRecord, Entity, Label, Model, Span, State

RANU = "PERSON ranu sadewo"


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


def test_only_people_organisations_places_and_events_count():
    record = value(
        entity(Label.PERSON, "Ranu Sadewo"), entity(Label.DATE, "Senin"), entity(Label.GPE, "Tambakwangi")
    )
    assert parse(record).names == {RANU: "Ranu Sadewo", "GPE tambakwangi": "Tambakwangi"}


def test_one_entity_has_one_key_whatever_its_case_and_spaces():
    assert key_of(Label.PERSON, "RANU  Sadewo") == key_of(Label.PERSON, "Ranu Sadewo") == RANU


@pytest.mark.parametrize("state", [State.CANCELED, State.WITHHELD])
def test_a_story_that_is_not_usable_names_nobody(state):
    assert parse(value(entity(Label.PERSON, "Ranu Sadewo"), state=state)).names == {}


@pytest.mark.parametrize(
    "broken", [None, b"", b"{", b"[]", b"null", b'{"state":"usable"}', b'{"state":"usable","entities":[1]}']
)
def test_what_is_no_record_of_entities_is_refused_without_telling_its_text(broken):
    with pytest.raises(NotARecord, match=r"^no record of entities: [A-Za-z]+$"):
        parse(broken)
