"""`kawat live`: the wire in a browser."""

from __future__ import annotations

import click

from consumers.cli.common import Command, Failure, Invocation, pass_invocation


@click.command(
    cls=Command,
    short_help="Show the wire in a browser.",
    example="""
    kawat live
    kawat live --port 8080 --stories 1000 --worker http://127.0.0.1:9464
""",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=9465,
    show_default=True,
    help="Its port; 0: any free one.",
)
@click.option(
    "--stories",
    type=click.IntRange(1, 10_000),
    default=500,
    show_default=True,
    help="How many of the newest stories are kept in memory, at most 64 MB of them.",
)
@click.option(
    "--worker",
    "workers",
    metavar="URL",
    multiple=True,
    help="A worker's HTTP address, for the lag; may be repeated.  [default: the topics tell the lag]",
)
@pass_invocation
def live(invocation: Invocation, host: str, port: int, stories: int, workers: tuple[str, ...]) -> None:
    """Serve a page that shows stories as they come, with their entities and quotes marked in the text.

    It reads news.articles, news.trends and news.dlq outside any group and changes nothing. There is no login: it
    listens on this machine only unless --host says otherwise; then put it behind a proxy that lets in who may read
    the wire. SIGTERM or SIGINT (Ctrl-C) ends it.
    """
    import asyncio

    from consumers.live.run import Live, LiveFailed, serve
    from consumers.telemetry import logs

    logs.configure(invocation.settings)

    async def work() -> None:
        page = Live(invocation.settings, host=host, port=port, stories=stories, workers=workers)
        await serve(page, started=lambda: click.echo(page.server.url))

    try:
        asyncio.run(work())
    except LiveFailed as error:
        raise Failure(str(error)) from error
