"""Workers as processes of their own, to be killed, frozen and started again."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import psutil

from bench.kafka_jars import ROOT

NLP_PROCESS = "kawat-nlp"
NURSERY = "kawat-nursery"


class Fleet:
    """Workers of one group, by slot. A worker that ends by itself is started again and counted.

    Attributes:
        unexpected: exit statuses of workers that ended though nobody asked them to.
        left_behind: NLP processes that outlived their killed worker by more than five seconds.
    """

    def __init__(
        self, size: int, overrides: dict[str, Any], *, chain: str, folder: Path, options: tuple[str, ...] = ()
    ) -> None:
        """`overrides`: settings of all workers; each gets an instance id and a state folder of its own, too.

        `options` go to `bench.chaos_worker` as they are. Logs go to `folder`.
        """
        self.size = size
        self.unexpected: Counter[int] = Counter()
        self.left_behind = 0
        self._overrides = overrides
        self._chain = chain
        self._options = options
        self._folder = folder
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._frozen: set[int] = set()

    def start(self, slot: int) -> None:
        """Starts the worker of a slot."""
        settings = {
            **self._overrides,
            "instance_id": f"worker-{slot}",
            "state_dir": str(self._folder / f"state-{slot}"),
        }
        command = [sys.executable, "-m", "bench.chaos_worker", json.dumps(settings), "--chain", self._chain]
        with (self._folder / f"worker-{slot}.log").open("ab") as log:
            self._running[slot] = subprocess.Popen(
                [*command, *self._options],
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def pid(self, slot: int) -> int:
        """Process id of the slot's worker."""
        return self._running[slot].pid

    def healthy(self) -> list[int]:
        """Slots whose worker runs and is not frozen."""
        return [
            slot
            for slot, process in self._running.items()
            if slot not in self._frozen and process.poll() is None
        ]

    def helpers(self, slot: int, name: str = NLP_PROCESS) -> list[psutil.Process]:
        """The slot's processes of that name below its worker."""
        try:
            below = psutil.Process(self.pid(slot)).children(recursive=True)
            return [process for process in below if process.name() == name]
        except psutil.Error:  # it is just ending
            return []

    async def kill(self, slot: int) -> None:
        """SIGKILL to the worker alone; its helpers have to notice."""
        helpers = [*self.helpers(slot), *self.helpers(slot, NURSERY)]
        process = self._running.pop(slot)
        process.kill()
        process.wait()
        _, alive = await asyncio.to_thread(psutil.wait_procs, helpers, 5)
        self.left_behind += len(alive)
        for helper in alive:
            helper.kill()

    async def end(self, slot: int, timeout_s: float = 30) -> None:
        """SIGTERM to the worker, and its end."""
        process = self._running.pop(slot)
        process.terminate()
        await asyncio.to_thread(process.wait, timeout_s)

    def freeze(self, slot: int) -> None:
        """SIGSTOP to the worker."""
        self._frozen.add(slot)
        self._running[slot].send_signal(signal.SIGSTOP)

    def thaw(self, slot: int) -> None:
        """SIGCONT."""
        self._running[slot].send_signal(signal.SIGCONT)
        self._frozen.discard(slot)

    async def supervise(self) -> None:
        """Starts again, after a second, whoever ended unasked; runs until cancelled."""
        while True:
            await asyncio.sleep(0.2)
            for slot, process in list(self._running.items()):
                if process.poll() is not None:
                    self.unexpected[process.returncode] += 1
                    del self._running[slot]
                    await asyncio.sleep(1)
                    self.start(slot)

    async def stop(self, timeout_s: float = 30) -> Counter[str]:
        """SIGTERM to all; how they ended ("0", "-9", ... or "hung", then by SIGKILL)."""
        ends: Counter[str] = Counter()
        for process in self._running.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self._running.values():
            try:
                ends[str(await asyncio.to_thread(process.wait, timeout_s))] += 1
            except subprocess.TimeoutExpired:
                ends["hung"] += 1
                process.kill()
                process.wait()
        self._running.clear()
        return ends

    def kill_all(self) -> None:
        """SIGKILL to all that still run."""
        for process in self._running.values():
            process.kill()
            process.wait()
        self._running.clear()

    def log_tail(self, slot: int, lines: int = 20) -> str:
        """The end of a worker's log."""
        log = self._folder / f"worker-{slot}.log"
        return "\n".join(log.read_text("utf-8", "replace").splitlines()[-lines:])
