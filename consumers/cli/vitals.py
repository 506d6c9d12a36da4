"""How `kawat top` looks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from consumers.top.vitals import Vitals
    from consumers.top.watch import View

_PARTITIONS = 8  # with the most waiting
_IDLE_S = 60.0  # without a commit while records wait


def frame(view: View) -> RenderableType:
    """One look, for a terminal."""
    total = view.total
    parts = [
        Panel(_throughput(total), title="stories"),
        Panel(_times(total), title="seconds"),
        Panel(_lag(total), title="waiting"),
        Panel(_pool(total), title="NLP processes"),
        Panel(_counts(total.dead_letters, "none"), title="dead letters"),
        Panel(_health(total), title="worker"),
    ]
    return Group(_headline(view), Columns(parts), *_workers(view))


def _headline(view: View) -> Text:
    total = view.total
    ready = "green" if total.ready == len(view.each) else "red"
    about = f"over {total.window_s:.0f} s" if total.window_s else "since they started"
    return Text.assemble(
        (f"{datetime.now(UTC):%H:%M:%S} UTC  ", "dim"),
        (f"{total.ready} of {len(view.each)} ready", ready),
        f"  {_rate(total.stories)} stories/s  {total.waiting:.0f} waiting  {', '.join(total.models)}",
        (f"  {about}", "dim"),
    )


def _throughput(total: Vitals) -> Table:
    table = _table("outcome", "a second", "in all")
    for outcome, count in total.outcomes.items():
        table.add_row(outcome, _rate(total.outcome_rates[outcome]), f"{count:.0f}")
    if total.replayed:
        table.add_row("of them replays", "", f"{total.replayed:.0f}")
    return table


def _times(total: Vitals) -> Table:
    table = _table("", "stories", "kills")
    for name, seconds in total.latency.items():
        table.add_row(name, _seconds(seconds), _seconds(total.kill_latency[name]))
    return table


def _lag(total: Vitals) -> RenderableType:
    waiting = sorted(
        ((count, int(partition)) for partition, count in total.lag.items() if count), reverse=True
    )
    if not waiting:
        return Text(f"none in {total.partitions:.0f} partitions", style="green")
    table = _table("partition", "records")
    for count, partition in waiting[:_PARTITIONS]:
        table.add_row(str(partition), f"{count:.0f}")
    if len(waiting) > _PARTITIONS:
        table.add_row(
            f"{len(waiting) - _PARTITIONS} more", f"{sum(count for count, _ in waiting[_PARTITIONS:]):.0f}"
        )
    return table


def _pool(total: Vitals) -> Table:
    table = _table("", "")
    style = "" if total.pool_alive >= total.pool_wanted else "red"
    table.add_row("alive", Text(f"{total.pool_alive:.0f} of {total.pool_wanted:.0f}", style=style))
    table.add_row("busy", f"{total.pool_busy:.0f}")
    table.add_row("stories that wait", f"{total.pool_queued:.0f}")
    for reason, count in total.pool_ended.items():
        if count:
            table.add_row(f"ended: {reason}", f"{count:.0f}")
    return table


def _health(total: Vitals) -> Table:
    table = _table("", "")
    idle = "never" if total.idle_s is None else f"{total.idle_s:.0f} s ago"
    stuck = bool(total.waiting and (total.idle_s is None or total.idle_s > _IDLE_S))
    table.add_row("last commit", Text(idle, style="red" if stuck else ""))
    table.add_row("transactions/s", _rate(total.committed))
    table.add_row("failed", Text(f"{total.failed:.0f}", style="yellow" if total.failed else ""))
    table.add_row("fenced", f"{total.fenced:.0f}")
    table.add_row("rebalances", f"{total.rebalances:.0f}")
    limit = f" of {total.memory_limit / 1e6:.0f}" if total.memory_limit else ""
    table.add_row("memory, MB", f"{total.memory / 1e6:.0f}{limit}")
    table.add_row("loop late by", f"{total.loop_lag_s * 1000:.0f} ms")
    return table


def _counts(counts: Mapping[str, float], none: str) -> RenderableType:
    some = {name: count for name, count in counts.items() if count}
    if not some:
        return Text(none, style="green")
    table = _table("reason", "in all")
    for name, count in sorted(some.items(), key=lambda each: -each[1]):
        table.add_row(name, f"{count:.0f}")
    return table


def _workers(view: View) -> list[Table]:
    """A line for each, where there are several or one does not answer."""
    if len(view.each) == 1 and view.total.workers:
        return []
    table = _table("worker", "", "stories/s", "p95, s", "waiting", "memory, MB")
    for address, one in view.each.items():
        if isinstance(one, str):
            table.add_row(address, Text(one, style="red"), "", "", "", "")
            continue
        state = Text("ready", style="green") if one.ready else Text("not ready", style="red")
        memory = f"{one.memory / 1e6:.0f}"
        table.add_row(
            address, state, _rate(one.stories), _seconds(one.latency["p95"]), f"{one.waiting:.0f}", memory
        )
    return [table]


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False, show_header=any((first, *others)), header_style="dim")
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
