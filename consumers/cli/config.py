"""`kawat config`: what is set, and where it was set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from consumers.cli.common import Group, Invocation, console, json_line, json_option, pass_invocation

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

MASK = "********"
_SECRET_NAME = re.compile("(password|secret|token)(?!.*_file$)", re.IGNORECASE)  # where a secret is, is none


@click.group(cls=Group)
def config() -> None:
    """Look at the configuration."""


@config.command(
    example="""
    kawat config show
    KAWAT_GROUP=night kawat config show --json | jq 'select(.from != "default")'
"""
)
@json_option()
@pass_invocation
def show(invocation: Invocation, as_json: bool) -> None:
    """Each setting's value and where it came from; secrets are masked."""
    rows = [
        {
            "key": key,
            "value": masked(key, info, getattr(invocation.settings, key)),
            "from": invocation.origin(key),
            "description": info.description or "",
        }
        for key, info in type(invocation.settings).model_fields.items()
    ]
    if as_json:
        for row in rows:
            json_line(row)
        return
    from rich.table import Table

    table = Table("setting", "value", "from", "what it is", box=None, pad_edge=False)
    for row in rows:
        style = None if row["from"] == "default" else "bold"
        shown = "-" if row["value"] is None else str(row["value"])
        table.add_row(row["key"], shown, row["from"], row["description"], style=style)
    console().print(table, markup=False)


def masked(key: str, info: FieldInfo, value: Any) -> Any:
    """The value as it may be shown: a secret that is set is a mask, a path or an address its text."""
    if value is None or isinstance(value, bool | int | float):
        return MASK if value is not None and _SECRET_NAME.search(key) else value
    if _SECRET_NAME.search(key) or "Secret" in str(info.annotation):
        return MASK if str(value) else ""
    return str(value)
