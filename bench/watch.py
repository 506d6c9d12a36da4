"""Prometheus and Alertmanager as `deploy/` sets them up, watching a worker on this machine.

Only what belongs to the place is changed: addresses, folders, where notifications go (to us), how often Prometheus
scrapes; and, where a run must be short, all durations of the rules by one factor.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import yaml
from aiohttp import web

from bench.apache_kafka import free_port
from bench.kafka_jars import ROOT, MissingTool

DEPLOY = ROOT / "deploy"
PROGRAMS = {
    "prometheus": ("prometheus",),
    "alertmanager": ("alertmanager", "prometheus-alertmanager"),  # Debian calls it so
}
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Notice:
    """What a receiver was sent. `at`: seconds since the epoch; `to`: pages or tickets."""

    at: float
    to: str
    text: str
    resolved: bool


class Watch:
    """Both programs, from start to end of a `async with`; `notices` in order of arrival."""

    def __init__(
        self, targets: Mapping[str, list[str]], folder: Path, *, scrape_s: int = 15, faster: int = 1
    ) -> None:
        """`targets`: host:port by job; jobs that are not named are not there, as where they are not started.

        All durations of rules and routes are divided by `faster`.

        Raises:
            MissingTool: Prometheus or Alertmanager is not on the PATH.
        """
        self.notices: list[Notice] = []
        self._folder = folder
        self._faster = faster
        self._programs = {name: _program(name) for name in PROGRAMS}
        self._ports = {name: free_port() for name in (*PROGRAMS, "receiver")}
        self._running: list[subprocess.Popen[bytes]] = []
        self.url = f"http://127.0.0.1:{self._ports['prometheus']}"
        folder.mkdir(parents=True, exist_ok=True)
        self._write_prometheus(targets, scrape_s)
        self._write_alertmanager()

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20))
        app = web.Application()
        app.router.add_post("/{to}", self._receive)
        self._receiver = web.AppRunner(app, access_log=None)
        await self._receiver.setup()
        await web.TCPSite(self._receiver, "127.0.0.1", self._ports["receiver"]).start()
        self._start(
            "prometheus",
            f"--storage.tsdb.path={self._folder / 'tsdb'}",
            "--log.level=warn",
        )
        self._start(
            "alertmanager",
            f"--storage.path={self._folder / 'alerts'}",
            "--cluster.listen-address=",  # alone
            "--log.level=warn",
        )
        for name in PROGRAMS:
            await self._ready(f"http://127.0.0.1:{self._ports[name]}/-/ready")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            try:
                await asyncio.to_thread(process.wait, 15)
            except subprocess.TimeoutExpired:
                process.kill()
        await self._receiver.cleanup()
        await self._http.close()

    # --- questions ----------------------------------------------------------------------------------------------

    async def series(self, expression: str, seconds: float = 30, step: float = 2) -> list[dict[str, Any]]:
        """A range query over the last seconds: one entry a series, its values without those that are no number."""
        now = time.time()
        asked = {"query": expression, "start": now - seconds, "end": now, "step": step}
        found: list[dict[str, Any]] = (await self._get("/api/v1/query_range", asked))["result"]
        for one in found:
            one["values"] = [(at, float(value)) for at, value in one["values"] if value != "NaN"]
        return [one for one in found if one["values"]]

    async def label_values(self, metric: str, label: str) -> list[str]:
        """What a variable of a dashboard offers."""
        asked = {"match[]": metric}
        values: list[str] = await self._get(f"/api/v1/label/{label}/values", asked)
        return values

    async def rules(self) -> list[dict[str, Any]]:
        """All rules as Prometheus sees them: health, last error, state."""
        groups = (await self._get("/api/v1/rules", {}))["groups"]
        return [rule for group in groups for rule in group["rules"]]

    async def firing(self) -> dict[str, str]:
        """Names of alerts that fire, and when they began to (RFC 3339)."""
        alerts = (await self._get("/api/v1/alerts", {}))["alerts"]
        return {one["labels"]["alertname"]: one["activeAt"] for one in alerts if one["state"] == "firing"}

    async def _get(self, path: str, asked: Mapping[str, Any]) -> Any:
        async with self._http.get(self.url + path, params={k: str(v) for k, v in asked.items()}) as answer:
            body = await answer.json()
            if body["status"] != "success":
                raise ValueError(f"{asked}: {body['error']}")
            return body["data"]

    # --- set-up -------------------------------------------------------------------------------------------------

    def _write_prometheus(self, targets: Mapping[str, list[str]], scrape_s: int) -> None:
        config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text("utf-8"))
        every = f"{scrape_s}s"
        config["global"].update(scrape_interval=every, scrape_timeout=every, evaluation_interval=every)
        config["rule_files"] = [str(self._folder / "rules/*.yml")]
        (group,) = config["alerting"]["alertmanagers"]
        group["static_configs"] = [{"targets": [f"127.0.0.1:{self._ports['alertmanager']}"]}]
        here = {**targets, "prometheus": [f"127.0.0.1:{self._ports['prometheus']}"]}
        for job in config["scrape_configs"]:
            job["static_configs"] = [{"targets": here.get(job["job_name"], [])}]
        (self._folder / "prometheus.yml").write_text(yaml.safe_dump(config))
        (self._folder / "rules").mkdir(exist_ok=True)
        for path in (DEPLOY / "prometheus/rules").glob("*.yml"):
            (self._folder / "rules" / path.name).write_text(_shorter(path.read_text("utf-8"), self._faster))

    def _write_alertmanager(self) -> None:
        secrets = self._folder / "secrets"
        secrets.mkdir(exist_ok=True)
        receiver = f"http://127.0.0.1:{self._ports['receiver']}"
        (secrets / "pagerduty_routing_key").write_text("0" * 32)
        (secrets / "slack_webhook").write_text(f"{receiver}/tickets")
        text = (DEPLOY / "alertmanager/alertmanager.yml").read_text("utf-8")
        config = yaml.safe_load(_shorter(text, self._faster).replace("/run/secrets", str(secrets)))
        config["global"] = {"pagerduty_url": f"{receiver}/pages"}
        (self._folder / "alertmanager.yml").write_text(yaml.safe_dump(config))

    def _start(self, name: str, *options: str) -> None:
        command = [
            self._programs[name],
            f"--config.file={self._folder / name}.yml",
            f"--web.listen-address=127.0.0.1:{self._ports[name]}",
            *options,
        ]
        with (self._folder / f"{name}.log").open("wb") as log:
            self._running.append(
                subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, cwd=self._folder)
            )

    async def _ready(self, url: str, timeout_s: float = 60) -> None:
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                async with self._http.get(url) as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            if time.monotonic() > deadline or any(one.poll() is not None for one in self._running):
                logs = "\n".join((self._folder / f"{name}.log").read_text()[-1500:] for name in PROGRAMS)
                raise RuntimeError(f"{url} does not answer:\n{logs}")
            await asyncio.sleep(0.1)

    async def _receive(self, request: web.Request) -> web.Response:
        body = await request.json()
        if (to := request.match_info["to"]) == "pages":
            text, resolved = (
                str(body["payload"]["custom_details"]["alerts"]),
                body["event_action"] == "resolve",
            )
            if resolved:  # its details name what still fires: nothing
                text = str(body["payload"]["summary"])
        else:
            shown = body["attachments"][0]
            text, resolved = f"{shown['title']}\n{shown['text']}", shown["title"].startswith("RESOLVED")
        self.notices.append(Notice(time.time(), to, text, resolved))
        return web.json_response({"status": "success"}, status=202 if to == "pages" else 200)


def _program(name: str) -> str:
    for known in PROGRAMS[name]:
        if path := shutil.which(known):
            return path
    package = PROGRAMS[name][-1]
    raise MissingTool(f"{name} is not on the PATH (Debian: apt-get install {package})")


def _shorter(text: str, factor: int) -> str:
    """Rules or routes with all durations divided; names of records, which hold durations too, stay."""

    def divided(found: re.Match[str]) -> str:
        return f"{max(1, int(found[1]) * UNITS[found[2]] // factor)}s"

    lines = text.splitlines(keepends=True)
    return "".join(
        line if line.lstrip().startswith("#") else re.sub(r"(?<![\w:])(\d+)([smhd])\b", divided, line)
        for line in lines
    )
