"""The made-up stories are what the product reads, and no two runs differ."""

import statistics

import pytest

from bench import stories
from processors import intake
from processors.records import State


def read(document):
    (article,) = intake.read(
        stories.encode(document), content_type=stories.CONTENT_TYPE, key=b"k", max_bytes=100_000
    )
    return article


@pytest.mark.parametrize("number", range(20))
def test_a_story_is_a_ninjs_document_that_intake_reads_whole(number):
    document = stories.ninjs(number, 3)
    article = read(document)
    assert (article.uri, article.version, article.state) == (stories.uri(number), 3, State.USABLE)
    assert article.body == document["bodies"][0]["value"]
    assert article.source.endswith(".example")
    assert article.language == "id"


def test_a_kill_is_one_that_intake_reads():
    article = read(stories.kill(5, 2))
    assert (article.uri, article.version, article.state) == (stories.uri(5), 2, State.CANCELED)


def test_stories_follow_from_number_version_and_seed():
    assert stories.ninjs(1) == stories.ninjs(1)
    made = [stories.ninjs(1), stories.ninjs(2), stories.ninjs(1, 2), stories.ninjs(1, seed=1)]
    assert len({document["bodies"][0]["value"] for document in made}) == 4


def test_no_slot_is_left_unfilled_and_stories_have_about_3_kb():
    bodies = [stories.ninjs(number)["bodies"][0]["value"] for number in range(300)]
    assert not any("{" in body for body in bodies)
    assert 2_500 < statistics.mean(map(len, bodies)) < 3_500
    assert min(map(len, bodies)) < 1_500
    assert max(map(len, bodies)) > 4_000
