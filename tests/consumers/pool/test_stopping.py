"""Work that is dropped, and a pool that ends: nothing is left behind."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import psutil
import pytest

from consumers.pool.keeper import PoolFailed
from tests.consumers.pool.acts import CHAINS, LIMIT_S, gone, story, tell, until


async def test_cancelled_work_is_dropped(start):
    pool = await start(story_timeout_s=5)
    work = asyncio.ensure_future(tell(pool, *["sleep 0.2"] * 600))  # two minutes
    other = asyncio.ensure_future(tell(pool, "say other"))
    await asyncio.sleep(0.12)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    async with asyncio.timeout(60):
        assert await other == ["other"]
    assert (pool.queued, len(pool._batches)) == (0, 0)
    await until(lambda: pool.busy == 0)
    assert await tell(pool, "say a") == ["a"]


async def test_cancelled_work_that_hangs_or_crashes_leaves_the_pool_whole(start):
    pool = await start(size=2, story_timeout_s=LIMIT_S)
    for fatal in ("sleep 60", "exit 3"):
        work = asyncio.ensure_future(tell(pool, fatal, "say a"))
        await asyncio.sleep(0)
        work.cancel()
    assert await tell(pool, *(f"say {n}" for n in range(20))) == [f"{n}" for n in range(20)]
    await until(lambda: pool.busy == 0 and pool.alive == 2)
    assert pool.queued == 0


async def test_stopping_lets_work_in_hand_finish(start):
    pool = await start(story_timeout_s=5)
    work = asyncio.ensure_future(tell(pool, "sleep 0.1", "say b"))
    await asyncio.sleep(0)
    await pool.stop()
    assert (await work)[1] == "b"
    assert (pool.alive, pool.busy, pool.queued, pool.restarts) == (0, 0, 0, 0)


async def test_stopping_does_not_wait_for_a_story_that_hangs(start):
    pool = await start(story_timeout_s=600)
    work = asyncio.ensure_future(tell(pool, "sleep 600", "say b"))
    await until(lambda: pool.busy == 1)
    async with asyncio.timeout(60):
        await pool.stop(grace_s=0.1)
    with pytest.raises(PoolFailed, match="stopped"):
        await work
    with pytest.raises(PoolFailed, match="stopped"):
        await pool.enrich([story("say a")])


@pytest.mark.usefixtures("loads")
async def test_a_pool_can_be_stopped_before_and_while_it_starts(make_pool):
    await make_pool().stop()
    pool = make_pool("slow_to_load")
    await pool.start()
    await pool.stop()
    with pytest.raises(PoolFailed, match="stopped"):
        await pool.ready()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help against orphans is Linux's")
async def test_no_process_outlives_a_consumer_that_is_killed(tmp_path):
    script = f"""
import asyncio, sys
sys.path.insert(0, {str(CHAINS)!r})
from consumers.pool.pool import Pool
from processors.records import Article
async def main():
    pool = Pool("misbehaving:Obedient", size=2, story_timeout_s=60, story_memory_mb=64)
    await pool.start()
    await pool.enrich([Article(uri="1", body="say_and_hang {tmp_path}/pids"), Article(uri="2", body="sleep 60")])
asyncio.run(main())
"""
    consumer = subprocess.Popen([sys.executable, "-c", script])  # noqa: ASYNC220 - takes no time
    try:
        await until(lambda: (tmp_path / "pids").exists() and (tmp_path / "pids").read_text().count(" "))
        processes = psutil.Process(consumer.pid).children(recursive=True)
    finally:
        consumer.kill()
        consumer.wait()
    assert len(processes) >= 2
    await until(lambda: all(gone(process.pid) for process in processes))
