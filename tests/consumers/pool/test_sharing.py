"""How a pool's processes come to be, what they share, and how stories are dealt out to them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from tests.consumers.pool.acts import tell, until


async def test_the_chain_is_loaded_once_and_never_in_the_consumer(start, watch):
    pool = await start(size=2)
    await until(lambda: pool.alive == 2)
    pids, parents, loaders = zip(*(text.split() for text in await tell(pool, "pid", "pid")), strict=True)
    assert len(set(pids)) == 2
    assert set(parents) == set(loaders)
    assert len(set(loaders)) == 1
    assert "misbehaving" not in sys.modules
    assert (len(watch.loaded), len(watch.started), watch.ended) == (1, 2, [])


async def test_starting_does_not_wait_for_the_models(make_pool, loads):
    pool = make_pool("slow_to_load")
    await pool.start()
    waiting = asyncio.ensure_future(tell(pool, "say a"))
    await asyncio.sleep(0)
    assert (pool.alive, pool.queued) == (0, 1)
    loads()
    assert await waiting == ["a"]


async def test_the_state_of_the_pool_can_be_read(start):
    pool = await start(size=2)
    await until(lambda: pool.alive == 2)
    assert (pool.size, pool.alive, pool.busy, pool.queued, pool.restarts) == (2, 2, 0, 0, 0)
    work = asyncio.ensure_future(tell(pool, *["sleep 0.1"] * 40))
    await asyncio.sleep(0)
    assert (pool.busy, pool.queued) == (2, 40 - 2 * 16)
    work.cancel()


async def test_slow_stories_do_not_pile_up_before_one_process(start):
    pool = await start()
    await tell(pool, *["sleep 0.03"] * 12)
    work = asyncio.ensure_future(tell(pool, *["sleep 0.03"] * 12))
    await asyncio.sleep(0)
    assert pool.queued >= 8
    await work


async def test_stories_go_to_the_process_with_the_least_to_do(start):
    pool = await start(size=2, story_timeout_s=5)
    await until(lambda: pool.alive == 2)
    slow = asyncio.ensure_future(tell(pool, "sleep 0.5"))
    await asyncio.sleep(0)
    quick = [(await tell(pool, "sleep 0"))[0] for _ in range(4)]
    assert not slow.done()
    assert (await slow)[0] not in quick


async def test_the_models_stay_shared_and_each_process_computes_with_one_thread(start):
    pool = await start()
    frozen, threads = await tell(pool, "frozen", "threads")
    assert int(frozen) > 1_000
    assert threads == "1 1 1 1"


async def test_what_must_not_be_forked_is_started_in_each_process(start):
    pool = await start("Threaded", size=2)
    assert await tell(pool, *(f"say {n}" for n in range(4))) == [f"{n} True" for n in range(4)]


async def test_pools_with_different_chains_live_side_by_side(start):
    one, other = await start("Obedient"), await start("Threaded")
    assert await tell(one, "say a") == ["a"]
    assert await tell(other, "say a") == ["a True"]


async def test_interrupts_from_the_terminal_or_systemd_do_not_reach_a_story(start):
    pool = await start(story_timeout_s=5)
    (text,) = await tell(pool, "pid")
    pids = [int(pid) for pid in text.split()[:2]]
    work = asyncio.ensure_future(tell(pool, "sleep 0.2"))
    await asyncio.sleep(0.05)
    for pid in pids:
        os.kill(pid, signal.SIGINT)
        os.kill(pid, signal.SIGTERM)
    assert await work == [text.split()[0]]
