"""The pool keeps its promises whatever the stories do to its processes."""

import asyncio
import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import orjson
import psutil
import pytest

from consumers.pool.frames import Published
from consumers.pool.keeper import PoolFailed
from consumers.pool.pool import Pool
from processors.errors import (
    Invalid,
    ProcessorFailed,
    StoryCrash,
    StoryError,
    StoryMemory,
    StoryTimeout,
)
from processors.records import Article

CHAINS = Path(__file__).parent / "chains"
LIMIT_S = 2.0  # for stories that hang, with room for those that do not


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


def story(body, **fields):
    return Article(uri=f"urn:{body[:20]}", body=body, **fields)


async def tell(pool, *bodies):
    """The outcome of each body: the text that the chain answered, or the error."""
    results = await pool.enrich([story(body) for body in bodies])
    return [text_of(result) if isinstance(result, Published) else result for result in results]


def text_of(published):
    return orjson.loads(published.article)["enrichment"]["text"]


async def until(condition, seconds=60.0):
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what we wait for happens in other processes
            await asyncio.sleep(0.01)


def gone(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


# what comes out


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


# processes


async def test_the_chain_is_loaded_once_and_never_in_the_consumer(start, watch):
    pool = await start(size=2)
    await until(lambda: pool.alive == 2)
    pids, parents, loaders = zip(*(text.split() for text in await tell(pool, "pid", "pid")), strict=True)
    assert len(set(pids)) == 2
    assert set(parents) == set(loaders)
    assert len(set(loaders)) == 1
    assert "misbehaving" not in sys.modules
    assert (len(watch.loaded), len(watch.started), watch.ended) == (1, 2, [])


@pytest.fixture
def loads(tmp_path, monkeypatch):
    """Lets the models of `slow_to_load` be loaded, when it is called."""
    file = tmp_path / "loads"
    monkeypatch.setenv("SLOW_TO_LOAD", str(file))
    return file.touch


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


# time


@pytest.mark.parametrize("hang", ["sleep 60", "regex"])
async def test_a_story_over_its_time_limit_pays_alone(start, watch, hang):
    pool = await start(size=2, story_timeout_s=LIMIT_S)
    results = await tell(pool, "say a", hang, *(f"say {n}" for n in range(8)))
    late = results.pop(1)
    assert (type(late), late.stage, late.uri) == (StoryTimeout, "pool", f"urn:{hang}")
    assert results == ["a", *"01234567"]
    assert watch.ended == ["timeout"]
    await until(lambda: pool.alive == 2)
    assert await tell(pool, "say on") == ["on"]


async def test_a_process_over_its_time_limit_is_killed(start, tmp_path):
    pool = await start(story_timeout_s=LIMIT_S)
    (late,) = await tell(pool, f"say_and_hang {tmp_path / 'pids'}")
    assert type(late) is StoryTimeout
    await until(lambda: gone(int((tmp_path / "pids").read_text().split()[0])))


async def test_each_story_has_the_whole_limit_to_itself(start):
    pool = await start(story_timeout_s=LIMIT_S)
    pids = await tell(pool, *["sleep 0.5"] * 5)
    assert len(set(pids)) == 1
    assert pool.restarts == 0


async def test_a_consumer_that_was_frozen_does_not_make_its_stories_pay(start):
    pool = await start(story_timeout_s=LIMIT_S)
    work = asyncio.ensure_future(tell(pool, "say a", "sleep 0.3", "say b"))
    await asyncio.sleep(0.1)
    time.sleep(LIMIT_S + 1)  # noqa: ASYNC251 - the whole event loop stands still
    a, slept, b = await work
    assert (a, b) == ("a", "b")
    assert not isinstance(slept, StoryError)
    assert pool.restarts == 0


async def test_a_frozen_consumer_still_finds_a_story_that_hangs(start):
    pool = await start(story_timeout_s=LIMIT_S)
    work = asyncio.ensure_future(tell(pool, "sleep 60", "say b"))
    await asyncio.sleep(0.1)
    time.sleep(LIMIT_S + 1)  # noqa: ASYNC251 - as above
    late, b = await work
    assert (type(late), b) == (StoryTimeout, "b")


# crashes


@pytest.mark.parametrize("death", ["exit 0", "exit 7", "die SIGSEGV", "die SIGKILL", "raise_exit"])
async def test_a_story_that_kills_its_process_twice_pays_alone(start, watch, death):
    pool = await start(size=2)
    results = await tell(pool, "say a", death, *(f"say {n}" for n in range(30)))
    crash = results.pop(1)
    assert (type(crash), crash.stage, crash.uri) == (StoryCrash, "pool", f"urn:{death}")
    assert results == ["a", *map(str, range(30))]
    assert watch.ended == ["crash", "crash"]


async def test_a_story_whose_process_died_by_accident_is_done_again(start, tmp_path):
    pool = await start()
    assert await tell(pool, "say a", f"die_once {tmp_path / 'met'}", "say b") == ["a", "survived", "b"]
    assert pool.restarts == 1


async def test_stories_outlive_a_kill_from_outside(start):
    pool = await start(story_timeout_s=5)
    (text,) = await tell(pool, "pid")
    work = asyncio.ensure_future(tell(pool, "sleep 0.2", "say b"))
    await asyncio.sleep(0.1)
    os.kill(int(text.split()[0]), signal.SIGKILL)
    slept, b = await work
    assert slept != text.split()[0]
    assert b == "b"


async def test_an_idle_process_that_is_killed_is_replaced(start):
    pool = await start()
    (text,) = await tell(pool, "pid")
    os.kill(int(text.split()[0]), signal.SIGKILL)
    await until(lambda: pool.restarts == 1 and pool.alive == 1)
    assert await tell(pool, "say a") == ["a"]


async def test_stories_outlive_the_loss_of_the_nursery(start, watch):
    pool = await start(size=2, story_timeout_s=5)
    (text,) = await tell(pool, "pid")
    work = asyncio.ensure_future(tell(pool, *["sleep 0.1"] * 4, "say b"))
    await asyncio.sleep(0.05)
    os.kill(int(text.split()[1]), signal.SIGKILL)
    results = await work
    assert results[-1] == "b"
    assert not [result for result in results if isinstance(result, StoryError)]
    assert watch.ended == ["nursery"] * 2
    assert len(watch.loaded) == 2


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_stories_do_each_gets_its_own_outcome(start, seed):
    pool = await start(size=2, story_timeout_s=LIMIT_S)
    expected = {
        "say a": "a",
        "sleep 30": StoryTimeout,
        "exit 3": StoryCrash,
        "die SIGKILL": StoryCrash,
        "hog": StoryMemory,
        "bug b": ProcessorFailed,
        "story_error c": Invalid,
    }
    rng = random.Random(seed)
    bodies = [
        *expected,
        *["say a"] * 60,
        *rng.choices([verb for verb in expected if "sleep" not in verb], k=9),
    ]
    rng.shuffle(bodies)
    outcomes = [
        result if isinstance(result, str) else type(result)
        for call in await asyncio.gather(
            *(tell(pool, *bodies[at : at + 20]) for at in range(0, len(bodies), 20))
        )
        for result in call
    ]
    assert outcomes == [expected[body] for body in bodies]


# memory


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


# cancelling and stopping


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


# starts that fail


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
