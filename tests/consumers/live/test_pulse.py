from __future__ import annotations

from aiokafka import ConsumerRecord

from consumers.lanes.deadletter import PREFIX
from consumers.live.pulse import DAY_MS, Letters, Pulse


class Clock:
    def __init__(self, now=1_000_000.0):
        self.now = now

    def __call__(self):
        return self.now


def test_rate_and_freshness_are_of_the_last_minute():
    clock = Clock()
    pulse = Pulse(clock)
    for _ in range(120):
        clock.now += 1
        pulse.story(int((clock.now - 0.5) * 1_000), new=True)
    told = pulse.told()
    assert told == {"rate": 1.0, "freshness": 0.5, "newest": 0.5}
    clock.now += 61
    assert pulse.told() == {"rate": 0.0, "freshness": None, "newest": 61.5}


def test_what_was_there_before_is_no_rate_but_tells_how_old_the_newest_is():
    clock = Clock()
    pulse = Pulse(clock)
    assert pulse.told() == {"rate": 0.0, "freshness": None, "newest": None}
    pulse.story(int((clock.now - 90) * 1_000), new=False)
    assert pulse.told() == {"rate": 0.0, "freshness": None, "newest": 90.0}


def test_a_clock_that_lags_behind_makes_no_story_younger_than_now():
    clock = Clock()
    pulse = Pulse(clock)
    pulse.story(int((clock.now + 5) * 1_000), new=True)
    assert (pulse.told()["freshness"], pulse.told()["newest"]) == (0.0, 0.0)


def record(offset, timestamp, headers):
    return ConsumerRecord("news.dlq", 0, offset, timestamp, 0, None, b"", None, 0, 0, headers)


def letter(offset, timestamp):
    names = {"reason": "malformed", "stage": "intake", "error": "x", "topic": "news.raw"}
    numbers = dict.fromkeys(("partition", "offset", "timestamp"), "0")
    return record(
        offset, timestamp, [(PREFIX + name, value.encode()) for name, value in (names | numbers).items()]
    )


def test_letters_wait_until_they_go_back_or_a_day_has_passed():
    clock = Clock()
    now = int(clock.now * 1_000)
    letters = Letters(clock)
    letters.take(letter(1, now - DAY_MS - 1))
    letters.take(letter(2, now - 5))
    letters.take(letter(4, now))
    assert letters.count() == 2
    letters.take(record(6, now, [(PREFIX + "redriven", b"4")]))
    assert letters.count() == 1
    letters.take(record(7, now, [("x", b"y")]))
    assert letters.count() == 1
