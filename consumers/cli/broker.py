"""`kawat broker`: a Kafka to try things with."""

from __future__ import annotations

import signal
from pathlib import Path

import click

from consumers.cli.common import Command, Failure, Invocation, pass_invocation


@click.command(
    cls=Command,
    short_help="Run an embedded broker on this machine.",
    example="""
    kawat broker --data ./kafka
    kawat broker --port 19092 & kawat run --bootstrap 127.0.0.1:19092
""",
)
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=9092, show_default=True, help="On 127.0.0.1; 0: any."
)
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), help="Keep the data in this folder."
)
@click.option("--topics/--no-topics", default=True, show_default=True, help="Create the topics, too.")
@pass_invocation
def broker(invocation: Invocation, port: int, data: Path | None, topics: bool) -> None:
    """Run an embedded broker on this machine until Ctrl-C, with the topics made; for trials, not for production.

    Without --data, what is in it is lost at the end. Needs the extra: pip install 'kawat[embedded]'.
    """
    import asyncio

    from consumers.kafka import admin
    from consumers.kafka.broker import EmbeddedBroker
    from consumers.telemetry import logs

    settings = invocation.settings
    logs.configure(settings, libraries="off")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):  # a shell starts what runs behind it deaf to the former
        signal.signal(number, stop)
    try:
        with EmbeddedBroker(port, data) as running:
            if topics:
                asyncio.run(
                    admin.create(settings.model_copy(update={"bootstrap_servers": running.bootstrap}))
                )
            click.echo(f"a broker at {running.bootstrap}; Ctrl-C stops it")
            code = running.wait()
        raise Failure(f"the broker ended by itself with exit code {code}")
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
