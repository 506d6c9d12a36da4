"""The audit finds what it is there to find."""

from dataclasses import dataclass, field

import pytest

from bench import stories
from bench.audit import (
    Findings,
    Published,
    check_dead_letters,
    check_together,
    check_topic,
    expect,
    published,
)


@dataclass
class Record:
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]] = field(default_factory=list)


def raw(*documents, partition=0):
    return [
        Record(partition, offset, document["uri"].encode(), stories.encode(document))
        for offset, document in enumerate(documents)
    ]


def seen(*versions, number=1, partition=0, state="usable"):
    return [(partition, Published(stories.uri(number), str(version), state)) for version in versions]


def findings_for(expected, got):
    findings = Findings()
    check_topic("news.quotes", expected, got, findings)
    return dict(findings.counts)


TWO = expect(raw(stories.ninjs(1, 1), stories.ninjs(1, 2), stories.ninjs(1, 2), stories.ninjs(1, 1)))
KILLED = expect(raw(stories.ninjs(1, 1), stories.ninjs(1, 2), stories.kill(1, 3)))


def test_newer_versions_are_expected_and_duplicates_and_stale_ones_are_not():
    assert [story.version for story in TWO.stories[stories.uri(1)]] == ["1", "2"]
    assert (TWO.records, TWO.published) == (4, 2)


@pytest.mark.parametrize(
    ("got", "kinds"),
    [
        (seen(1, 2), {}),
        (seen(1), {"lost": 1}),
        ([], {"lost": 2}),
        (seen(1, 2, 2), {"published twice": 1}),
        (seen(2, 1), {"out of order": 1}),
        (seen(1, 2, 3), {"not called for": 1}),
        (seen(1, 2) + seen(1, number=7), {"not called for": 1}),
        (seen(1) + seen(2, partition=4), {"on the wrong partition": 1}),
        (seen(1) + seen(2, state="withheld"), {"not called for": 1, "lost": 1}),
    ],
)
def test_each_violation_is_named(got, kinds):
    assert findings_for(TWO, got) == kinds


@pytest.mark.parametrize("before", [(), (1,), (2,), (1, 2)])
def test_a_kill_may_overtake_what_arrived_before_it(before):
    assert findings_for(KILLED, seen(*before) + seen(3, state="canceled")) == {}


def test_a_kill_that_is_lost_or_brought_back_to_life_is_found():
    assert findings_for(KILLED, seen(1, 2)) == {"lost": 1}
    assert findings_for(KILLED, seen(3, state="canceled") + seen(2)) == {"out of order": 1}


def test_topics_that_do_not_tell_the_same_are_found():
    findings = Findings()
    check_together({"a": seen(1, 2), "b": seen(1, 2), "c": seen(2, 1)}, findings)
    assert findings.examples["topics disagree"] == ["a and c, partition 0"]


@pytest.mark.parametrize(
    ("letters", "kinds"),
    [
        ([Record(2, 0, b"bad-1", b"\xff", [("a", b"b"), ("kawat-dlq-reason", b"malformed")])], {}),
        ([], {"dead letter lost or altered": 1}),
        (
            [Record(2, 0, b"bad-1", b"\xfe", [("a", b"b")])],
            {"dead letter lost or altered": 1, "dead letter too many or altered": 1},
        ),
        (
            [Record(2, n, b"bad-1", b"\xff", [("a", b"b")]) for n in (0, 1)],
            {"dead letter too many or altered": 1},
        ),
        (
            [Record(2, 0, b"bad-1", b"\xff")],
            {"dead letter lost or altered": 1, "dead letter too many or altered": 1},
        ),
    ],
)
def test_dead_letters_are_compared_byte_for_byte(letters, kinds):
    expected = expect([Record(2, 9, b"bad-1", b"\xff", [("a", b"b")])])
    findings = Findings()
    assert check_dead_letters(expected, letters, findings) == len(letters)
    assert dict(findings.counts) == kinds


def test_stories_are_read_from_all_three_shapes_of_value():
    told = b'"uri":"u","version":"3","state":"usable"'
    records = [
        Record(1, 0, b"u", b'{"article":{},"enrichment":{%b}}' % told),
        Record(1, 1, b"u", b"{%b}" % told),
    ]
    assert published(records) == [(1, Published("u", "3", "usable"))] * 2


def test_a_key_that_is_not_the_uri_is_an_error():
    with pytest.raises(ValueError, match="offset 5"):
        published([Record(0, 5, b"other", b'{"uri":"u","version":"3","state":"usable"}')])
