"""What a pool gives back for each story, and what it keeps to itself."""

from __future__ import annotations

import asyncio

import orjson

from processors.errors import (
    Invalid,
    ProcessorFailed,
)
from tests.consumers.pool.acts import story, tell


async def test_each_story_has_one_outcome_in_the_order_they_were_given(start):
    pool = await start(size=2)
    bodies = [f"sleep 0.00{n % 5}" if n % 3 else f"say {n}" for n in range(60)]
    results = await pool.enrich([story(body) for body in bodies])
    assert [orjson.loads(result.entities)["uri"] for result in results] == [f"urn:{body}" for body in bodies]


async def test_a_slow_chain_does_few_stories_in_time_but_one_at_least(start):
    pool = await start(story_timeout_s=60)
    assert pool.in_time(1) > 1
    await tell(pool, *["sleep 0.05"] * 60)
    assert 10 <= pool.in_time(1) <= 25
    assert pool.in_time(0.001) == 1


async def test_no_stories_have_no_outcomes(start):
    assert await (await start()).enrich([]) == []


async def test_calls_at_the_same_time_get_their_own_outcomes(start):
    pool = await start(size=2)
    calls = [tell(pool, *(f"say {call}.{n}" for n in range(9))) for call in range(9)]
    assert await asyncio.gather(*calls) == [[f"{call}.{n}" for n in range(9)] for call in range(9)]


async def test_an_outcome_is_the_three_records_as_json_and_the_facts(start):
    pool = await start()
    article = story("stages Surya", source="contoh.id", language="id", version=3, carried={"urgency": 4})
    (result,) = await pool.enrich([article])
    records = [orjson.loads(value) for value in (result.article, result.entities, result.quotes)]
    assert records[0]["article"] == {"uri": "urn:stages Surya", "carried": {"urgency": 4}}
    assert records[0]["enrichment"]["text"] == "Surya"
    assert [entity["label"] for entity in records[1]["entities"]] == ["PERSON", "GPE", "GPE"]
    assert [quote["id"] for quote in records[2]["quotes"]] == ["q1", "q2", "q3"]
    facts = result.facts
    assert facts.entities == {"PERSON": 1, "GPE": 2}
    assert facts.quotes == {("direct", True): 1, ("direct", False): 1, ("indirect", False): 1}
    assert (facts.language, facts.source, facts.kept, facts.removed) == ("id", "contoh.id", 5, 9)
    assert facts.stages.keys() == {"clean", "entities"}
    assert facts.stages["clean"] < 0.01 <= facts.stages["entities"] <= facts.seconds
    assert 0 <= facts.cpu_seconds < facts.seconds


async def test_a_story_larger_than_any_buffer_comes_through(start):
    pool = await start()
    sizes = [3_000_000, 10, 400_000, 400_000, 20]
    assert await tell(pool, *(f"length {'x' * size}" for size in sizes)) == list(map(str, sizes))
    assert await tell(pool, "say " + "y" * 3_000_000) == ["y" * 3_000_000]


async def test_an_error_of_the_story_comes_back_as_itself(start):
    pool = await start()
    named, unnamed = await tell(pool, "story_error no headline", "own_error no body")
    assert (type(named), str(named), named.stage, named.uri) == (
        Invalid,
        "no headline",
        "clean",
        "urn:of:the:chain",
    )
    # the consumer knows only our own classes, and fills in the uri
    assert (type(unnamed), str(unnamed), unnamed.stage, unnamed.uri) == (
        Invalid,
        "no body",
        "quotes",
        "urn:own_error no body",
    )
    assert pool.restarts == 0


async def test_a_defect_is_told_by_class_place_and_stage_without_text_of_the_story(start):
    pool = await start()
    (error,) = await tell(pool, "bug Rahasia")
    assert type(error) is ProcessorFailed
    assert str(error).startswith("ValueError at misbehaving:")
    assert (error.stage, error.uri) == ("clean", "urn:bug Rahasia")
    assert pool.restarts == 0


async def test_a_record_that_cannot_be_written_fails_its_story_alone(start):
    pool = await start()
    broken, whole = await tell(pool, "surrogate", "say a")
    assert (type(broken), broken.stage, whole) == (ProcessorFailed, "pool", "a")


async def test_text_of_a_story_never_reaches_the_logs(start, capfd):
    pool = await start()
    await tell(
        pool, *(f"{verb} Rahasia" for verb in ("bug", "raise_exit", "hog", "story_error")), "say Rahasia"
    )
    await tell(pool, "die SIGSEGV Rahasia")
    await pool.stop()
    out, err = capfd.readouterr()
    assert "SystemExit" in err  # what the processes write does come through
    assert "Rahasia" not in out + err


async def test_what_a_chain_prints_is_not_swallowed(start, capfd):
    pool = await start()
    await tell(pool, "print halo")
    await pool.stop()
    assert "halo" in capfd.readouterr().out
