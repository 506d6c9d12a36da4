"""The live page as a process: board, follower, pulse and server, until a signal."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

from config.settings import Settings
from consumers.live.board import Board
from consumers.live.follow import READ, Follower
from consumers.live.lag import Lag, TopicsLag, WorkersLag
from consumers.live.metrics import LiveMetrics
from consumers.live.pulse import Letters, Pulse
from consumers.live.server import LiveServer
from consumers.preflight import Unfit, check_rights
from consumers.telemetry.health import HttpServer

TRENDS = 200
MAX_BYTES = 64 * 1024 * 1024
LAG_S = 5.0


class LiveFailed(Exception):
    """The page can't be served; the message says why and what to do."""


class Live:
    """One live page.

    Args:
        settings: where the brokers are; the names of topics and group; where `/metrics` is.
        host: where to listen for readers.
        port: its port; 0: any free one.
        stories: how many of the newest are kept, and so how far back a reader can catch up.
        workers: addresses of workers' `/metrics`, for the lag; none: the topics tell.
    """

    def __init__(
        self, settings: Settings, *, host: str, port: int, stories: int, workers: Sequence[str] = ()
    ) -> None:
        self._settings = settings
        self._where = f"{host}:{port}"
        self._lag: Lag = WorkersLag(workers) if workers else TopicsLag(settings)
        self._waiting: int | None = None
        self._pulse = Pulse()
        self._letters = Letters()
        self.board = Board({"story": stories, "trend": TRENDS}, max_bytes=MAX_BYTES)
        self.metrics = LiveMetrics(topic.name for topic in READ)
        self.follower = Follower(settings, self.board, self._pulse, self._letters, self.metrics)
        self.server = LiveServer(
            self.board,
            pulse=self.pulse,
            problems=self._problems,
            host=host,
            port=port,
            refused=self.metrics.refused.inc,
        )
        self.metrics.ask(self.board, readers=lambda: self.server.readers, problems=self._problems)
        self.http = HttpServer(
            host=settings.http_host,
            port=settings.live_http_port,
            registry=self.metrics.registry,
            alive=list,  # who gets an answer, sees that the loop turns
            ready=self._problems,
        )
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ask for the end. For signal handlers."""
        self._stopping.set()

    def pulse(self) -> dict[str, object]:
        """What the strip of the page shows."""
        return {
            **self._pulse.told(),
            "lag": self._waiting,
            "lag_source": self._lag.source,
            "dead": self._letters.count(),
            "stories": self.board.count("story"),
            "reading": self.follower.reading,
        }

    def _problems(self) -> list[str]:
        if not self.follower.caught_up.is_set():
            return ["what stands on the topics is not read yet"]
        return [] if self.follower.reading else ["the broker does not answer"]

    async def run(self, started: Callable[[], None] = lambda: None) -> None:
        """Serve until `stop`; `started` is called when the page shows what is there.

        Raises:
            LiveFailed: the port is taken, or a right is missing.
            OperatorError: a topic is missing.
            KafkaError: no broker, or no right to read.
        """
        try:
            await check_rights(self._settings, "live")
        except Unfit as error:
            raise LiveFailed(str(error)) from None
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._lag)
            await self._listen(stack)
            tasks = [
                asyncio.create_task(work)
                for work in (self.follower.run(), self._watch_lag(), self._stopping.wait())
            ]
            caught_up = asyncio.create_task(self.follower.caught_up.wait())
            try:
                await asyncio.wait({*tasks, caught_up}, return_when=asyncio.FIRST_COMPLETED)
                if caught_up.done():
                    started()
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                for task in (*tasks, caught_up):
                    task.cancel()
                await asyncio.gather(*tasks, caught_up, return_exceptions=True)

    async def _listen(self, stack: AsyncExitStack) -> None:
        watched = f"{self._settings.http_host}:{self._settings.live_http_port}"
        for server, where in (
            (self.server, f"{self._where} (--host, --port)"),
            (self.http, f"{watched} (http_host, live_http_port)"),
        ):
            stack.push_async_callback(server.stop)
            try:
                await server.start()
            except OSError as error:
                raise LiveFailed(f"can't listen on {where}: {error.strerror}") from None

    async def _watch_lag(self) -> None:
        while True:
            self._waiting = await self._lag.records()
            await asyncio.sleep(LAG_S)


async def serve(live: Live, started: Callable[[], None]) -> None:
    """Run until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, live.stop)
    await live.run(started)
