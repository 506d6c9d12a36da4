"""`kawat topics`: make the topics, and see whether they are as they should be."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from consumers.cli.common import (
    Group,
    Invocation,
    console,
    json_line,
    json_option,
    pass_invocation,
    run_quietly,
)

if TYPE_CHECKING:
    from rich.table import Table

    from consumers.kafka.admin import TopicState

_HINT = "`kawat topics create` creates what is missing"


@click.group(cls=Group)
def topics() -> None:
    """Create and compare the topics."""


@topics.command(
    example="""
    kawat topics create --bootstrap kafka-1:9092 --set partitions=12 --set replication_factor=3
"""
)
@json_option()
@pass_invocation
def create(invocation: Invocation, as_json: bool) -> None:
    """Create the topics that are missing; change nothing that is there.

    Differences from what is wanted are reported with what to do about them. The exit code is 1 if one of them
    breaks Kawat: outputs with more or fewer partitions than news.raw, or a wrong clean-up policy.
    """
    from consumers.kafka import admin

    _report(run_quietly(invocation, admin.create(invocation.settings)), as_json=as_json)


@topics.command(
    example="""
    kawat topics describe --json | jq 'select(.drift != [])'
"""
)
@json_option()
@pass_invocation
def describe(invocation: Invocation, as_json: bool) -> None:
    """Show the topics, and how they differ from what is wanted.

    The exit code is 1 if a topic is missing or differs in a way that breaks Kawat.
    """
    from consumers.kafka import admin

    _report(run_quietly(invocation, admin.describe(invocation.settings)), as_json=as_json)


def _report(states: list[TopicState], *, as_json: bool) -> None:
    """Print the topics, then exit with 1 if Kawat can't work with them."""
    if as_json:
        for state in states:
            json_line({"topic": state.name, "exists": state.exists, **asdict(state)})
    else:
        console().print(_table(states))
        _advise(states)
    if any(not state.exists or any(drift.breaks for drift in state.drift) for state in states):
        raise click.exceptions.Exit(1)


def _table(states: list[TopicState]) -> Table:
    from rich.table import Table

    table = Table("topic", "partitions", "replicas", "configuration", "", box=None, pad_edge=False)
    for state in states:
        settings = " ".join(f"{key}={value}" for key, value in sorted((state.config or {}).items()))
        verdict = (
            "[red]missing"
            if not state.exists
            else "[red]breaks"
            if any(drift.breaks for drift in state.drift)
            else "[yellow]differs"
            if state.drift
            else "[green]created"
            if state.created
            else "[green]as it should be"
        )
        counts = (str(state.partitions), str(state.replication)) if state.exists else ("-", "-")
        table.add_row(state.name, *counts, settings, verdict)
    return table


def _advise(states: list[TopicState]) -> None:
    for state in states:
        for drift in state.drift:
            click.echo(
                f"{state.name}: {drift.what} is {drift.found}, wanted {drift.wanted}\n    {drift.advice}",
                err=True,
            )
    if any(not state.exists for state in states):
        click.echo(_HINT, err=True)
