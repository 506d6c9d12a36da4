"""`kawat top`: what workers are doing right now."""

from __future__ import annotations

from contextlib import aclosing, contextmanager, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from consumers.cli.common import (
    Command,
    Failure,
    Invocation,
    console,
    json_line,
    json_option,
    pass_invocation,
    run_quietly,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from consumers.top.watch import View

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - read, not bound


@click.command(
    cls=Command,
    short_help="Watch workers at work.",
    example="""
    kawat top
    kawat top worker-0:9464 worker-1:9464 --interval 5
    kawat top --once --json | jq .total.latency
""",
)
@click.argument("addresses", nargs=-1, metavar="[HOST:PORT]...")
@click.option(
    "--interval",
    type=click.FloatRange(min=0.1),
    default=2.0,
    show_default=True,
    help="Seconds between two looks.",
)
@click.option("--once", is_flag=True, help="Look twice, say what was between, and end.")
@json_option("A JSON line for each look.")
@pass_invocation
def top(
    invocation: Invocation, addresses: tuple[str, ...], interval: float, once: bool, as_json: bool
) -> None:
    """Watch workers by their metrics' ports: throughput, latency, lag, pool, outcomes, dead letters by reason.

    Without addresses, the worker on this machine (http_host, http_port). Ctrl-C ends it. Rates and latencies are of
    the last few looks. With --once the exit code is 1 if no worker answers.
    """
    from consumers.top.watch import watch

    settings = invocation.settings
    host = _EVERYWHERE.get(settings.http_host, settings.http_host)
    asked = list(addresses) or [f"{host}:{settings.http_port}"]

    async def look(show: Callable[[View], None]) -> View:
        async with aclosing(watch(asked, interval_s=interval)) as views:
            if once:
                await anext(views)
            async for view in views:
                show(view)
                if once:
                    return view
        raise AssertionError("watching has no end")

    with suppress(KeyboardInterrupt), _showing(as_json=as_json, once=once) as show:
        view = run_quietly(invocation, look(show))
        if not view.total.workers:
            raise Failure(
                f"no worker answers at {', '.join(asked)}: name HOST:PORT of one (settings http_host, http_port)"
            )


@contextmanager
def _showing(*, as_json: bool, once: bool) -> Iterator[Callable[[View], None]]:
    """How views are shown: on a terminal each in the place of the one before."""
    if as_json:
        yield _json
        return
    from rich.live import Live

    from consumers.cli.vitals import frame

    out = console()
    if once or not out.is_terminal:
        yield lambda view: out.print(frame(view))
        return
    with Live(console=out, screen=True, auto_refresh=False) as live:
        yield lambda view: live.update(frame(view), refresh=True)


def _json(view: View) -> None:
    each = {
        address: asdict(one) if not isinstance(one, str) else {"error": one}
        for address, one in view.each.items()
    }
    json_line({"total": {**asdict(view.total), "waiting": view.total.waiting}, "each": each})
