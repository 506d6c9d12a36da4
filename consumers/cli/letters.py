"""Dead letters for people and for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from consumers.cli.common import counted
from consumers.cli.records import harmless, moment, plain
from consumers.repair.letters import Letter


def as_json(letter: Letter) -> dict[str, Any]:
    """A letter as one JSON object, without its bytes."""
    return {
        **asdict(letter),
        "place": place_of(letter),
        "key": plain(letter.key),
        "timestamp": moment(letter.timestamp),
        "origin_timestamp": moment(letter.origin_timestamp),
        "redriven": None if letter.redriven is None else moment(letter.redriven),
    }


def place_of(letter: Letter) -> str:
    """How people name a letter."""
    return f"{letter.partition}:{letter.offset}"


def key_of(letter: Letter) -> str:
    """The story's key as a terminal may show it."""
    return harmless(plain(letter.key) or "no key")


def listing(letters: list[Letter], refused: dict[tuple[int, int], str]) -> Table:
    """A row a letter; `refused` says why one can't go back."""
    table = Table(
        "place", "since", "reason", "stage", "from", "key", "bytes", "error", "", box=None, pad_edge=False
    )
    for letter in letters:
        state = refused.get(letter.place) or (
            f"back since {moment(letter.redriven)}" if letter.redriven else ""
        )
        cells = (
            place_of(letter),
            moment(letter.timestamp),
            letter.reason,
            letter.stage,
            f"{letter.topic}[{letter.origin_partition}] @{letter.origin_offset}",
            key_of(letter),
            "-" if letter.size is None else str(letter.size),
            harmless(letter.error),
            state,
        )
        table.add_row(*(Text(cell) for cell in cells))
    return table


def tally(letters: list[Letter], *, hidden: int, strangers: int) -> None:
    """Print how many there are, by reason and stage.

    Args:
        letters: all of them.
        hidden: how many of them are not listed above.
        strangers: records that are no letters.
    """
    if hidden:
        click.echo(f"... and {hidden} older ones: --limit shows more")
    click.echo(counted(len(letters), "letter"))
    counts = Counter((letter.reason, letter.stage) for letter in letters)
    for (reason, stage), number in counts.most_common():
        click.echo(f"{number:>8}  {reason} in {stage}")
    if strangers:
        click.echo(f"{strangers} records in the topic are no dead letters of ours", err=True)


def facts(letter: Letter) -> Table:
    """All that is known of a letter."""
    known = {
        "place": place_of(letter),
        "since": moment(letter.timestamp),
        "why": f"{letter.reason} in {letter.stage}: {harmless(letter.error)}",
        "from": f"{letter.topic}[{letter.origin_partition}] @{letter.origin_offset}, {moment(letter.origin_timestamp)}",
        "key": key_of(letter),
        "bytes": "no value" if letter.size is None else str(letter.size),
        "sent back": moment(letter.redriven) if letter.redriven else "no",
    }
    table = Table.grid(padding=(0, 2))
    for name, fact in known.items():
        table.add_row(Text(name, style="dim"), Text(fact))
    return table
