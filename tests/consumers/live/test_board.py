from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from consumers.live.board import Board


def board(stories=3, max_bytes=1_000_000):
    return Board({"story": stories, "trend": 2}, max_bytes=max_bytes)


def keys(news):
    return [event.frame.partition(b"data: ")[2].strip().decode() for event in news.events]


def put(to, *names):
    for name in names:
        to.put("story", name, name.encode())


def test_the_oldest_stories_make_room():
    made = board()
    put(made, "a", "b", "c", "d")
    assert keys(made.since(None)) == ["b", "c", "d"]
    assert made.count("story") == 3


def test_a_new_version_takes_the_place_of_the_old_one_and_is_the_newest():
    made = board()
    put(made, "a", "b")
    made.put("story", "a", b"a2")
    assert keys(made.since(None)) == ["b", "a2"]


def test_large_stories_make_room_earlier_but_the_newest_always_stays():
    made = board(stories=100, max_bytes=1_000)
    for name in "abc":
        made.put("story", name, name.encode() * 450)
    assert made.count("story") == 2
    made.put("story", "huge", b"h" * 5_000)
    assert keys(made.since(None)) == ["h" * 5_000]


def test_a_reader_gets_what_came_since_stories_and_trends_in_one_order():
    made = board()
    put(made, "a")
    made.put("trend", "t", b"t")
    put(made, "b")
    news = made.since(1)
    assert not news.afresh
    assert keys(news) == ["t", "b"]
    assert keys(made.since(3)) == []


def test_a_reader_that_missed_what_is_forgotten_starts_afresh():
    made = board(stories=2)
    put(made, "a", "b", "c")  # a, number 1, is forgotten
    assert made.since(0).afresh
    assert not made.since(1).afresh


def test_an_id_of_another_process_or_none_at_all_is_no_place():
    made = board()
    put(made, "a")
    ((event),) = made.since(None).events
    told = event.frame.split(b"\n")[0].removeprefix(b"id: ").decode()
    assert made.place(told) == 1
    other = board()
    put(other, "a")
    for wrong in ("", "1", told.replace("-1", "-2"), told.replace("-1", "-x"), told + "9" * 40):
        assert made.place(wrong) is None
    assert other.place(told) is None


async def test_a_waiting_reader_is_woken_by_what_comes():
    made = board()
    waiting = [asyncio.create_task(made.beyond(0)) for _ in range(3)]
    await asyncio.sleep(0)
    put(made, "a")
    await asyncio.wait_for(asyncio.gather(*waiting), 10)


@given(
    puts=st.lists(st.tuples(st.sampled_from("abcdefgh"), st.booleans()), max_size=40),
    limit=st.integers(1, 5),
)
def test_who_reads_now_and_then_shows_in_the_end_what_stands_on_the_board(puts, limit):
    made, shown, place = board(stories=limit), {}, None
    for number, (key, reads) in enumerate([*puts, ("a", True)]):
        put_as = f"{key}{number}"
        made.put("story", key, put_as.encode())
        if not reads:
            continue
        news = made.since(place)
        if news.afresh:
            shown.clear()
        for told in keys(news):
            shown[told[0]] = told
        place = news.events[-1].number if news.events else place
    standing = keys(made.since(None))
    # a reader may go on to show what merely grew old, never what was replaced or killed meanwhile
    newest = {key: f"{key}{number}" for number, (key, _) in enumerate([*puts, ("a", True)])}
    assert set(standing) <= set(shown.values())
    assert all(newest[key] == told for key, told in shown.items())
