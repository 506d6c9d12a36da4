"""`kawat doctor`: is everything as a worker, or another part, needs it?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from rich.console import Console

    from consumers.doctor.finding import Finding
    from consumers.kafka.rights import Role

ROLES = ("worker", "feed", "repair", "insights", "live")  # of `consumers.kafka.rights`, which loads much
_MARKS = {"ok": ("ok", "green"), "warn": ("warn", "yellow"), "fail": ("FAIL", "red"), "unknown": ("?", "dim")}


@click.command(
    cls=Command,
    short_help="Look at everything that a worker, or another part, needs.",
    example="""
    kawat doctor
    kawat doctor --role insights
    kawat doctor --no-model --json | jq 'select(.status != "ok")'
""",
)
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="worker",
    show_default=True,
    help="Whose needs. repair: `kawat dlq`, `replay` and `tap`; feed: `kawat feed`, or a newsroom.",
)
@click.option("--no-model", is_flag=True, help="Don't load the model (it takes some seconds and its memory).")
@json_option()
@pass_invocation
def doctor(invocation: Invocation, role: Role, no_model: bool, as_json: bool) -> None:
    """Look at settings, brokers (name, port, TLS, login), and what a role needs: topics, rights, group, clock, port; for
    a worker also disk, memory and model.

    One line for each, with what to do where something is wrong. It changes nothing; to learn a broker's time it
    begins a transaction of its own and aborts it. The exit code is 1 if something fails; warnings don't count.
    """
    from config.settings import SettingsError
    from consumers.doctor.finding import Status, fail

    out = console()
    try:
        _ = invocation.settings
    except SettingsError as error:
        _tell(out, fail("settings", str(error), "`kawat config show` lists the settings"), as_json=as_json)
        raise click.exceptions.Exit(2) from None

    async def look() -> bool:
        well = True
        async for finding in _look(invocation, role, model=role == "worker" and not no_model):
            _tell(out, finding, as_json=as_json)
            well = well and finding.status is not Status.FAIL
        return well

    if not run_quietly(invocation, look()):
        raise click.exceptions.Exit(1)


async def _look(invocation: Invocation, role: Role, *, model: bool) -> AsyncIterator[Finding]:
    from consumers.doctor import brokers, machine
    from consumers.telemetry import logs

    settings, origin = invocation.loaded
    if settings.log_level != "debug":  # what a worker would say while it loads
        logs.configure(settings.model_copy(update={"log_level": "error"}), libraries="off")
    for finding in (
        *machine.settings_of(settings, origin),
        *machine.certificate(settings, datetime.now(UTC)),
    ):
        yield finding
    async for finding in brokers.look(settings, role):
        yield finding
    if role in machine.PORTS:
        yield await machine.port(settings, role)
    if role == "worker":
        yield machine.disk(settings)
    if model:
        async for finding in machine.model(settings):
            yield finding


def _tell(out: Console, finding: Finding, *, as_json: bool) -> None:
    from dataclasses import asdict

    from rich.text import Text

    if as_json:
        json_line(asdict(finding))
        return
    mark, style = _MARKS[finding.status]
    line = Text.assemble((f"{mark:<5}", style), f"{finding.check}: {finding.found}")
    if finding.advice:
        line.append(f"\n{'':5}{finding.advice}", "dim")
    out.print(line, soft_wrap=True)
