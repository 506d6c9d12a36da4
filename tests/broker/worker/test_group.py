"""Workers, their group and their broker come and go, on a real Apache Kafka."""

from __future__ import annotations

import asyncio

import pytest

from config.topics import OUTPUTS
from consumers.worker import Worker, WorkerFailed
from tests.broker.worker.acts import CHAIN, outcomes, settled, states, story, until, working


async def test_nothing_is_lost_or_doubled_when_the_broker_is_killed_under_the_worker(settings, feed, kafka):
    async with working(settings) as worker:
        await feed(*(story(f"urn:{n}") for n in range(50)))
        await asyncio.to_thread(kafka.kill)
        await asyncio.to_thread(kafka.start)
        await feed(*(story(f"urn:{n}") for n in range(50, 100)))
        assert await settled(worker, 100) == {"enriched": 100}
    for topic in OUTPUTS:
        assert sorted(uri for uri, *_ in await states(settings, topic)) == sorted(
            f"urn:{n}" for n in range(100)
        )


async def test_partitions_move_between_workers_and_each_story_comes_out_once(settings, feed):
    async with working(settings) as first:
        await feed(*(story(f"urn:a{n}") for n in range(30)), partition=0)
        async with working(settings) as second:
            for n in range(60):
                await feed(story(f"urn:b{n}"), partition=n % 3)

            async def shared():
                return first._lanes and second._lanes and not set(first._lanes) & set(second._lanes)

            await until(shared)
            for n in range(60):
                await feed(story(f"urn:c{n}"), partition=n % 3)

            async def all_done():
                return sum(outcomes(first).values()) + sum(outcomes(second).values()) >= 150

            await until(all_done)
        await feed(*(story(f"urn:d{n}") for n in range(10)), partition=1)

        async def rest_done():
            return sum(outcomes(first).values()) + sum(outcomes(second).values()) >= 160

        await until(rest_done)
    assert len(await states(settings)) == len(set(await states(settings))) == 160


async def test_of_two_workers_of_one_name_one_gives_way_and_says_why_and_the_name_works_on(settings, feed):
    """The elder mostly; but the broker may tell the younger first, or both, that it is fenced."""
    settings = settings.model_copy(update={"instance_id": "w1"})
    elder, younger = (Worker(settings, chain=CHAIN) for _ in range(2))

    async def claimed():
        return elder._lanes and all(lane.claimed for lane in elder._lanes.values())

    running = [asyncio.create_task(elder.run())]
    await until(claimed)
    await asyncio.sleep(2.5)  # longer than the assignments of one fight are apart
    running.append(asyncio.create_task(younger.run()))
    await asyncio.wait(running, timeout=150, return_when=asyncio.FIRST_COMPLETED)
    await feed(story("urn:a"))

    async def out_or_over():
        return [uri for uri, *_ in await states(settings)] or all(each.done() for each in running)

    await until(out_or_over, seconds=60)
    for worker in (elder, younger):
        worker.stop()
    ends = await asyncio.gather(*running, return_exceptions=True)
    gave_way = [end for end in ends if end is not None]
    assert gave_way
    for end in gave_way:
        with pytest.raises(WorkerFailed, match="w1 \\(instance_id\\)"):
            raise end
    async with working(settings):  # as whoever runs them would start one again
        await until(lambda: states(settings))
    assert [uri for uri, *_ in await states(settings)] == ["urn:a"]
