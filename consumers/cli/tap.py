"""`kawat tap`: look into a topic."""

from __future__ import annotations

from contextlib import suppress

import click

from consumers.cli.common import (
    Command,
    Invocation,
    console,
    json_line,
    json_option,
    pass_invocation,
    run_quietly,
)

LIMIT = 10


@click.command(
    cls=Command,
    short_help="Look into a topic.",
    example="""
    kawat tap articles --limit 3
    kawat tap quotes --follow --json | jq -r '.value.quotes[].text'
    kawat tap articles --from beginning --json > articles.jsonl
""",
)
@click.argument("topic")
@click.option(
    "--limit", type=click.IntRange(min=1), help="Most records to show.  [default: 10 from the end, else all]"
)
@click.option(
    "--from",
    "start",
    type=click.Choice(["beginning", "end"]),
    default="end",
    show_default=True,
    help="The oldest records, or the newest.",
)
@click.option("--follow", is_flag=True, help="Go on as records come; from the end, show only new ones.")
@click.option("--key", help="Only records with this key (the story's uri).")
@json_option()
@pass_invocation
def tap(
    invocation: Invocation,
    topic: str,
    limit: int | None,
    start: str,
    follow: bool,
    key: str | None,
    as_json: bool,
) -> None:
    """Show records of a topic as downstream readers see them; changes nothing.

    TOPIC is a topic's name, or its last word: articles, entities, quotes, raw, ledger, dlq. Without more, the newest
    10 records are shown.
    """
    from consumers import tap as kafka
    from consumers.cli.records import as_json as record_as_json
    from consumers.cli.records import pretty

    settings = invocation.settings
    begin = kafka.Start(start)
    if limit is None and begin is kafka.Start.END and not follow:
        limit = LIMIT
    out = console()

    name = kafka.full_name(settings, topic)

    async def show() -> None:
        shown = 0
        records = kafka.tap(
            settings,
            name,
            start=begin,
            limit=limit,
            follow=follow,
            wanted=lambda record: key is None or record.key == key.encode(),
        )
        async for record in records:
            shown += 1
            if as_json:
                json_line(record_as_json(record))
            else:
                out.print(pretty(record))
        if not shown:
            click.echo(f"{name}: no such records", err=True)

    with suppress(KeyboardInterrupt):  # how --follow ends
        run_quietly(invocation, show())
