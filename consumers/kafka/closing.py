"""Closing Kafka clients that may be in any state, without being held up or mistaken for cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

CLOSE_TIMEOUT_S = 5.0


async def close(stopping: Coroutine[Any, Any, Any], *, timeout_s: float = CLOSE_TIMEOUT_S) -> None:
    """Await a client's `stop()` for a while, whatever comes of it.

    aiokafka's `stop` may hang or fail when the broker is gone, and may let out the cancellation of its own tasks,
    which would end ours as if somebody had cancelled it; so it runs in a task of its own.
    """
    task = asyncio.ensure_future(stopping)
    try:
        await asyncio.wait({task}, timeout=timeout_s)
    finally:
        if task.done():
            if not task.cancelled():
                task.exception()  # seen: nothing can be done about it
        else:
            task.cancel()
