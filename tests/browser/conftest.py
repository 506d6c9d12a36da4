"""A headless Chromium before a live page, which reads what a real worker makes of stories on the embedded broker.

What only these tests need is installed by `make test-live` (tools.lock); Chromium is the system's own, CHROMIUM names
another.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import uuid
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer

from config.settings import Settings
from consumers.demo.worker_process import WorkerProcess
from consumers.feed import feed
from consumers.kafka import admin
from consumers.sources import Payload

WAIT_S = 60
WAIT_MS = WAIT_S * 1_000
NINJS = "application/ninjs+json"

module_fixture = pytest_asyncio.fixture(scope="module", loop_scope="module")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def settings(broker):
    prefix = f"t{uuid.uuid4().hex[:10]}."
    return Settings(
        bootstrap_servers=broker.bootstrap,
        topic_prefix=prefix,
        group=prefix.removesuffix("."),
        partitions=3,
        pool_size=1,
        http_port=free_port(),
        live_http_port=0,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where logs go."""
    return tmp_path_factory.mktemp("browser")


@module_fixture
async def worker(settings, folder):
    """A `kawat run` at work."""
    await admin.create(settings)
    async with WorkerProcess(settings, folder / "worker.log") as worker:
        await worker.ready(WAIT_S)
        yield worker


@pytest.fixture
def send(settings, worker):  # noqa: ARG001 - somebody must take them
    """Sends stories to news.raw: payloads, or what `ninjs` makes."""

    async def send(*stories):
        payloads = [
            one if isinstance(one, Payload) else Payload(json.dumps(one).encode(), "story", NINJS)
            for one in stories
        ]
        await feed(settings, payloads)

    return send


@pytest.fixture
def write(settings):
    """Writes records (topic without prefix, key, value) past the worker."""

    async def write(*records, pause_s=0.0):
        producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers, linger_ms=5)
        await producer.start()
        try:
            for topic, key, value in records:
                await producer.send(settings.topic(topic), json.dumps(value).encode(), key=key.encode())
                await asyncio.sleep(pause_s)
            await producer.flush()
        finally:
            await producer.stop()

    return write


def ninjs(
    number, *paragraphs, title="Warga Tanjung Lapis Menanam Bakau", version=1, source="Kabar Lapis", **more
):
    """A story of our own."""
    return {
        "uri": f"urn:newsml:kabarlapis.example:20261124:{number}",
        "type": "text",
        "version": str(version),
        "pubstatus": "usable",
        "versioncreated": f"2026-11-24T0{version}:00:00Z",
        "language": "id",
        "headline": title,
        "body_text": "\n".join(paragraphs or ["Sekitar 300 warga menanam bakau di Tanjung Lapis."]),
        "infosource": [{"name": source}],
        **more,
    }


class Live:
    """A `kawat live` process, at an address that stays the same when it starts again."""

    def __init__(self, settings, log, *more):
        self._settings, self._log, self._more = settings, log, more
        self._port = free_port()
        self._process = None
        self.url = f"http://127.0.0.1:{self._port}/"

    async def start(self):
        options = [
            f"--set={key}={value}"
            for key, value in self._settings.model_dump(mode="json", exclude_defaults=True).items()
        ]
        code = "from consumers.cli import main; main()"
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", code, "live", f"--port={self._port}", *self._more, *options),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        said = await asyncio.wait_for(self._process.stdout.readline(), WAIT_S)
        assert said.decode().strip() == self.url, self._log.read_text()

    async def end(self, number):
        if self._process and self._process.returncode is None:
            self._process.send_signal(number)
            await asyncio.wait_for(self._process.wait(), WAIT_S)


@pytest_asyncio.fixture(loop_scope="module")
async def start(settings, worker, folder):
    """Starts a live page; more options may be given."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(*more):
            page = Live(settings, folder / "live.log", f"--worker={worker.url}", *more)
            stack.push_async_callback(page.end, signal.SIGTERM)
            await page.start()
            return page

        yield start


@module_fixture
async def live(settings, worker, folder):
    """A live page that tests share."""
    page = Live(settings, folder / "live.log", f"--worker={worker.url}")
    await page.start()
    yield page
    await page.end(signal.SIGTERM)


@module_fixture
async def chromium():
    from playwright.async_api import async_playwright, expect

    expect.set_options(timeout=WAIT_MS)

    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "Chromium is needed: install it (Debian: chromium), or name it in CHROMIUM"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def visit(chromium):
    """Opens an address; nothing may go wrong in the page's scripts, and nothing may be asked of anybody else."""
    wrong, contexts = [], []
    gone = ("ERR_CONNECTION", "ERR_INCOMPLETE", "ERR_EMPTY")  # a server that ends is part of the tests

    def said(message):
        if message.type == "error" and not any(word in message.text for word in gone):
            wrong.append(message.text)

    async def visit(url, **options):
        context = await chromium.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}"))
        page.on("console", said)
        own = url.partition("#")[0]
        page.on("request", lambda asked: asked.url.startswith(own) or wrong.append(f"asked of {asked.url}"))
        await page.goto(url)
        return page

    yield visit
    for context in contexts:
        await context.close()
    assert wrong == []


class Tools:
    """What tests share. Pictures go to the folder in LIVE_PICTURES, if there is one."""

    story = staticmethod(ninjs)
    pictures = Path(os.environ["LIVE_PICTURES"]) if os.environ.get("LIVE_PICTURES") else None


@pytest.fixture
def tools():
    return Tools
