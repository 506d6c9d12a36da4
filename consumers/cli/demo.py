"""`kawat demo`: the whole flow on this machine."""

from __future__ import annotations

import click

from consumers.cli.common import Command, console


@click.command(
    cls=Command,
    example="""
    kawat demo
    kawat demo --keep
""",
)
@click.option("--keep", is_flag=True, help="Leave broker and worker running until Ctrl-C.")
def demo(*, keep: bool) -> None:
    """Show the whole flow: an embedded broker, a worker, made-up stories of many formats, and what comes of them.

    Needs no Kafka and changes nothing outside a temporary folder. The exit code is 0 only if everything arrived
    that had to, exactly once.
    """
    from consumers.demo.run import run_demo

    raise click.exceptions.Exit(run_demo(console(), keep=keep))
