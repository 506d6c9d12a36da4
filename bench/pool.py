"""What the pool costs: stories a second through one process that has nothing to do, CPU of the parent meanwhile,
and what a 3 ms story takes in the pool over the same story without it, in rounds of runs one after the other.

Run from the project's root: `python -m bench.pool`.
"""

import argparse
import asyncio
from statistics import median, quantiles
from time import perf_counter, process_time

import orjson

from bench import chains
from consumers.pool.frames import Published
from consumers.pool.pool import Pool
from processors.records import Article

LIMITS = {"story_timeout_s": 10.0, "story_memory_mb": 512}
BATCH = 32  # stories in one call, as a lane would give them
CALLS_AT_ONCE = 4


def stories(count: int, size: int) -> list[Article]:
    """So many plain stories of `size` characters."""
    body = ("Surya menyebut panen padi di lereng itu lebih baik daripada tahun lalu. " * (size // 70 + 1))[
        :size
    ]
    return [
        Article(uri=f"urn:bench:{n}", body=body, title="Panen", source="contoh.id", version=1)
        for n in range(count)
    ]


async def through(pool: Pool, articles: list[Article]) -> float:
    """Wall seconds of all stories through the pool, several batches at once."""
    batches = [articles[at : at + BATCH] for at in range(0, len(articles), BATCH)]
    gate = asyncio.Semaphore(CALLS_AT_ONCE)

    async def call(batch: list[Article]) -> None:
        async with gate:
            results = await pool.enrich(batch)
            failed = [result for result in results if not isinstance(result, Published)]
            if failed or len(results) != len(batch):
                raise SystemExit(f"{len(failed)} of {len(batch)} stories failed: {failed[:1]}")

    start = perf_counter()
    await asyncio.gather(*map(call, batches))
    return perf_counter() - start


def bare(chain: chains.Made, articles: list[Article], *, encode: bool) -> float:
    """Wall seconds of the same stories without a pool."""
    start = perf_counter()
    for article in articles:
        enriched = chain.enrich(article, None)
        if encode:
            for record in (enriched.article, enriched.entities, enriched.quotes):
                orjson.dumps(record)
    return perf_counter() - start


async def rate(seconds: float, size: int) -> None:
    pool = Pool("bench.chains:noop", size=1, **LIMITS)
    start = perf_counter()
    await pool.start()
    await pool.ready()
    print(f"start to ready: {(perf_counter() - start) * 1000:.0f} ms")
    articles = stories(5_000, size)
    await through(pool, articles)
    rates, cpu = [], []
    end = perf_counter() + seconds
    while perf_counter() < end:
        before = process_time()
        took = await through(pool, articles)
        rates.append(len(articles) / took)
        cpu.append((process_time() - before) / took)
    await pool.stop()
    print(
        f"noop, {size} characters, 1 process: median {median(rates):,.0f} stories/s of {len(rates)} runs "
        f"(worst {min(rates):,.0f}), parent at {median(cpu):.0%} of a core, "
        f"{median(cpu) / median(rates) * 1e6:.0f} us a story"
    )


async def overhead(rounds: int, count: int, size: int) -> None:
    pool = Pool("bench.chains:light", size=1, **LIMITS)
    await pool.start()
    await pool.ready()
    chain, articles = chains.light(), stories(count, size)
    await through(pool, articles)
    over = {"bare": [], "bare and written as JSON": []}
    for _ in range(rounds):
        alone = bare(chain, articles, encode=False)
        written = bare(chain, articles, encode=True)
        pooled = await through(pool, articles)
        over["bare"].append(pooled / alone - 1)
        over["bare and written as JSON"].append(pooled / written - 1)
    await pool.stop()
    for what, ratios in over.items():
        low, middle, high = quantiles(ratios)
        print(
            f"3 ms, {size} characters, 1 process: {middle:+.2%} over the same {what}, median of {rounds} rounds of "
            f"{count} stories (quartiles {low:+.2%}, {high:+.2%})"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="for the noop stories")
    parser.add_argument("--rounds", type=int, default=41, help="for the overhead")
    parser.add_argument("--stories", type=int, default=64, help="in each round")
    parser.add_argument("--size", type=int, default=2_000, help="characters of a story")
    args = parser.parse_args()
    asyncio.run(rate(args.seconds, args.size))
    asyncio.run(overhead(args.rounds, args.stories, args.size))


if __name__ == "__main__":
    main()
