"""`kawat`: every command for the people who run it. Commands import what they need only when they run."""

from __future__ import annotations

import click

from consumers.cli.broker import broker
from consumers.cli.common import Root
from consumers.cli.config import config
from consumers.cli.demo import demo
from consumers.cli.dlq import dlq
from consumers.cli.doctor import doctor
from consumers.cli.feed import feed
from consumers.cli.insights import insights
from consumers.cli.live import live
from consumers.cli.outlets import outlets
from consumers.cli.process import process
from consumers.cli.replay import replay
from consumers.cli.run import run
from consumers.cli.tap import tap
from consumers.cli.top import top
from consumers.cli.topics import topics


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kawat", message="%(prog)s %(version)s")
def main() -> None:
    """Streaming ingestion for live news wires: clean text, entities and attributed quotes, exactly once.

    The options below may stand before or after the command. Each command's --help has an example.
    """


for command in (
    run,
    process,
    feed,
    topics,
    tap,
    dlq,
    replay,
    insights,
    outlets,
    live,
    top,
    doctor,
    config,
    demo,
    broker,
):
    main.add_command(command)
