"""One port for those who watch: `/metrics`, `/healthz` (alive) and `/readyz` (at work)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

Problems = Callable[[], list[str]]


class HttpServer:
    """Serves metrics and health on loopback unless the settings say otherwise.

    `/healthz` and `/readyz` answer 200 with "ok", or 503 with one problem a line.
    """

    def __init__(
        self, *, host: str, port: int, registry: CollectorRegistry, alive: Problems, ready: Problems
    ) -> None:
        """`port` 0 takes any free one; `alive` and `ready` list what is wrong, nothing when all is well."""
        self._host, self._port = host, port
        self._registry = registry
        app = web.Application()
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get("/healthz", self._health(alive))
        app.router.add_get("/readyz", self._health(ready))
        self.started = asyncio.Event()
        self._runner = web.AppRunner(app, access_log=None)

    async def start(self) -> None:
        """Raises OSError when the port is taken."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = self._runner.addresses[0][1]
        self.started.set()

    @property
    def address(self) -> str:
        """Where it listens: "127.0.0.1:9464"."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{host}:{self._port}"

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _metrics(self, request: web.Request) -> web.Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(self._registry), headers={"Content-Type": content_type})

    @staticmethod
    def _health(problems: Problems) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(_: web.Request) -> web.Response:
            found = problems()
            return web.Response(text="\n".join(found or ["ok"]) + "\n", status=503 if found else 200)

        return answer
