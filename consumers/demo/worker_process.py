"""The worker as ops run it: `kawat run` in a process of its own, watched over its HTTP port."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from config.settings import Settings
from consumers.kafka.admin import OperatorError

_POLL_S = 0.1
_LOG_LINES = 15


class WorkerGone(OperatorError):
    """The worker ended, or does not get ready; the message holds the end of its log."""


class WorkerProcess:
    """One `kawat run`; a context manager that stops it.

    Attributes:
        url: where its metrics and health are.
    """

    def __init__(self, settings: Settings, log: Path) -> None:
        """`settings.http_port` must be a number, not 0; the worker's log goes to the file `log`."""
        self._settings = settings
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self.url = f"http://{settings.http_host}:{settings.http_port}"

    async def __aenter__(self) -> Self:
        options = [
            f"--set={key}={value}"
            for key, value in self._settings.model_dump(mode="json", exclude_defaults=True).items()
        ]
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", "from consumers.cli import main; main()", "run", *options),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us: we stop the worker, and then the broker
            )
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()
        await self.stop()

    @property
    def pid(self) -> int:
        assert self._process is not None  # noqa: S101 - entered
        return self._process.pid

    async def ready(self, timeout_s: float) -> None:
        """Wait until the worker says that it is at work.

        Raises:
            WorkerGone: it ended, or took too long.
        """
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            self.check()
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with self._http.get(f"{self.url}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(_POLL_S)
        raise WorkerGone(f"the worker is not ready after {timeout_s:.0f} s{self._tail()}")

    def check(self) -> None:
        """Raises WorkerGone if the process ended."""
        if self._process is not None and self._process.returncode is not None:
            raise WorkerGone(f"the worker ended with exit code {self._process.returncode}{self._tail()}")

    async def outcomes(self) -> Counter[str]:
        """How many stories came to what, by its metrics.

        Raises:
            WorkerGone: it ended.
        """
        self.check()
        try:
            async with self._http.get(f"{self.url}/metrics") as answer:
                text = await answer.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            self.check()
            raise WorkerGone(f"the worker does not answer at {self.url}: {error}{self._tail()}") from None
        counted: Counter[str] = Counter()
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == "kawat_story_outcomes_total":
                    counted[sample.labels["outcome"]] = int(sample.value)
        return counted

    async def stop(self, timeout_s: float = 20.0) -> int | None:
        """Ask the worker to end; its exit code, None if it had to be killed. Stopping twice is fine."""
        process = self._process
        if process is None:
            return None
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(process.wait(), timeout_s)
        except TimeoutError:
            process.kill()
            await process.wait()
            return None

    def _tail(self) -> str:
        lines = self._log.read_text("utf-8", "replace").splitlines()[-_LOG_LINES:]
        return "".join(f"\n  {line}" for line in lines) or " and said nothing"
