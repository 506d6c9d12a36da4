"""Pools, and a watch that hears what becomes of their processes."""

from __future__ import annotations

import psutil
import pytest

from consumers.pool.pool import Pool
from tests.consumers.pool.acts import CHAINS


class Watch:
    def __init__(self):
        self.loaded, self.started, self.ended = [], [], []

    def chain_loaded(self, seconds):
        self.loaded.append(seconds)

    def process_started(self, seconds):
        self.started.append(seconds)

    def process_ended(self, reason):
        self.ended.append(reason)


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
async def make_pool(monkeypatch, watch):
    """Makes pools that are stopped at the end; afterwards none of their processes may be left."""
    monkeypatch.syspath_prepend(CHAINS)
    before = set(psutil.Process().children(recursive=True))
    pools = []

    def make(chain="Obedient", *, size=1, story_timeout_s=60, story_memory_mb=64):
        pool = Pool(
            chain if ":" in chain else f"misbehaving:{chain}",
            size=size,
            story_timeout_s=story_timeout_s,
            story_memory_mb=story_memory_mb,
            watch=watch,
        )
        pools.append(pool)
        return pool

    yield make
    for pool in pools:
        await pool.stop(grace_s=0)
    assert set(psutil.Process().children(recursive=True)) <= before


@pytest.fixture
async def start(make_pool):
    async def start(*args, **kwargs):
        pool = make_pool(*args, **kwargs)
        await pool.start()
        await pool.ready()
        return pool

    return start


@pytest.fixture
def loads(tmp_path, monkeypatch):
    """Lets the models of `slow_to_load` be loaded, when it is called."""
    file = tmp_path / "loads"
    monkeypatch.setenv("SLOW_TO_LOAD", str(file))
    return file.touch
