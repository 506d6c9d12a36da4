"""Whatever stories, or others, do to a pool's processes, each story has one outcome of its own."""

from __future__ import annotations

import asyncio
import os
import random
import signal

import pytest

from processors.errors import (
    Invalid,
    ProcessorFailed,
    StoryCrash,
    StoryError,
    StoryMemory,
    StoryTimeout,
)
from tests.consumers.pool.acts import LIMIT_S, tell, until


@pytest.mark.parametrize("death", ["exit 0", "exit 7", "die SIGSEGV", "die SIGKILL", "raise_exit"])
async def test_a_story_that_kills_its_process_twice_pays_alone(start, watch, death):
    pool = await start(size=2)
    results = await tell(pool, "say a", death, *(f"say {n}" for n in range(30)))
    crash = results.pop(1)
    assert (type(crash), crash.stage, crash.uri) == (StoryCrash, "pool", f"urn:{death}")
    assert results == ["a", *map(str, range(30))]
    assert watch.ended == ["crash", "crash"]


async def test_a_story_whose_process_died_by_accident_is_done_again(start, tmp_path):
    pool = await start()
    assert await tell(pool, "say a", f"die_once {tmp_path / 'met'}", "say b") == ["a", "survived", "b"]
    assert pool.restarts == 1


async def test_stories_outlive_a_kill_from_outside(start):
    pool = await start(story_timeout_s=5)
    (text,) = await tell(pool, "pid")
    work = asyncio.ensure_future(tell(pool, "sleep 0.2", "say b"))
    await asyncio.sleep(0.1)
    os.kill(int(text.split()[0]), signal.SIGKILL)
    slept, b = await work
    assert slept != text.split()[0]
    assert b == "b"


async def test_an_idle_process_that_is_killed_is_replaced(start):
    pool = await start()
    (text,) = await tell(pool, "pid")
    os.kill(int(text.split()[0]), signal.SIGKILL)
    await until(lambda: pool.restarts == 1 and pool.alive == 1)
    assert await tell(pool, "say a") == ["a"]


async def test_stories_outlive_the_loss_of_the_nursery(start, watch):
    pool = await start(size=2, story_timeout_s=5)
    (text,) = await tell(pool, "pid")
    work = asyncio.ensure_future(tell(pool, *["sleep 0.1"] * 4, "say b"))
    await asyncio.sleep(0.05)
    os.kill(int(text.split()[1]), signal.SIGKILL)
    results = await work
    assert results[-1] == "b"
    assert not [result for result in results if isinstance(result, StoryError)]
    assert watch.ended == ["nursery"] * 2
    assert len(watch.loaded) == 2


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_stories_do_each_gets_its_own_outcome(start, seed):
    pool = await start(size=2, story_timeout_s=LIMIT_S)
    expected = {
        "say a": "a",
        "sleep 30": StoryTimeout,
        "exit 3": StoryCrash,
        "die SIGKILL": StoryCrash,
        "hog": StoryMemory,
        "bug b": ProcessorFailed,
        "story_error c": Invalid,
    }
    rng = random.Random(seed)
    bodies = [
        *expected,
        *["say a"] * 60,
        *rng.choices([verb for verb in expected if "sleep" not in verb], k=9),
    ]
    rng.shuffle(bodies)
    outcomes = [
        result if isinstance(result, str) else type(result)
        for call in await asyncio.gather(
            *(tell(pool, *bodies[at : at + 20]) for at in range(0, len(bodies), 20))
        )
        for result in call
    ]
    assert outcomes == [expected[body] for body in bodies]
