"""`kawat replay`: stories once more through the worker."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from consumers.cli.common import (
    Command,
    Invocation,
    counted,
    json_line,
    json_option,
    pass_invocation,
    run_quietly,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from consumers.repair.replay import Place, Plan

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Moment(click.ParamType):
    """A moment as ISO 8601 (UTC unless it says otherwise), or so long ago: 90m, 6h, 3d."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        if ago := re.fullmatch(r"(\d{1,5})([mhd])", value):
            return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"{value!r} is neither a time (2026-11-24T06:00) nor so long ago (90m, 6h, 3d)", param, ctx
            )
        return read if read.tzinfo else read.replace(tzinfo=UTC)


@click.command(
    cls=Command,
    short_help="Do stories once more.",
    example="""
    kawat replay --since 6h
    kawat replay --since 2026-11-24T06:00 --until 2026-11-24T09:00 --send --rate 20
    kawat replay --key urn:newsml:wire.example:20261124:17 --send
""",
)
@click.option("--since", type=Moment(), help="From a time on (ISO 8601), or so long ago: 90m, 6h, 3d.")
@click.option("--until", type=Moment(), help="Up to a time, likewise.")
@click.option("--key", "keys", multiple=True, help="Only this story (its uri); may be repeated.")
@click.option("--all", "everything", is_flag=True, help="All that news.raw still holds.")
@click.option("--send", is_flag=True, help="Do it; without, it is only told what would be done.")
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    default=50.0,
    show_default=True,
    help="Most records a second.",
)
@click.option(
    "--max-waiting",
    type=click.IntRange(min=0),
    default=500,
    show_default=True,
    help="Send nothing while more records than this wait for the workers.",
)
@json_option("A JSON line for each record.")
@pass_invocation
def replay(
    invocation: Invocation,
    since: datetime | None,
    until: datetime | None,
    keys: tuple[str, ...],
    everything: bool,
    send: bool,
    rate: float,
    max_waiting: int,
    as_json: bool,
) -> None:
    """Send raw records to news.raw once more, so that workers do their stories again: with the model of today.

    Only what the newest version of a story came from goes; what was replaced or killed stays so. Dead letters are
    not among it: `kawat dlq redrive` sends those. First it is only told what would go; --send does it. Downstream
    gets the records with the same key and version, and a ce_id of their own.
    """
    if not (since or until or keys or everything):
        raise click.UsageError("say which stories: --since and --until, or --key, or --all")
    from consumers.repair import replay as way

    settings = invocation.settings
    selection = way.Selection(since=since, until=until, keys=frozenset(keys) or None)
    made = run_quietly(invocation, way.plan(settings, selection))
    tell = _teller(as_json=as_json, sent=send)
    if not send:
        for place in made.places:
            tell(place)
        _conclude(made, rate, sent=False, as_json=as_json)
        return
    run_quietly(
        invocation,
        way.replay(settings, made, rate=rate, most_waiting=max_waiting, on_sent=tell, on_wait=_waiting()),
    )
    _conclude(made, rate, sent=True, as_json=as_json)


def _teller(*, as_json: bool, sent: bool) -> Callable[[Place], None]:
    from dataclasses import asdict

    from consumers.cli.records import moment

    def tell(place: Place) -> None:
        if as_json:
            json_line({**asdict(place), "timestamp": moment(place.timestamp), "sent": sent})

    return tell


def _waiting() -> Callable[[int], None]:
    """Tells once that we wait, and why."""
    told = False

    def tell(records: int) -> None:
        nonlocal told
        if not told:
            click.echo(f"{records} records wait for the workers (--max-waiting): waiting with them", err=True)
        told = True

    return tell


def _conclude(made: Plan, rate: float, *, sent: bool, as_json: bool) -> None:
    """How many went or would go; on stderr what of the selection did not, and why."""
    if not as_json:
        told = f"{counted(len(made.places), 'record')} {'went' if sent else 'would go'} once more"
        if made.places and not sent:
            told += f", in {len(made.places) / rate:.0f} s or more; --send does it"
        click.echo(told)
    for number, why in (
        (made.superseded, "replaced, killed, or nothing new: left out"),
        (made.unknown, "not known to the ledger (not done yet, or dead: `kawat dlq list`): left out"),
        (made.unreadable, "can't be read: left out"),
        (made.replays, "replays of others: left out"),
    ):
        if number:
            click.echo(f"{counted(number, 'record')} {why}", err=True)
