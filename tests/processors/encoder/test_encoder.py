import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.encoder.encoder import Encoder
from processors.encoder.speaker import DISTANCES
from processors.encoder.voices import NOBODY
from processors.encoder.windows import LONGEST

STORY = '"Kami siap," kata Budi.\nBudi datang. "Ini awal," katanya.'


def test_names_and_speech_come_with_their_places(encoder):
    reading = encoder.read(STORY)
    assert [STORY[one.start : one.end] for one in reading.entities] == ["Budi", "Budi"]
    assert [STORY[one.start : one.end] for one in reading.speech] == ["Kami siap,", "Ini awal,"]
    assert reading.end == len(STORY)


def test_whoever_is_named_may_have_said_it(encoder):
    reading = encoder.read(STORY)
    for heard in reading.speech:
        voice = reading.voices.of(heard.start, heard.end)
        assert {STORY[one.start : one.end] for one in voice.candidates} == {"Budi"}
        assert voice.nobody + sum(one.probability for one in voice.candidates) == pytest.approx(1, abs=1e-4)


def test_an_empty_text_needs_no_forward_pass(encoder, network):
    assert encoder.read(" \n ").entities == ()
    assert network.calls == []


def test_a_long_story_is_read_as_its_parts_would_be(encoder, network):
    text = "Pagi itu Budi tiba di kota.\n" * 100
    assert [one.start for one in encoder.read(text).entities] == [9 + 28 * line for line in range(100)]
    assert len(network.calls) > 3
    assert all(len(ids) <= LONGEST for ids in network.calls)


@pytest.mark.timeout(60)
def test_a_text_of_megabytes_is_read_up_to_a_limit(pieces, network):
    text = "Pagi itu Budi tiba di kota.\n" * 40_000
    reading = Encoder(network, pieces, [0.0] * DISTANCES, most_windows=5).read(text)
    assert len(network.calls) == 5
    assert 0 < reading.end < len(text)
    assert max(one.end for one in reading.entities) <= reading.end


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["Budi", "Budi,", "kata", '"', "\n", "xyz", "漢"]), max_size=700).map(" ".join)
)
def test_spans_are_whole_words_in_order_that_do_not_overlap(lasting_encoder, text):
    reading = lasting_encoder.read(text)
    for spans in (reading.entities, reading.speech, reading.cues, reading.sources):
        for one in spans:
            assert text[one.start : one.end].strip()
        assert all(one.end <= two.start for one, two in itertools.pairwise(spans))
    assert [text[one.start : one.end] for one in reading.entities] == ["Budi"] * text.count("Budi")


def test_any_stretch_may_be_asked_about(encoder):
    voices = encoder.read(STORY * 50).voices
    for start, end in ((0, 1), (700, 720), (0, len(STORY) * 50), (len(STORY) * 50 - 1, len(STORY) * 50)):
        voice = voices.of(start, end)
        assert voice.nobody + sum(one.probability for one in voice.candidates) == pytest.approx(1, abs=1e-3)


def test_nobody_speaks_behind_the_end_of_the_reading(pieces, network):
    text = "Pagi itu Budi tiba di kota.\n" * 400
    reading = Encoder(network, pieces, [0.0] * DISTANCES, most_windows=2).read(text)
    assert reading.voices.of(len(text) - 9, len(text)) == NOBODY
