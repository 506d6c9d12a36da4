"""Chains and processes that can't start."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import sys

import pytest

from consumers.pool.keeper import PoolFailed
from tests.consumers.pool.acts import tell, until


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        ("damaged", "ValueError: model/weights.bin: checksum does not match"),
        ("not_there", "AttributeError: .*not_there"),
        ("segfaults", "its loader was ended by SIGSEGV"),
        ("NeverReady", "OSError: no room for the threads"),
        ("DeadOnArrival", "its process ended with status 3"),
    ],
)
async def test_a_chain_that_cannot_be_loaded_fails_the_pool_and_says_why(make_pool, chain, message):
    pool = make_pool(chain, size=4)
    await pool.start()
    work = asyncio.ensure_future(tell(pool, "say a"))
    with pytest.raises(PoolFailed, match=f"misbehaving:{chain}: {message}"):
        await pool.ready()
    for call in (work, tell(pool, "say a")):
        with pytest.raises(PoolFailed, match=message):
            await call


async def test_a_module_that_is_not_there_fails_the_pool(monkeypatch, make_pool):
    monkeypatch.setattr("sys.path", sys.path[1:])
    pool = make_pool()
    await pool.start()
    with pytest.raises(PoolFailed, match="No module named 'misbehaving'"):
        await pool.ready()


async def test_processes_that_die_as_they_start_are_replaced_ever_more_slowly(start, monkeypatch, tmp_path):
    here = tmp_path / "on"
    here.touch()
    (tmp_path / "picky.py").write_text(
        f"import misbehaving\ndef load(): return misbehaving.OnlyWhile({str(here)!r})\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    pool = await start("picky:load", size=2)
    await until(lambda: pool.alive == 2)
    pids = {text.split()[0] for text in await tell(pool, "pid", "pid")}
    assert len(pids) == 2  # both have proven that they can start
    here.unlink()
    here.with_suffix(".tries").unlink()
    os.kill(int(pids.pop()), signal.SIGKILL)
    tries = []
    while len(tries) < 4:
        assert await tell(pool, "say a") == ["a"]  # the other one works on
        # the first of these had gone to the process just killed: it was done again although no fresh one came
        with contextlib.suppress(FileNotFoundError):
            tries = [float(line) for line in here.with_suffix(".tries").read_text().splitlines()]
    waits = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert all(wait >= 0.1 * 2**count for count, wait in enumerate(waits))
    here.touch()
    await until(lambda: pool.alive == 2)
