"""The metrics of one worker at one moment."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

TIMEOUT_S = 3.0

_Series = tuple[str, frozenset[tuple[str, str]]]


class NoWorker(Exception):
    """Nobody answers there, or somebody who is no worker; the message says which."""


@dataclass(frozen=True, slots=True)
class Scrape:
    """All samples, and when they were asked for (seconds of a monotonic clock)."""

    at: float
    values: dict[_Series, float] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str, *, at: float) -> Scrape:
        """Raises NoWorker: these are not a worker's metrics."""
        values: dict[_Series, float] = {}
        try:
            for family in text_string_to_metric_families(text):
                for sample in family.samples:
                    values[sample.name, frozenset(sample.labels.items())] = sample.value
        except ValueError:
            raise NoWorker("these are no metrics") from None
        if ("kawat_consumed_records_total", frozenset()) not in values:
            raise NoWorker("these are not the metrics of a worker")
        return cls(at, values)

    def value(self, name: str, **labels: str) -> float | None:
        """One sample; None if there is none."""
        return self.values.get((name, frozenset(labels.items())))

    def by(self, name: str, label: str) -> dict[str, float]:
        """A metric's samples added up by one of their labels."""
        found: dict[str, float] = {}
        for (sample, labels), value in self.values.items():
            if sample == name and (key := dict(labels).get(label)) is not None:
                found[key] = found.get(key, 0.0) + value
        return found


async def scrape(session: aiohttp.ClientSession, address: str) -> Scrape:
    """Ask a worker (host:port).

    Raises:
        NoWorker: it does not answer, or is none.
    """
    url = f"http://{address}/metrics"
    at = time.monotonic()
    try:
        async with session.get(url, timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as answer:
            text = await answer.text() if answer.status == 200 else ""
    except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError, ValueError):
        raise NoWorker("no answer") from None
    return Scrape.parse(text, at=at)
