"""Looking at workers again and again."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

import aiohttp

from consumers.top.scrape import NoWorker, Scrape, scrape
from consumers.top.vitals import Seen, Vitals, vitals

LOOKS = 5  # rates are of the time since so many looks ago


@dataclass(frozen=True, slots=True)
class View:
    """One look at all workers.

    Attributes:
        total: all that answer, taken together.
        each: by address; for one that does not answer, why.
    """

    total: Vitals
    each: dict[str, Vitals | str]


async def watch(addresses: Sequence[str], *, interval_s: float) -> AsyncGenerator[View, None]:
    """Looks at workers (host:port each), without end; the first look has no rates yet."""
    past: dict[str, deque[Scrape]] = {address: deque(maxlen=LOOKS) for address in addresses}
    async with aiohttp.ClientSession() as session:
        while True:
            found = await asyncio.gather(*(_ask(session, address) for address in addresses))
            seen: dict[str, Seen] = {}
            each: dict[str, Vitals | str] = {}
            for address, now in zip(addresses, found, strict=True):
                if isinstance(now, str):
                    past[address].clear()
                    each[address] = now
                    continue
                seen[address] = Seen(now, past[address][0] if past[address] else None)
                past[address].append(now)
                each[address] = vitals([seen[address]])
            yield View(vitals(seen.values()), each)
            await asyncio.sleep(interval_s)


async def _ask(session: aiohttp.ClientSession, address: str) -> Scrape | str:
    try:
        return await scrape(session, address)
    except NoWorker as error:
        return str(error)
