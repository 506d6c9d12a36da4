from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from consumers.insights.naming import Naming, Story, later, peek, updated

AT = 1_790_000_000
RANU = "PERSON ranu sadewo"
TIRTA = "ORG bank tirta"


def naming(*keys):
    return Naming("urn:warta:1", {key: key for key in keys})


def said(story):
    return {named.key: (named.at, named.gone) for named in story.all()}


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
