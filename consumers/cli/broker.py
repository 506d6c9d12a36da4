"""`kawat broker`: the embedded broker."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType

import click

from consumers.cli.common import Command, Failure


@click.command(
    cls=Command,
    example="""
    kawat broker &
    kawat topics create && kawat run
""",
)
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=9092, show_default=True, help="0: any free one."
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that keeps the data.  [default: a temporary one]",
)
def broker(port: int, data: Path | None) -> None:
    """Run an embedded Kafka on this machine until Ctrl-C: to try things out, never to run a newsroom on.

    It listens on 127.0.0.1 and speaks transactions, but loses data when it is killed. The global options do not
    matter to it.
    """
    from consumers.broker import EmbeddedBroker

    def stop(_: int, __: FrameType | None) -> None:
        raise SystemExit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    with EmbeddedBroker(port, data) as running:
        click.echo(f"a Kafka at {running.bootstrap}; Ctrl-C stops it")
        code = running.wait()
        raise Failure(f"the embedded broker ended by itself with exit code {code}")
