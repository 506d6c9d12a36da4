"""A client that will not close must not take its user with it."""

import asyncio

import pytest

from consumers.kafka.closing import close


async def test_a_stray_cancellation_of_the_clients_own_tasks_is_not_ours():
    async def stop():
        raise asyncio.CancelledError

    await close(stop())


async def test_an_error_and_a_hang_are_left_behind():
    async def fail():
        raise OSError("gone")

    await close(fail())
    await close(asyncio.sleep(60), timeout_s=0.01)


async def test_our_own_cancellation_goes_through():
    task = asyncio.create_task(close(asyncio.sleep(60)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
