from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from consumers.insights.trends.bursts import Burst
from consumers.insights.trends.records import MentionRecord
from consumers.insights.trends.tally import MOST_STORIES, Entry, Tally, later, peek

AT = 1_790_000_000


def mention(uri, offset, *, gone=False, at=AT):
    return MentionRecord(uri=uri, name="Ranu Sadewo", at=at, offset=offset, gone=gone, now=AT)


def heard(mentions):
    tally = Tally(partition=0)
    for each in mentions:
        tally.hear(each)
    return tally


# what one record says is one thing: the offset decides about `gone`, the story about `at`
mentions = st.builds(
    lambda story, offset: mention(f"urn:{story}", offset, gone=offset % 3 == 0, at=AT + story),
    st.integers(0, 5),
    st.integers(0, 20),
)


def test_two_events_of_one_story_are_one_story():
    assert heard([mention("urn:1", 1), mention("urn:1", 2), mention("urn:2", 1)]).times() == [AT, AT]


def test_a_story_that_is_gone_does_not_count():
    assert heard([mention("urn:1", 1), mention("urn:1", 2, gone=True)]).times() == []


@given(st.lists(mentions, max_size=30), st.randoms(use_true_random=False))
def test_order_and_repetition_of_mentions_make_no_difference(said, random):
    again = said + random.choices(said, k=len(said)) if said else []
    random.shuffle(again)
    assert heard(again).stories == heard(said).stories


@given(st.lists(mentions, max_size=30))
def test_what_counts_is_what_the_latest_record_of_each_story_says(said):
    latest = {}
    for each in said:
        if each.uri not in latest or each.offset >= latest[each.uri].offset:
            latest[each.uri] = each
    assert heard(said).times() == sorted(each.at for each in latest.values() if not each.gone)


@given(st.lists(mentions, max_size=20), st.sampled_from(Burst))
def test_a_tally_is_the_same_after_packing(said, burst):
    tally = heard(said)
    tally.burst, tally.judged, tally.since, tally.read = burst, AT, AT - 60, 2**40
    assert Tally.unpack(tally.pack()) == tally
    assert peek(tally.pack())[:2] == (0, burst)


def test_old_stories_are_forgotten():
    tally = heard([mention("urn:1", 1, at=AT - 10), mention("urn:2", 1, at=AT)])
    tally.forget(AT)
    assert tally.times() == [AT]
    assert peek(tally.pack())[2:] == (AT, AT)


def test_an_entity_that_is_in_every_story_still_fits_a_record_of_the_changelog():
    tally = Tally(partition=0, name="N" * 2_000)
    tally.stories = {story: Entry(AT + story, story, gone=False) for story in range(MOST_STORIES + 500)}
    tally.forget(0)
    assert min(tally.times()) == AT + 500
    assert len(tally.pack()) < 900_000


def test_of_two_tallies_the_one_that_has_read_more_is_the_later_one():
    less, more = Tally(partition=0, read=7).pack(), Tally(partition=0, read=8).pack()
    assert later(less, more) is more
    assert later(more, less) is more


def test_of_two_tallies_that_have_read_the_same_the_last_one_counts():
    one, other = Tally(partition=0, read=7).pack(), Tally(partition=0, read=7, judged=AT).pack()
    assert later(one, other) is other
