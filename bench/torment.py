"""The light chain, with stories that kill or hang the process which works on them: their uri says so."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from bench.chains import Made, light
from processors.records import Article, Enriched

CRASH, HANG = "urn:poison:crash:", "urn:poison:hang:"


class Torment:
    """As `bench.chains.light` for all other stories."""

    def __init__(self, chain: Made) -> None:
        self._chain = chain

    def enrich(self, article: Article, on_stage: Callable[[str], None] | None = None) -> Enriched:
        """Does not return for a poisoned story."""
        if article.uri.startswith(CRASH):
            os.kill(os.getpid(), signal.SIGKILL)
        while article.uri.startswith(HANG):
            time.sleep(1)
        return self._chain.enrich(article, on_stage)


def chain() -> Torment:
    """For `--chain bench.torment:chain`."""
    return Torment(light())
