"""The insights as a process: start when the topics are there, end on a signal, say why if it can't go on."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import tempfile
from pathlib import Path

import structlog

from config.settings import Settings
from config.topics import ENTITIES, OUTPUTS
from consumers.insights import changelogs
from consumers.insights.app import READ, WRITTEN, build
from consumers.insights.metrics import watched
from consumers.kafka import admin
from consumers.preflight import Unfit, check_rights

STOP_S = 15.0

log = structlog.get_logger("kawat.insights")


class InsightsFailed(Exception):
    """The insights can't go on; the message says why and what to do."""


async def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT.

    Raises:
        KafkaConnectionError: no broker answers.
        TopicMissing: naming the command that creates it.
        InsightsFailed: something could not be read or written; nothing is lost, start it again.
    """
    try:
        await check_rights(settings, "insights")
    except Unfit as error:
        raise InsightsFailed(str(error)) from None
    counts = await admin.require(settings, *(settings.topic(topic.name) for topic in (*READ, *WRITTEN)))
    partitions = _partitions(settings, counts)
    with tempfile.TemporaryDirectory(prefix="kawat-insights-") as folder:
        app = build(settings, partitions, Path(folder))
        try:
            await changelogs.ensure(app, settings, partitions)
        except changelogs.ChangelogUnfit as error:
            raise InsightsFailed(str(error)) from None
        http = watched(app, settings)
        try:
            await http.start()
        except OSError as error:
            where = f"{settings.http_host}:{settings.insights_http_port} (http_host, insights_http_port)"
            raise InsightsFailed(f"can't listen on {where}: {error.strerror}") from None
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
        log.info("starting", group=app.conf.id, partitions=partitions)
        try:
            await app.start()
            log.info("ready")
            ends = [asyncio.ensure_future(wait) for wait in (stopping.wait(), app.failed.wait(), app.wait())]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for end in ends:
                end.cancel()
        finally:
            with contextlib.suppress(TimeoutError):  # nothing is lost by an end at once
                async with asyncio.timeout(STOP_S):
                    await app.stop()
            await http.stop()
        if (why := app.failure or app.crash_reason) is not None:
            raise InsightsFailed(
                f"the insights stopped: {type(why).__name__}: {why}\nnothing is lost: start again"
            )
        log.info("stopped")


def _partitions(settings: Settings, counts: dict[str, int]) -> int:
    """How many partitions every topic has that is read: tables stand beside all of them.

    Raises:
        InsightsFailed: they differ.
    """
    entities = settings.topic(ENTITIES.name)
    for topic in READ:
        name = settings.topic(topic.name)
        if counts[name] != counts[entities]:
            cure = (
                "give both as many as news.raw"
                if topic in OUTPUTS
                else f"delete {name} and create it again with `kawat topics create`"
            )
            raise InsightsFailed(
                f"{name} has {counts[name]} partitions and {entities} {counts[entities]}: {cure}"
            )
    return counts[entities]
