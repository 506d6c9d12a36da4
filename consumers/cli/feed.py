"""`kawat feed`: stories onto news.raw."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from consumers.cli.common import (
    PATH,
    Command,
    Invocation,
    console,
    counted,
    json_line,
    json_option,
    pass_invocation,
    run_quietly,
    stdin,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from consumers.feed import Problem, Summary
    from consumers.sources import Payload


@click.command(
    cls=Command,
    short_help="Put stories on news.raw.",
    example="""
    kawat feed wires/2026-11-24 breaking.xml
    tail -f wire.jsonl | kawat feed - --rate 20
""",
)
@click.argument("paths", nargs=-1, required=True, type=PATH)
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="Most stories a second.")
@json_option("The summary as JSON.")
@pass_invocation
def feed(invocation: Invocation, paths: tuple[Path, ...], rate: float | None, as_json: bool) -> None:
    """Put stories on news.raw: files of any format, folders of them, JSON lines (.jsonl, or - for stdin).

    The bytes go out as they are, keyed by the story's uri; a document that holds many stories (RSS, Atom), or none
    that can be read, by its file's name. What can't be read is sent, too: the worker dead-letters it. The exit code
    is 1 if something was not sent.
    """
    from consumers import sources
    from consumers.feed import feed as send

    stories = sources.payloads(paths, stdin())
    with _progress(paths) as advance:
        summary = run_quietly(
            invocation,
            send(invocation.settings, stories, rate=rate, on_sent=advance, on_problem=_complain),
        )
    if as_json:
        json_line(asdict(summary))
    else:
        click.echo(_told(summary))
    if summary.refused:
        raise click.exceptions.Exit(1)


def _complain(problem: Problem) -> None:
    fate = "sent all the same, to be dead-lettered" if problem.sent else "not sent"
    click.echo(f"{problem.where}: {problem.reason}: {problem.message} ({fate})", err=True)


def _told(summary: Summary) -> str:
    pace = summary.sent / summary.seconds if summary.seconds else 0.0
    told = (
        f"{counted(summary.sent, 'story', 'stories')} ({summary.bytes / 1e6:.1f} MB) to {summary.topic} in {summary.seconds:.1f} s, "
        f"{pace:.0f} a second"
    )
    if summary.unreadable:
        told += f"; {summary.unreadable} of them can't be read: see `kawat dlq list` when the worker has seen them"
    if summary.refused:
        told += f"; {summary.refused} not sent"
    return told


def _progress(paths: tuple[Path, ...]) -> AbstractContextManager[Callable[[Payload], None]]:
    """A bar on a terminal, nothing elsewhere; by bytes where all of them are known, else a count that grows."""
    return _bar(paths) if sys.stderr.isatty() else _silence()


@contextmanager
def _silence() -> Iterator[Callable[[Payload], None]]:
    yield lambda _: None


@contextmanager
def _bar(paths: tuple[Path, ...]) -> Iterator[Callable[[Payload], None]]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from consumers import sources

    sized = sources.STDIN not in paths
    total = sum(path.stat().st_size for path in sources.files(paths)) if sized else None
    columns = (TextColumn("{task.fields[stories]} stories"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        task = progress.add_task("feed", total=total, stories=0)
        stories = 0

        def advance(payload: Payload) -> None:
            nonlocal stories
            stories += 1
            progress.update(task, advance=len(payload.value), stories=stories)

        yield advance
