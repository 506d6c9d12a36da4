"""The demo's stories are what their manifest says, by the eyes of intake and of the ledger."""

from collections import Counter
from importlib import resources

import pytest

from consumers.demo import stories
from consumers.lanes.triage import Outcome
from processors import intake
from processors.errors import REASONS, StoryError
from processors.records import State

RAWS = stories.load()


def read(raw):
    return intake.read(
        raw.payload.value, content_type=raw.payload.content_type, key=raw.payload.where.encode()
    )


def name(raw):
    return raw.payload.where


@pytest.mark.parametrize("raw", [raw for raw in RAWS if raw.stories[0].outcome is not Outcome.DEAD], ids=name)
def test_a_payload_holds_the_stories_that_the_manifest_names(raw):
    assert [article.uri for article in read(raw)] == [story.uri for story in raw.stories]


@pytest.mark.parametrize("raw", [raw for raw in RAWS if raw.stories[0].outcome is Outcome.DEAD], ids=name)
def test_a_payload_that_is_to_die_dies_for_the_reason_in_the_manifest(raw):
    (story,) = raw.stories
    assert story.reason in REASONS
    with pytest.raises(StoryError) as caught:
        read(raw)
    assert caught.value.reason == story.reason


def test_every_outcome_is_there_once_at_least():
    assert set(stories.outcomes(RAWS)) == set(Outcome)
    assert stories.outcomes(RAWS)[Outcome.ENRICHED] >= 30


def test_every_file_is_in_the_manifest_and_every_entry_has_its_file():
    folder = resources.files("consumers.demo").joinpath("stories")
    files = {entry.name for entry in folder.iterdir()} - {"manifest.yaml"}
    assert files == {raw.payload.where for raw in RAWS}


def test_the_formats_of_the_trade_are_there():
    kinds = Counter(raw.payload.content_type for raw in RAWS)
    assert set(kinds) >= {
        "application/ninjs+json",
        "application/vnd.iptc.g2.newsitem+xml",
        "application/nitf+xml",
        "application/rss+xml",
        "application/json",
        "text/html",
        "text/plain",
    }


def test_what_is_withheld_is_withheld_by_the_desk_or_by_an_embargo_that_is_not_over():
    for raw in RAWS:
        for article, story in zip(read(raw) if raw.stories[0].uri else (), raw.stories, strict=False):
            held = article.state is State.WITHHELD or article.embargoed is not None
            assert held == (story.outcome is Outcome.WITHHELD)


def test_a_kill_withdraws_a_story_that_went_out_before():
    killed = {story.uri for raw in RAWS if raw.kills for story in raw.stories}
    before = {story.uri for raw in RAWS if not raw.kills for story in raw.stories}
    assert killed
    assert killed <= before


def test_the_last_published_state_is_the_one_that_must_stand():
    wanted = stories.states(RAWS)
    killed = next(story.uri for raw in RAWS if raw.kills for story in raw.stories)
    assert wanted[killed] is State.CANCELED
    assert Counter(wanted.values()) == {State.USABLE: len(wanted) - 3, State.WITHHELD: 2, State.CANCELED: 1}


def test_both_languages_speak():
    languages = Counter(
        article.language for raw in RAWS if raw.stories[0].uri for article in read(raw) if article.language
    )
    assert languages["id"] >= 20
    assert languages["en"] >= 5


def test_some_stories_are_shown_and_all_of_those_are_enriched():
    shown = [raw for raw in RAWS if raw.show]
    assert 4 <= len(shown) <= 8
    assert all(story.outcome is Outcome.ENRICHED for raw in shown for story in raw.stories)
