"""Files that are written from the code: write them, or say which differ from what they should be."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import click


def drifted(folder: Path, wanted: Mapping[str, str], *, whole: bool) -> list[str]:
    """Names of files that are missing or differ; with `whole`, all that the folder should not hold as well.

    Args:
        folder: where they are.
        wanted: their text by their path below it.
        whole: the folder holds nothing else.
    """
    found = {name: (folder / name).read_text("utf-8") for name in wanted if (folder / name).is_file()}
    left_over = {path.name for path in folder.iterdir() if path.is_file()} - wanted.keys() if whole else set()
    return sorted({name for name in wanted if wanted[name] != found.get(name)} | left_over)


def write(folder: Path, wanted: Mapping[str, str], *, whole: bool) -> None:
    """Make the folder as it is wanted; the arguments are those of `drifted`."""
    folder.mkdir(exist_ok=True)
    for name in drifted(folder, wanted, whole=whole):
        if name in wanted:
            (folder / name).write_text(wanted[name], "utf-8")
        else:
            (folder / name).unlink()


def command(folder: Path, wanted: Mapping[str, str], *, whole: bool, about: str | None) -> int:
    """What a script does that writes files: writes them, or with `--check` only compares; the exit status."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 if a file differs")
    if not parser.parse_args().check:
        write(folder, wanted, whole=whole)
        click.echo(f"{len(wanted)} files written to {folder}")
        return 0
    differing = drifted(folder, wanted, whole=whole)
    for name in differing:
        click.echo(f"{folder / name} is not what it is made from: run `make contracts`")
    return bool(differing)
