"""`kawat process`: stories through the chain, without Kafka."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from consumers.cli.common import PATH, Command, Failure, Invocation, pass_invocation, stdin

if TYPE_CHECKING:
    from processors.enrich import Chain


@click.command(
    cls=Command,
    short_help="Enrich stories without Kafka.",
    example="""
    kawat process breaking.xml | jq .enrichment.quotes
    kawat process wires/ --jobs 4 > enriched.jsonl
    zcat archive.jsonl.gz | kawat process -
""",
)
@click.argument("paths", nargs=-1, required=True, type=PATH)
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes.")
@pass_invocation
def process(invocation: Invocation, paths: tuple[Path, ...], jobs: int) -> None:
    """Enrich stories: files of any format, folders of them, JSON lines (.jsonl, or - for stdin).

    Out come the values of news.articles, one JSON object a line, in the order of the stories. What was killed or
    withheld, or is under embargo still, comes out without its words. What can't be processed is told on stderr with
    file and line, and the exit code is 1.
    """
    from config import outlets
    from consumers import offline, sources
    from consumers.telemetry import logs

    settings = invocation.settings
    logs.configure(settings, libraries="off" if settings.log_level != "debug" else "warning")
    outlets.use(settings.outlets_dir)
    out = click.get_binary_stream("stdout")
    written = failed = 0
    payloads = sources.payloads(paths, stdin())
    try:
        for done in offline.process_all(
            payloads, partial(load, settings.chain), jobs=jobs, max_bytes=settings.max_story_bytes
        ):
            for record in done.records:
                out.write(record + b"\n")
            out.flush()
            for failure in done.failed:
                click.echo(f"{done.where}: {failure.reason}: {failure.message}", err=True)
            written += len(done.records)
            failed += len(done.failed)
    except offline.ProcessDied as error:
        raise Failure(str(error)) from error
    if failed:
        raise Failure(f"{failed} could not be processed, {written} came out")


def load(chain: str) -> Chain:
    """The chain that "module:factory" makes, in the process that will use it."""
    module, _, factory = chain.partition(":")
    made: Chain = attrgetter(factory)(import_module(module))()
    return made
