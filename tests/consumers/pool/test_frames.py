"""Frames and what travels in them."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.pool.frames import (
    Facts,
    Frame,
    Kind,
    Unpacker,
    pack,
    pack_article,
    pack_done,
    pack_failed,
    read_article,
    read_result,
)
from processors import errors
from processors.records import (
    Article,
    ArticleRecord,
    Enriched,
    Enrichment,
    EntitiesRecord,
    Model,
    QuotesRecord,
    State,
)

ANY_TEXT = st.text(st.characters())  # lone surrogates too
ARTICLES = st.builds(
    Article,
    uri=ANY_TEXT,
    body=ANY_TEXT,
    body_type=st.sampled_from(["text", "html"]),
    title=st.none() | ANY_TEXT,
    version=st.none() | st.integers(),
    published=st.none() | st.datetimes(),
    state=st.sampled_from(State),
    carried=st.dictionaries(st.text(), st.none() | st.integers() | st.lists(st.text())),
)
FRAMES = st.builds(
    Frame,
    number=st.integers(0, 2**64 - 1),
    kind=st.sampled_from(Kind),
    parts=st.lists(st.binary(min_size=1, max_size=50), max_size=4).map(tuple),
)


def only(data):
    (frame,) = Unpacker().feed(data)
    return frame


@given(st.lists(FRAMES, max_size=5), st.data())
def test_frames_come_out_as_they_went_in_however_the_stream_is_cut(frames, data):
    stream = b"".join(pack(frame.number, frame.kind, *frame.parts) for frame in frames)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)))))
    unpacker, out = Unpacker(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        out += unpacker.feed(stream[start:end])
    assert out == frames


def test_a_frame_is_given_out_as_soon_as_it_is_whole():
    stream, unpacker = pack(1, Kind.STORY, b"one") + pack(2, Kind.STORY, b"two"), Unpacker()
    assert [frame.number for frame in unpacker.feed(stream[:-1])] == [1]
    assert [frame.number for frame in unpacker.feed(stream[-1:])] == [2]


@given(ARTICLES, st.integers(1, 2**63))
def test_a_story_arrives_as_it_was_sent(article, number):
    frame = only(pack_article(number, article))
    assert (frame.number, frame.kind) == (number, Kind.STORY)
    assert read_article(frame.parts[0]) == article


@pytest.mark.parametrize(
    "kind", [errors.EmptyPayload, errors.Invalid, errors.ProcessorFailed, errors.StoryMemory]
)
@given(message=ANY_TEXT, uri=st.none() | ANY_TEXT)
def test_an_error_arrives_as_it_was_raised_but_for_what_utf8_cannot_hold(kind, message, uri):
    error = read_result(only(pack_failed(7, kind(message, stage="quotes", uri=uri))))
    assert (type(error), error.stage) == (kind, "quotes")
    for sent, came in ((message, str(error)), (uri, error.uri)):
        assert came == (sent and sent.encode("utf-8", "replace").decode())


def test_an_error_of_the_chains_own_arrives_as_the_one_it_derives_from():
    class Odd(errors.Malformed):
        pass

    class Odder(Odd):
        pass

    assert type(read_result(only(pack_failed(1, Odder("x"))))) is errors.Malformed


def test_records_arrive_as_json_and_are_not_read_on_the_way():
    of = {
        "uri": "urn:1",
        "version": "1",
        "state": State.USABLE,
        "source": "contoh.id",
        "language": None,
        "model": Model(name="m", version="1"),
    }
    enriched = Enriched(
        article=ArticleRecord(article={"uri": "urn:1"}, enrichment=Enrichment(**of, text="Panen raya")),
        entities=EntitiesRecord(**of),
        quotes=QuotesRecord(**of),
    )
    frame = only(pack_done(3, enriched, seconds=0.5, cpu_seconds=0.25, stages={"clean": 0.125}))
    published = read_result(frame)
    records = (enriched.article, enriched.entities, enriched.quotes)
    assert (published.article, published.entities, published.quotes) == tuple(map(orjson.dumps, records))
    assert published.article is frame.parts[0]
    assert published.facts == Facts(
        seconds=0.5,
        cpu_seconds=0.25,
        stages={"clean": 0.125},
        entities={},
        quotes={},
        language=None,
        source="contoh.id",
        kept=10,
        removed=0,
        model=("m", "1"),
    )
