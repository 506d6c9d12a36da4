"""Stories through the chain without Kafka: payloads in, enriched records out, in the same order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import Protocol

import orjson

from consumers.sources import Payload
from processors import intake
from processors.document import bodyless
from processors.errors import ProcessorFailed, StoryError, StoryMemory
from processors.records import Article, Enriched, Model, State

_AHEAD = 4  # payloads a process that wait for their turn


class ProcessDied(Exception):
    """A process of the pool is gone; the message names what it may have died of."""


class Chains(Protocol):
    """What is needed of `processors.enrich.Chain`."""

    model: Model

    def enrich(self, article: Article) -> Enriched: ...


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a payload, or one of its stories, did not come out."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a payload.

    Attributes:
        where: as in the payload.
        records: values of `news.articles` as they would stand there (JSON, UTF-8), one a story.
    """

    where: str
    records: tuple[bytes, ...] = ()
    failed: tuple[Failed, ...] = ()


def process(payload: Payload, chain: Chains, *, max_bytes: int, now: datetime) -> Done:
    """One payload.

    Args:
        payload: what to read.
        chain: what enriches.
        max_bytes: a larger payload fails.
        now: decides about embargoes; what may not be shown yet comes out without its words.
    """
    try:
        articles = intake.read(
            payload.value, content_type=payload.content_type, max_bytes=max_bytes, key=payload.where.encode()
        )
    except StoryError as error:
        return Done(payload.where, failed=(_told(error),))
    records, failed = [], []
    for article in articles:
        try:
            records.append(_written(_enriched(article, chain, now)))
        except StoryError as error:
            failed.append(_told(error))
        except MemoryError:
            failed.append(_told(StoryMemory(f"{article.uri}: not enough memory")))
    return Done(payload.where, tuple(records), tuple(failed))


def _enriched(article: Article, chain: Chains, now: datetime) -> Enriched:
    embargoed = article.embargoed is not None and article.embargoed > now
    if embargoed or article.state is not State.USABLE:
        return bodyless(article, model=chain.model)
    return chain.enrich(article)


def _written(enriched: Enriched) -> bytes:
    try:
        return orjson.dumps(enriched.article)
    except orjson.JSONEncodeError as error:
        uri = enriched.article.enrichment.uri
        raise ProcessorFailed(f"{uri}: not writable as JSON: {error}", stage="document", uri=uri) from None


def _told(error: StoryError) -> Failed:
    return Failed(error.reason, str(error))


def process_all(
    payloads: Iterable[Payload], load: Callable[[], Chains], *, jobs: int, max_bytes: int
) -> Iterator[Done]:
    """Payloads in order, by so many processes; each loads its own chain. One job is done in this process.

    Args:
        payloads: read lazily, a few ahead of what has come out.
        load: makes a chain; something that can be pickled.
        jobs: processes.
        max_bytes: see `process`.

    Raises:
        ProcessDied: one of several processes died, of memory or of a defect.
    """
    if jobs == 1:
        chain = load()
        for payload in payloads:
            yield process(payload, chain, max_bytes=max_bytes, now=datetime.now(UTC))
        return
    with ProcessPoolExecutor(jobs, get_context("forkserver"), _load, (load,)) as pool:
        under_way: deque[tuple[Payload, Future[Done]]] = deque()
        try:
            for payload in payloads:
                under_way.append((payload, pool.submit(_process, payload, max_bytes)))
                if len(under_way) >= jobs * _AHEAD:
                    yield under_way[0][1].result()
                    under_way.popleft()
            while under_way:
                yield under_way[0][1].result()
                under_way.popleft()
        except BrokenProcessPool:
            names = ", ".join(payload.where for payload, _ in under_way)
            raise ProcessDied(
                f"a process died over one of {names}: with one job the last one named is it"
            ) from None


_chain: Chains | None = None


def _load(load: Callable[[], Chains]) -> None:
    """Once a process."""
    global _chain  # noqa: PLW0603 - a pool's initializer has no other way to leave something behind
    _chain = load()


def _process(payload: Payload, max_bytes: int) -> Done:
    if _chain is None:
        raise RuntimeError("no chain was loaded")
    return process(payload, _chain, max_bytes=max_bytes, now=datetime.now(UTC))
