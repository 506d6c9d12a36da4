"""How much memory the worker and the processes below it take, and how much there is. Linux only; else unknown."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

PROC, CGROUPS = Path("/proc"), Path("/sys/fs/cgroup")


def used_bytes(pid: int | None = None, proc: Path = PROC) -> int | None:
    """Memory of a process (our own by default) and all below it; what they share counts once. None: can't be told.

    Takes some milliseconds: the kernel adds up page tables.
    """
    found = [_kib(proc / str(each) / "smaps_rollup", "Pss:") for each in _family(pid or os.getpid(), proc)]
    known = [size for size in found if size is not None]  # a process may end meanwhile
    return sum(known) if known else None


def limit_bytes(proc: Path = PROC, cgroups: Path = CGROUPS) -> int | None:
    """The least of the machine's memory and the limits of the control group, of version 2 or 1."""
    limits = [_kib(proc / "meminfo", "MemTotal:")]
    for path in _groups(proc):
        for kind in ("memory.max", "memory/memory.limit_in_bytes"):
            folder, _, name = kind.rpartition("/")
            text = _read(cgroups / folder / path / name).strip()
            limits.append(int(text) if text.isdigit() else None)
    return min((limit for limit in limits if limit is not None), default=None)


def _groups(proc: Path) -> set[str]:
    """Our group as seen from inside a container (the root), and as the machine names it."""
    lines = [line.split(":", 2) for line in _read(proc / "self" / "cgroup").splitlines()]
    return {""} | {line[2].lstrip("/") for line in lines if len(line) == 3 and line[1] in ("", "memory")}


def _family(pid: int, proc: Path) -> Iterator[int]:
    yield pid
    for children in (proc / str(pid) / "task").glob("*/children"):
        for child in _read(children).split():
            yield from _family(int(child), proc)


def _kib(path: Path, key: str) -> int | None:
    for line in _read(path).splitlines():
        if line.startswith(key):
            return int(line.split()[1]) * 1024
    return None


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace")
    except OSError:  # no such thing on this system, or its process has ended
        return ""
