"""`kawat insights`: what the wire as a whole says."""

from __future__ import annotations

import click

from consumers.cli.common import Command, Failure, Invocation, pass_invocation


@click.command(
    cls=Command,
    short_help="Publish what the wire says: trends, speakers, clusters.",
    example="""
    kawat insights --bootstrap kafka-1:9092,kafka-2:9092 --set log_format=json
    kawat tap trends
    kawat tap stories
""",
)
@pass_invocation
def insights(invocation: Invocation) -> None:
    """Read what the workers publish, and say what the wire as a whole says.

    On news.trends who and what is in more stories than usual, on news.speakers what everyone is quoted with, on
    news.stories which stories share their words, on news.boilerplate what recurs over an outlet's stories. It counts
    distinct stories, so it is right although it reads at least once. It may run several times, as members of the
    group <group>-insights. SIGTERM or SIGINT (Ctrl-C) ends it gracefully; kill -9 changes no count either.
    """
    from consumers import runtime
    from consumers.insights.run import InsightsFailed, run
    from consumers.telemetry import logs

    logs.configure(invocation.settings)
    try:
        runtime.run(run(invocation.settings))
    except InsightsFailed as error:
        raise Failure(str(error)) from error
