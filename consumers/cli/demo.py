"""`kawat demo`: the whole flow on this machine."""

from __future__ import annotations

import click

from consumers.cli.common import Command


@click.command(
    cls=Command,
    short_help="Show the whole flow on this machine.",
    example="""
    kawat demo
    kawat demo --keep
""",
)
@click.option("--keep", is_flag=True, help="Leave it running at the end, with the live page, until Ctrl-C.")
def demo(keep: bool) -> None:
    """Show it all on this machine: an embedded broker, a worker, stories of our own, and what comes of them.

    The exit code is 1 if something does not arrive as it should. It uses none of your settings and touches no other
    broker. Needs the extra: pip install 'kawat[embedded]'.
    """
    from rich.console import Console

    from consumers.demo.run import run_demo

    raise click.exceptions.Exit(run_demo(Console(), keep=keep))
