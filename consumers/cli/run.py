"""`kawat run`: the worker."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import click

from consumers.cli.common import Command, Failure, Invocation, pass_invocation

if TYPE_CHECKING:
    from consumers.worker import Worker


@click.command(
    cls=Command,
    short_help="Work: read stories, publish them enriched.",
    example="""
    kawat run --bootstrap kafka-1:9092,kafka-2:9092 --set log_format=json
    KAWAT_INSTANCE_ID=worker-0 KAWAT_STATE_DIR=/var/lib/kawat kawat run
""",
)
@pass_invocation
def run(invocation: Invocation) -> None:
    """Work: read news.raw, publish what the chain makes of it, exactly once.

    SIGTERM or SIGINT (Ctrl-C) ends it gracefully: what is under way is finished first, for as long as
    drain_timeout_ms. A second SIGINT ends it at once; nothing is lost or doubled by that either.
    """
    from config import outlets
    from consumers import runtime
    from consumers.telemetry import logs
    from consumers.worker import Worker, WorkerFailed

    settings = invocation.settings
    logs.configure(settings)
    outlets.use(settings.outlets_dir)

    async def work() -> None:
        worker = Worker(settings)
        obey_signals(worker)
        await worker.run()

    try:
        runtime.run(work())
    except WorkerFailed as error:
        raise Failure(str(error)) from error


def obey_signals(worker: Worker) -> None:
    """End gracefully on SIGTERM and the first SIGINT, at once on the second. To be called in the worker's loop."""
    import asyncio

    loop = asyncio.get_running_loop()

    def interrupted() -> None:
        worker.stop()
        loop.remove_signal_handler(signal.SIGINT)
        # not by the loop: it may be what hangs
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))
        click.echo("kawat: finishing what is under way; Ctrl-C again ends at once", err=True)

    loop.add_signal_handler(signal.SIGTERM, worker.stop)
    loop.add_signal_handler(signal.SIGINT, interrupted)
