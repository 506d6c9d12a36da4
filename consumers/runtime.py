"""The event loop that a worker runs on."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine
from typing import Any

from uvloop import new_event_loop

_GC = (50_000, 20, 50)  # a record lives for one batch and is in no cycle: looking for cycles often finds none


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run `work` to its end on a fast loop, in a process that does nothing else."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(work)
