"""`python -m consumers.contracts [--check]`: write the contracts, or say which differ from the code."""

from __future__ import annotations

import sys

import click

from consumers.contracts.files import FOLDER, drifted, write


@click.command(help="Write config/contracts from the records, topics and headers.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file differs from the code.")
def main(*, check: bool) -> None:
    if not check:
        write()
        click.echo(f"contracts written to {FOLDER}")
        return
    differing = drifted()
    for name in differing:
        click.echo(f"config/contracts/{name} differs from the code: run `make contracts`", err=True)
    sys.exit(1 if differing else 0)


main()
