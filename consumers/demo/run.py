"""The demo, act by act. Its exit code says whether everything arrived that the stories' manifest promises."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.rule import Rule

from config.settings import Settings
from config.topics import ARTICLES
from consumers.demo import show, stories
from consumers.demo.arrivals import Arrivals, Check, Watch, checks, collect, watching
from consumers.demo.stories import Expected, Raw
from consumers.demo.worker_process import WorkerProcess
from consumers.feed import feed
from consumers.kafka import admin
from consumers.kafka.broker import EmbeddedBroker
from consumers.lanes.triage import Outcome
from consumers.live.run import Live
from processors.records import State

PARTITIONS = 3
PIPE_WIDTH = 120  # columns: the demo is read by people, in a log too
HOST = "127.0.0.1"
PAGE_PORT = 9465
PAGE_STORIES = 500
READY_S = 60.0
ARRIVE_S = 45.0
KILL_S = 10.0
_POLL_S = 0.1


def run_demo(console: Console, *, keep: bool = False) -> int:
    """Run the whole flow on this machine and tell about it.

    Args:
        console: where to tell.
        keep: leave broker and worker running at the end, and serve the live page, until Ctrl-C.

    Returns:
        0 if all that had to arrive did, else 1.

    Raises:
        OperatorError: the broker or the worker can't run; the message says why.
    """
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    with tempfile.TemporaryDirectory(prefix="kawat-demo-") as folder, EmbeddedBroker() as broker:
        settings = Settings(
            bootstrap_servers=broker.bootstrap,
            group="kawat-demo",
            partitions=PARTITIONS,
            http_port=_free_port(Settings().http_port),
            live_http_port=0,
            log_format="json",
        )
        return asyncio.run(_Demo(console, settings, Path(folder)).run(keep=keep))


class _Demo:
    def __init__(self, console: Console, settings: Settings, folder: Path) -> None:
        self._console = console
        self._settings = settings
        self._log = folder / "worker.log"
        self._raws = stories.load()
        self._worker = WorkerProcess(settings, self._log)

    async def run(self, *, keep: bool) -> int:
        began = time.monotonic()
        self._say("Broker", f"a Kafka of its own at {self._settings.bootstrap_servers}")
        await admin.create(self._settings)
        async with self._worker as worker, watching(self._settings) as watch:
            loading = time.monotonic()
            with self._console.status("loading the model"):
                await worker.ready(READY_S)
            self._say(
                "Worker",
                f"process {worker.pid}, at work after {time.monotonic() - loading:.1f} s; {worker.url}",
            )
            first = [raw for raw in self._raws if not raw.kills]
            with self._console.status("feeding the stories"):
                counted, seconds = await self._send(first)
            self._tell_feed(first, counted, seconds)
            results = [await self._kill(watch, raw) for raw in self._raws if raw.kills]
            arrivals = await collect(self._settings)
            self._tell(arrivals)
            results += self._outcomes(await worker.outcomes())
            results += checks(arrivals, stories.states(self._raws), stories.reasons(self._raws))
            if keep:
                await self._keep(worker.url)
            code = await worker.stop()
            results.append(Check("the worker's exit code", str(code), code == 0))
        return self._conclude(results, time.monotonic() - began)

    async def _send(self, raws: Sequence[Raw]) -> tuple[Counter[str], float]:
        """Feed, and wait until the worker has decided about every story; what it counted, and how long it took."""
        before = sum((await self._worker.outcomes()).values())
        wanted = before + stories.outcomes(raws).total()
        began = time.monotonic()
        await feed(self._settings, [raw.payload for raw in raws])
        while True:
            counted = await self._worker.outcomes()
            seconds = time.monotonic() - began
            if sum(counted.values()) >= wanted or seconds > ARRIVE_S:
                return counted, seconds
            await asyncio.sleep(_POLL_S)

    async def _kill(self, watch: Watch, raw: Raw) -> Check:
        """A desk withdraws a story that is out: how long until it is withdrawn downstream."""
        uri = next(story.uri for story in raw.stories if story.outcome is Outcome.KILLED)
        assert uri is not None  # noqa: S101 - the manifest names it; for the type checker
        began = time.monotonic()
        await feed(self._settings, [raw.payload])
        ended = await watch.state(uri, State.CANCELED, KILL_S)
        self._console.print(Rule("A kill"))
        if ended is None:
            self._console.print(f"{uri}: [bold red]not withdrawn after {KILL_S:.0f} s")
        else:
            self._console.print(f"{uri} withdrawn on all three topics after {(ended - began) * 1000:.0f} ms")
        return Check("a kill goes through", "yes" if ended else "no", ended is not None)

    def _outcomes(self, counted: Counter[str]) -> Iterator[Check]:
        wanted = stories.outcomes(self._raws)
        for outcome in Outcome:
            found = counted[outcome.value]
            yield Check(
                f"stories that came out {outcome.value}",
                f"{found} of {wanted[outcome]}",
                found == wanted[outcome],
            )

    async def _keep(self, url: str) -> None:
        self._console.print(Rule("Running on"))
        address = self._settings.bootstrap_servers
        page = Live(
            self._settings, host=HOST, port=_free_port(PAGE_PORT), stories=PAGE_STORIES, workers=[url]
        )
        showing = asyncio.create_task(page.run())
        await asyncio.wait(
            {showing, asyncio.create_task(page.follower.caught_up.wait())},
            return_when=asyncio.FIRST_COMPLETED,
        )
        if showing.done():
            showing.result()
        self._console.print(
            f"the page  {page.server.url}  the stories, live\n"
            f"metrics   {url}/metrics\n"
            f"health    {url}/healthz  {url}/readyz\n"
            f"look      kawat tap articles --bootstrap {address} --follow\n"
            f"feed      kawat feed FILES --bootstrap {address}\n"
            "stop      Ctrl-C"
        )
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        try:
            while not stop.is_set():
                self._worker.check()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), 1.0)
        finally:
            page.stop()
            await showing

    # --- telling ------------------------------------------------------------------------------------------------

    def _say(self, what: str, told: str) -> None:
        self._console.print(f"[bold]{what:<8}[/bold] {told}", highlight=False)

    def _tell_feed(self, raws: Sequence[Raw], counted: Counter[str], seconds: float) -> None:
        told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counted.items()) if count)
        self._say("Fed", f"{len(raws)} payloads, decided and committed in {seconds:.1f} s: {told}")

    def _tell(self, arrivals: Arrivals) -> None:
        articles = arrivals.newest[ARTICLES.name]
        self._console.print(Rule("What arrives on news.articles, news.entities and news.quotes"))
        self._console.print(show.legend())
        for raw in self._raws:
            if raw.show:
                for value in _values(raw.stories, articles):
                    self._console.print(show.story(value, f"{raw.payload.where}: {raw.about}"))
        self._console.print(Rule("What could not be processed: news.dlq"))
        self._console.print(show.dead_letters(arrivals))
        self._console.print(Rule("Counts"))
        self._console.print(show.counts(arrivals))

    def _conclude(self, results: Sequence[Check], seconds: float) -> int:
        self._console.print(Rule("Summary"))
        self._console.print(show.verdict(results))
        wrong = sum(not result.holds for result in results)
        if wrong:
            self._console.print(
                f"[bold red]{wrong} of {len(results)} checks failed[/bold red]; the worker's log:"
            )
            self._console.print(self._log.read_text("utf-8", "replace")[-4000:], markup=False)
            return 1
        self._console.print(f"[bold green]all {len(results)} checks hold[/bold green], {seconds:.0f} s")
        return 0


def _values(
    expected: Sequence[Expected], articles: dict[str, dict[str, object]]
) -> Iterator[dict[str, object]]:
    for story in expected:
        if story.uri in articles:
            yield articles[story.uri]


def _free_port(wanted: int) -> int:
    """The wanted loopback port, or any if that is taken."""
    for port in (wanted, 0):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return int(probe.getsockname()[1])
    raise admin.OperatorError(f"no free port on {HOST}")
