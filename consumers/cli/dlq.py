"""`kawat dlq`: what could not be processed, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from consumers.cli.common import (
    Failure,
    Group,
    Invocation,
    console,
    counted,
    json_line,
    json_option,
    pass_invocation,
    run_quietly,
)
from processors.errors import REASONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from consumers.repair.letters import Letter, Plan

PREVIEW_BYTES = 2_000
_SHOWN = 50


class Place(click.ParamType):
    """A dead letter's partition:offset."""

    name = "partition:offset"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        partition, _, offset = value.partition(":")
        if not (partition.isdigit() and offset.isdigit()):
            self.fail(
                f"{value!r} is not of the form partition:offset, as `kawat dlq list` shows it", param, ctx
            )
        return int(partition), int(offset)


reason_option = click.option("--reason", type=click.Choice(REASONS), help="Only letters with this reason.")
stage_option = click.option(
    "--stage", metavar="STAGE", help="Only letters from this stage (intake, pool, ...)."
)


@click.group(cls=Group)
def dlq() -> None:
    """Look at dead letters, and send them back."""


@dlq.command(
    name="list",
    example="""
    kawat dlq list --reason malformed
    kawat dlq list --json | jq -r .error | sort | uniq -c
""",
)
@reason_option
@stage_option
@click.option("--everything", is_flag=True, help="Letters that have gone back already, too.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    help=f"Most letters to show, the newest.  [default: {_SHOWN}; with --json: all]",
)
@json_option()
@pass_invocation
def list_letters(
    invocation: Invocation,
    reason: str | None,
    stage: str | None,
    everything: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    """Show dead letters that wait, the newest last, and how many there are by reason and stage."""
    from consumers.cli.letters import as_json as letter_as_json
    from consumers.cli.letters import listing, tally
    from consumers.repair import letters

    selection = letters.Selection(reason=reason, stage=stage, pending=not everything)
    plan = run_quietly(invocation, letters.find(invocation.settings, selection))
    refused = {refusal.letter.place: refusal.why for refusal in plan.refused}
    found = sorted(
        [*plan.letters, *(refusal.letter for refusal in plan.refused)],
        key=lambda letter: (letter.timestamp, letter.place),
    )
    if as_json:
        for letter in found[-limit:] if limit else found:
            json_line({**letter_as_json(letter), "can_go_back": letter.place not in refused})
        return
    shown = found[-(limit or _SHOWN) :]
    if shown:
        console().print(listing(shown, refused))
    tally(found, hidden=len(found) - len(shown), strangers=plan.strangers)


@dlq.command(
    example="""
    kawat dlq show 2:17
    kawat dlq show 2:17 --raw > broken.xml
""",
)
@click.argument("place", type=Place())
@click.option("--raw", is_flag=True, help="Write the story's bytes, and nothing else, to stdout.")
@json_option("One JSON object instead of text for people.")
@pass_invocation
def show(invocation: Invocation, place: tuple[int, int], raw: bool, as_json: bool) -> None:
    """Show one dead letter: why, where from, all headers, and how its bytes begin.

    PLACE is partition:offset, as `kawat dlq list` shows it.
    """
    from consumers.repair import letters

    letter, record = run_quietly(invocation, letters.fetch(invocation.settings, place))
    if raw:
        stdout = click.get_binary_stream("stdout")
        stdout.write(record.value or b"")
        stdout.flush()
        return
    from consumers.cli import letters as shown
    from consumers.cli import records

    if as_json:
        json_line({**shown.as_json(letter), "record": records.as_json(record)})
        return
    out = console()
    out.print(shown.facts(letter))
    out.print(records.headers(record))
    out.print(records.body(record.value, PREVIEW_BYTES))


@dlq.command(
    example="""
    kawat dlq redrive --reason timeout --dry-run
    kawat dlq redrive 2:17 2:18
    kawat dlq redrive --all --rate 20
""",
)
@click.argument("places", nargs=-1, type=Place())
@reason_option
@stage_option
@click.option("--all", "everything", is_flag=True, help="All letters that wait.")
@click.option("--again", is_flag=True, help="Letters that have gone back already, too.")
@click.option("--dry-run", is_flag=True, help="Only say what would be sent where.")
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    default=100.0,
    show_default=True,
    help="Most letters a second.",
)
@json_option("A JSON line for each letter.")
@pass_invocation
def redrive(
    invocation: Invocation,
    places: tuple[tuple[int, int], ...],
    reason: str | None,
    stage: str | None,
    everything: bool,
    again: bool,
    dry_run: bool,
    rate: float,
    as_json: bool,
) -> None:
    """Send dead letters back to the topic and partition they came from, as they were.

    Name them (PLACES: partition:offset), choose them by --reason and --stage, or take --all. Each goes back once: what
    has gone back is marked in the dead letters' topic and left out the next time, unless --again is given. A letter
    that dies again is a new letter. The exit code is 1 if a letter can't go back.
    """
    if sum((bool(places), bool(reason or stage), everything)) != 1:
        raise click.UsageError("say which letters: PLACES, or --reason and --stage, or --all")
    from consumers.repair import letters
    from consumers.repair import redrive as back

    settings = invocation.settings
    selection = letters.Selection(
        reason=reason, stage=stage, places=frozenset(places) if places else None, pending=not again
    )
    tell = _teller(as_json=as_json, dry_run=dry_run)
    if dry_run:
        plan = run_quietly(invocation, letters.find(settings, selection))
        for letter in plan.letters:
            tell(letter)
    else:
        plan = run_quietly(invocation, back.redrive(settings, selection, rate=rate, on_sent=tell))
    _conclude(plan, places, dry_run=dry_run, as_json=as_json)


def _teller(*, as_json: bool, dry_run: bool) -> Callable[[Letter], None]:
    from consumers.cli import letters as shown

    def tell(letter: Letter) -> None:
        if as_json:
            json_line({**shown.as_json(letter), "sent": not dry_run})
        else:
            click.echo(
                f"{shown.place_of(letter)} to {letter.topic}[{letter.origin_partition}]  {shown.key_of(letter)}"
            )

    return tell


def _conclude(plan: Plan, places: tuple[tuple[int, int], ...], *, dry_run: bool, as_json: bool) -> None:
    from consumers.cli.letters import place_of

    for refusal in plan.refused:
        click.echo(f"{place_of(refusal.letter)} can't go back: {refusal.why}", err=True)
    known = {letter.place for letter in plan.letters} | {refusal.letter.place for refusal in plan.refused}
    missing = [f"{partition}:{offset}" for partition, offset in places if (partition, offset) not in known]
    if not as_json:
        click.echo(f"{counted(len(plan.letters), 'letter')} {'would go' if dry_run else 'went'} back")
    if missing:
        raise Failure(
            f"no letter waits at {', '.join(missing)}: `kawat dlq list --everything` shows all; "
            "--again sends one that has gone back already"
        )
    if plan.refused:
        raise click.exceptions.Exit(1)
