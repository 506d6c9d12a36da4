"""The NLP alone: a chain called on story after story in one process, nothing around it.

`python -m bench.bare --chain bench.chains:light --seconds 10` prints one line of JSON.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import time

from bench import stories
from consumers.pool.nursery import _ONE_THREAD, _load
from processors import intake

WARM_UP = 20
STORIES_A_SECOND = 400  # more than a chain does, so that none comes twice: a chain may remember what it saw


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chain", required=True, help='"module:factory"')
    parser.add_argument("--seconds", type=float, default=10)
    asked = parser.parse_args()
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))  # as the NLP processes are started
    chain = _load(asked.chain)
    if after_fork := getattr(chain, "after_fork", None):
        after_fork()
    articles = [
        article
        for number in range(WARM_UP + int(STORIES_A_SECOND * asked.seconds))
        for article in intake.read(
            stories.encode(stories.ninjs(number)),
            content_type=stories.CONTENT_TYPE,
            key=stories.uri(number).encode(),
            max_bytes=1_000_000,
        )
    ]
    for article in articles[:WARM_UP]:
        chain.enrich(article)
    took: list[float] = []
    start = before = time.perf_counter()
    for article in itertools.cycle(articles[WARM_UP:]):
        chain.enrich(article)
        now = time.perf_counter()
        took.append(now - before)
        before = now
        if now - start > asked.seconds:
            break
    print(json.dumps({"stories": len(took), "seconds": before - start, "took_ms": [t * 1000 for t in took]}))


if __name__ == "__main__":
    main()
