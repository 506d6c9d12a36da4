"""A story over its memory limit pays alone."""

from __future__ import annotations

from processors.errors import (
    StoryCrash,
    StoryMemory,
)
from tests.consumers.pool.acts import tell, until


async def test_a_story_over_its_memory_limit_pays_alone_and_its_process_is_replaced(start, watch):
    pool = await start(size=2)
    results = await tell(pool, "say a", "hog", *(f"say {n}" for n in range(8)))
    greedy = results.pop(1)
    assert (type(greedy), greedy.stage, greedy.uri) == (StoryMemory, "clean", "urn:hog")
    assert results == ["a", *"01234567"]
    assert watch.ended == ["memory"]
    await until(lambda: pool.alive == 2)


async def test_a_process_that_dies_near_its_memory_limit_died_of_memory(start):
    pool = await start()
    assert [type(error) for error in await tell(pool, "hog_and_die 60", "hog_and_die 1")] == [
        StoryMemory,
        StoryCrash,
    ]


async def test_memory_kept_by_earlier_stories_is_not_held_against_a_later_one(start, watch):
    pool = await start()
    results = await tell(pool, *["keep 30"] * 10)
    assert results == [""] * 10
    assert set(watch.ended) == {"grown"}
    assert 2 <= len(watch.ended) <= 4
