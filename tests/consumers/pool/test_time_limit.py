"""A story over its time limit pays alone, and one that only had to wait does not."""

from __future__ import annotations

import asyncio
import time

import pytest

from processors.errors import (
    StoryError,
    StoryTimeout,
)
from tests.consumers.pool.acts import LIMIT_S, gone, tell, until


@pytest.mark.parametrize("hang", ["sleep 60", "regex"])
async def test_a_story_over_its_time_limit_pays_alone(start, watch, hang):
    pool = await start(size=2, story_timeout_s=LIMIT_S)
    results = await tell(pool, "say a", hang, *(f"say {n}" for n in range(8)))
    late = results.pop(1)
    assert (type(late), late.stage, late.uri) == (StoryTimeout, "pool", f"urn:{hang}")
    assert results == ["a", *"01234567"]
    assert watch.ended == ["timeout"]
    await until(lambda: pool.alive == 2)
    assert await tell(pool, "say on") == ["on"]


async def test_a_process_over_its_time_limit_is_killed(start, tmp_path):
    pool = await start(story_timeout_s=LIMIT_S)
    (late,) = await tell(pool, f"say_and_hang {tmp_path / 'pids'}")
    assert type(late) is StoryTimeout
    await until(lambda: gone(int((tmp_path / "pids").read_text().split()[0])))


async def test_each_story_has_the_whole_limit_to_itself(start):
    pool = await start(story_timeout_s=LIMIT_S)
    pids = await tell(pool, *["sleep 0.5"] * 5)
    assert len(set(pids)) == 1
    assert pool.restarts == 0


async def test_a_consumer_that_was_frozen_does_not_make_its_stories_pay(start):
    pool = await start(story_timeout_s=LIMIT_S)
    work = asyncio.ensure_future(tell(pool, "say a", "sleep 0.3", "say b"))
    await asyncio.sleep(0.1)
    time.sleep(LIMIT_S + 1)  # noqa: ASYNC251 - the whole event loop stands still
    a, slept, b = await work
    assert (a, b) == ("a", "b")
    assert not isinstance(slept, StoryError)
    assert pool.restarts == 0


async def test_a_frozen_consumer_still_finds_a_story_that_hangs(start):
    pool = await start(story_timeout_s=LIMIT_S)
    work = asyncio.ensure_future(tell(pool, "sleep 60", "say b"))
    await asyncio.sleep(0.1)
    time.sleep(LIMIT_S + 1)  # noqa: ASYNC251 - as above
    late, b = await work
    assert (type(late), b) == (StoryTimeout, "b")
