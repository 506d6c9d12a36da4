"""What happens to workers and broker during a chaos run, when, and how it is done."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.apache_kafka import ApacheKafka
from bench.fleet import Fleet

# relative frequency; a run has at least one of each, as far as it has that many faults
KINDS = {
    "worker killed": 8,
    "worker frozen": 7,
    "nlp process killed": 5,
    "broker killed": 2,
    "broker restarted": 2,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, so many seconds after the start."""

    at: float
    kind: str


def plan(count: int, seconds: float, seed: int, kinds: dict[str, int] | None = None) -> list[Fault]:
    """`count` faults, evenly spread between 8 and 92 % of the time, in an order that the seed decides."""
    rng = random.Random(seed)
    weights = kinds or KINDS
    chosen = [*weights][:count]
    chosen += rng.choices([*weights], [*weights.values()], k=count - len(chosen))
    rng.shuffle(chosen)
    step = seconds * 0.84 / max(count, 1)
    return [Fault(seconds * 0.08 + step * (n + rng.random() * 0.6), kind) for n, kind in enumerate(chosen)]


class Faults:
    """Does them. `done` counts by kind; `story` tells what happened, with seconds since the start."""

    def __init__(self, kafka: ApacheKafka, fleet: Fleet, *, session_s: float, seed: int) -> None:
        """`session_s`: a frozen worker stays so for longer than this session timeout."""
        self.done: Counter[str] = Counter()
        self.story: list[tuple[float, str]] = []
        self._kafka = kafka
        self._fleet = fleet
        self._session_s = session_s
        self._rng = random.Random(seed)
        self._broker = asyncio.Lock()
        self._acts: dict[str, Callable[[], Awaitable[str]]] = {
            "worker killed": self._kill,
            "worker frozen": self._freeze,
            "nlp process killed": self._kill_nlp,
            "broker killed": self._kill_broker,
            "broker restarted": self._restart_broker,
        }

    async def run(self, faults: list[Fault]) -> None:
        """All of them, each at its time, until the last is over."""
        start = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as acts:
            for fault in faults:
                await asyncio.sleep(max(0.0, start + fault.at - asyncio.get_running_loop().time()))
                acts.create_task(self._act(fault))

    async def _act(self, fault: Fault) -> None:
        what = await self._acts[fault.kind]()
        self.done[fault.kind] += 1
        self.story.append((round(fault.at, 1), what))

    async def _victim(self) -> int:
        """A worker that is well; waits for one."""
        while not (slots := self._fleet.healthy()):
            await asyncio.sleep(0.2)
        return self._rng.choice(slots)

    async def _kill(self) -> str:
        slot = await self._victim()
        await self._fleet.kill(slot)
        away = self._rng.uniform(
            0.3, self._session_s * 1.5
        )  # static members may be back before they are missed
        await asyncio.sleep(away)
        self._fleet.start(slot)
        return f"worker {slot} killed, away for {away:.1f} s"

    async def _freeze(self) -> str:
        slot = await self._victim()
        self._fleet.freeze(slot)
        frozen = self._session_s + self._rng.uniform(2, 4)
        await asyncio.sleep(frozen)
        self._fleet.thaw(slot)
        return f"worker {slot} frozen for {frozen:.1f} s"

    async def _kill_nlp(self) -> str:
        while True:
            slot = await self._victim()
            if processes := self._fleet.helpers(slot):
                process = self._rng.choice(processes)
                process.kill()
                return f"nlp process {process.pid} of worker {slot} killed"
            await asyncio.sleep(0.2)

    async def _kill_broker(self) -> str:
        async with self._broker:
            await asyncio.to_thread(self._kafka.kill)
            return f"broker killed, {await self._start_broker()}"

    async def _restart_broker(self) -> str:
        async with self._broker:
            await asyncio.to_thread(self._kafka.stop)
            return f"broker stopped, {await self._start_broker()}"

    async def _start_broker(self) -> str:
        loop = asyncio.get_running_loop()
        start = loop.time()
        await asyncio.sleep(self._rng.uniform(0, 2))
        await asyncio.to_thread(self._kafka.start)
        return f"away for {loop.time() - start:.1f} s"
