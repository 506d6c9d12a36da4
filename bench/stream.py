"""The benchmarks: `python -m bench.stream all`, or some of: tax, copy, latency, takeover, memory.

Each runs on a real Apache Kafka of its own and is bounded in time; `all` takes about ten minutes. With `--out docs`
the results go into `docs/benchmarks.json` and `docs/benchmarks.md`. Exit status 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import json
import logging
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from bench import copying, latency, memory, takeover, tax
from bench.apache_kafka import ApacheKafka
from bench.kafka_jars import VERSIONS
from bench.report import Result, machine, merge, page, text
from bench.rig import LOGS, Rig
from config.settings import CHAINS

BENCHMARKS: dict[str, Callable[[Rig], Awaitable[Result]]] = {
    "tax": tax.run,
    "copy": copying.run,
    "latency": latency.run,
    "takeover": takeover.run,
    "memory": memory.run,
}


async def measure(names: list[str], *, version: str, seconds: float, chain: str) -> list[Result]:
    """The benchmarks of these names, one after the other, each on a fresh broker."""
    results = []
    for name in names:
        kafka = await asyncio.to_thread(ApacheKafka, version)
        try:
            await asyncio.to_thread(kafka.start)
            results.append(await BENCHMARKS[name](Rig(kafka, seconds, chain)))
        finally:
            await asyncio.to_thread(kafka.close)
        print(text(results[-1]), file=sys.stderr, flush=True)
    return results


@contextmanager
def alone() -> Iterator[None]:
    """Waits until no other run from this checkout measures: two at a time would measure each other."""
    LOGS.mkdir(parents=True, exist_ok=True)
    with (LOGS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("waiting for another run of the benchmarks to end", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="+", choices=["all", *BENCHMARKS])
    parser.add_argument("--seconds", type=float, default=20, help="about how long one measurement lasts")
    parser.add_argument("--chain", default=CHAINS["rules"], help='what "NLP" means in latency')
    parser.add_argument("--kafka-version", default=VERSIONS[0])
    parser.add_argument("--json", action="store_true", help="the results as JSON")
    parser.add_argument(
        "--out", type=Path, help="folder whose benchmarks.json and benchmarks.md are brought up to date"
    )
    asked = parser.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.ERROR)  # it retries, and says so
    names = list(BENCHMARKS) if "all" in asked.names else asked.names
    with alone():
        where = machine(asked.kafka_version)
        results = asyncio.run(
            measure(names, version=asked.kafka_version, seconds=asked.seconds, chain=asked.chain)
        )
    if asked.out:
        known = merge(asked.out / "benchmarks.json", results, where)
        (asked.out / "benchmarks.md").write_text(page(known, list(BENCHMARKS)), "utf-8")
    if asked.json:
        print(json.dumps({"machine": where, "results": [asdict(result) for result in results]}, indent=1))
    return 0 if all(target.met for result in results for target in result.targets) else 1


if __name__ == "__main__":
    sys.exit(main())
