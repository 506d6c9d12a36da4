"""The page and its events over HTTP. It only reads, and tells a browser to let nothing else in or out."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from importlib import resources

import orjson
from aiohttp import web

from consumers.live.board import Board, Event

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Health = Callable[[], list[str]]

PULSE_S = 1.0
MOST_READERS = 200
STOP_S = 2.0
WRITE_S = 30.0  # a reader that takes nothing for so long is gone
CHUNK_BYTES = 65_536
_RETRY_MS = 1_000
_TYPES = {
    "index.html": "text/html",
    "live.css": "text/css",
    "live.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
SHIELD = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class LiveServer:
    """Serves `/` (the page), `/events` (server-sent) and `/healthz`.

    `/events` sends `story` and `trend` events with ids, and once a second a `pulse` without. A reader that says what
    it saw last (the header Last-Event-ID, or `?after=`) is sent what came since; one that says nothing, or can't be
    caught up, is sent `afresh` and then all that stands there.
    """

    def __init__(
        self,
        board: Board,
        *,
        pulse: Callable[[], dict[str, object]],
        problems: Health,
        host: str,
        port: int,
        most_readers: int = MOST_READERS,
        refused: Callable[[], None] = lambda: None,
    ) -> None:
        """`port` 0 takes any free one; `pulse` is told once a second; `problems` lists what is wrong; `refused` is called for each
        reader beyond the most.
        """
        self._board = board
        self._pulse = pulse
        self._problems = problems
        self._host, self._port = host, port
        self._most_readers = most_readers
        self._refused = refused
        self._stopping = asyncio.Event()
        self.readers = 0
        folder = resources.files("consumers.live").joinpath("page")
        self._files = {name: folder.joinpath(name).read_bytes() for name in _TYPES}
        self.app = web.Application(middlewares=[self._guard])
        self.app.router.add_get("/", self._file("index.html"))
        for name in _TYPES:
            self.app.router.add_get(f"/{name}", self._file(name))
        self.app.router.add_get("/events", self._events, allow_head=False)
        self.app.router.add_get("/healthz", self._healthz)
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=STOP_S)

    async def start(self) -> None:
        """Raises OSError when the port is taken."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Let the readers go."""
        self._stopping.set()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Where the page is."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}/"

    # --- answers ------------------------------------------------------------------------------------------------

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A name that a stranger's DNS points at this machine (DNS rebinding) opens nothing here."""
        if _is_loopback(self._host) and not _is_loopback(_host_of(request)):
            raise web.HTTPMisdirectedRequest(text="ask for localhost\n", headers=SHIELD)
        return await handler(request)

    def _file(self, name: str) -> Handler:
        async def answer(_: web.Request) -> web.Response:
            return web.Response(
                body=self._files[name],
                content_type=_TYPES[name],
                charset="utf-8",
                headers={**SHIELD, "Cache-Control": "no-cache"},
            )

        return answer

    async def _healthz(self, _: web.Request) -> web.Response:
        found = self._problems()
        return web.Response(
            text="\n".join(found or ["ok"]) + "\n", status=503 if found else 200, headers=SHIELD
        )

    async def _events(self, request: web.Request) -> web.StreamResponse:
        if self.readers >= self._most_readers:
            self._refused()
            raise web.HTTPServiceUnavailable(
                text="too many readers\n", headers={**SHIELD, "Retry-After": "5"}
            )
        last = request.headers.get("Last-Event-ID") or request.query.get("after", "")
        response = web.StreamResponse(
            headers={
                **SHIELD,
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",  # a proxy that collects would hold back a kill
            }
        )
        self.readers += 1
        try:
            await response.prepare(request)
            await self._write(response, b"retry: %d\n\n" % _RETRY_MS)
            await self._tell(response, self._board.place(last))
        except (ConnectionError, TimeoutError):
            pass  # it comes back, and says where it was
        finally:
            self.readers -= 1
        return response

    async def _tell(self, response: web.StreamResponse, place: int | None) -> None:
        """News as soon as there is some, and a pulse each second, which also tells whether anybody is still there."""
        due = 0.0
        while not self._stopping.is_set():
            news = self._board.since(place)
            if news.afresh:
                await self._write(response, _frame("afresh", {"stories": self._board.limits["story"]}))
            for some in _chunks(news.events):
                await self._write(response, some)
            place = news.events[-1].number if news.events else place or 0
            now = time.monotonic()
            if now >= due:
                await self._write(response, _frame("pulse", self._pulse()))
                due = now + PULSE_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, due - time.monotonic())):
                    await self._board.beyond(place)

    @staticmethod
    async def _write(response: web.StreamResponse, some: bytes) -> None:
        async with asyncio.timeout(WRITE_S):
            await response.write(some)


def _frame(kind: str, value: dict[str, object]) -> bytes:
    """An event without id: it doesn't change where a reader is."""
    return b"event: %b\ndata: %b\n\n" % (kind.encode(), orjson.dumps(value))


def _chunks(events: Iterable[Event]) -> Iterator[bytes]:
    """Frames together, so that a thousand of them aren't a thousand packets."""
    some: list[bytes] = []
    size = 0
    for event in events:
        some.append(event.frame)
        size += len(event.frame)
        if size >= CHUNK_BYTES:
            yield b"".join(some)
            some, size = [], 0
    if some:
        yield b"".join(some)


def _host_of(request: web.Request) -> str:
    try:
        return request.url.host or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
