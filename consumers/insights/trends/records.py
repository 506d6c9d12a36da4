"""The records of the insights: what `news.mentions` and `news.trends` hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from consumers.insights.naming import LONGEST_NAME, folded
from consumers.insights.trends.bursts import Measure
from processors.records import SCHEMA, Label


def key_of(label: Label, name: str) -> str:
    """The identity of an entity over all stories: its label and its name, whatever its case and white space."""
    return f"{label.value} {folded(name)}"[:LONGEST_NAME]


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionRecord:
    """Value of `news.mentions`: whether a story names an entity (the key), or, without uri, that time goes on.

    Attributes:
        uri: the story; None for a tick of the clock, whose key is empty.
        name: the entity as the story names it.
        at: when the story first named it, seconds since the epoch.
        offset: of the record of `news.entities` that says so; what a later record says of the story outweighs it.
        gone: the story names it no more: a new version, or a kill.
        now: when this was written, seconds since the epoch: the clock of those who count.
    """

    uri: str | None = None
    name: str = ""
    at: int = 0
    offset: int = 0
    gone: bool = False
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendRecord:
    """Value of `news.trends`: an entity is named by more stories than usual, or no longer.

    Attributes:
        label: of the entity.
        name: the entity as a story named it last.
        state: the class that it entered; "ended" when it is quiet again.
        at: the moment of the change, seconds since the epoch.
        since: when it last was quiet, seconds since the epoch.
        windows: the counts behind it, shortest window first.
    """

    schema: str = SCHEMA
    label: Label
    name: str
    state: Literal["rising", "bursting", "ended"]
    at: int
    since: int
    windows: tuple[Measure, ...]
