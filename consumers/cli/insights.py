"""`kawat insights`: what the wire as a whole says."""

from __future__ import annotations

import click

from consumers.cli.common import Command, Failure, Invocation, pass_invocation


@click.command(
    cls=Command,
    short_help="Count: publish who and what is suddenly in many stories.",
    example="""
    kawat insights --bootstrap kafka-1:9092,kafka-2:9092 --set log_format=json
    kawat tap trends
""",
)
@pass_invocation
def insights(invocation: Invocation) -> None:
    """Read news.entities, publish on news.trends when more stories than usual name an entity.

    It counts distinct stories, so it is right although it reads at least once. It may run several times, as members
    of the group <group>-insights. SIGTERM or SIGINT (Ctrl-C) ends it gracefully; kill -9 changes no count either.
    """
    import asyncio

    from consumers.insights.run import InsightsFailed, run
    from consumers.telemetry import logs

    logs.configure(invocation.settings)
    try:
        asyncio.run(run(invocation.settings))
    except InsightsFailed as error:
        raise Failure(str(error)) from error
