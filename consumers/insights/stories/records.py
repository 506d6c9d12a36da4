"""The records of the stories: what `news.sketches` and `news.stories` hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from processors.records import SCHEMA, Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A quote that a story has.

    Attributes:
        id: of the quote in `news.quotes`.
        speaker: their name; None where nobody is named.
        text: what stands between the marks.
    """

    id: str
    speaker: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """An entity that a story names."""

    label: Label
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchRecord:
    """Value of `news.sketches`: as much of a story as it takes to know it again in another.

    Attributes:
        uri, version, source: the story, its version, its outlet.
        at: when it came over the wire, seconds since the epoch.
        offset: of its record in `news.articles`; what a later record says of the story outweighs it.
        gone: there is nothing to compare: a kill, a story that is withheld, or one that is too short.
        triples: hashes of its word triples, ascending: unsigned 32 bits, little endian, in base 64.
        quotes, entities: what it may add to others.
        now: when this was written, seconds since the epoch.
    """

    uri: str
    version: str
    source: str
    at: int
    offset: int
    gone: bool = False
    triples: str = ""
    quotes: tuple[Voice, ...] = ()
    entities: tuple[Name, ...] = ()
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterStory:
    """One story of a cluster.

    Attributes:
        uri, version, source: the story, its version, its outlet.
        at: when it first came over the wire, seconds since the epoch.
        follows: uri of the earlier story that it shares most with; None for one that came before all it is like.
        shared: how much of the shorter of the two stands in the other, by word triples; None if it follows none.
        quotes: what is quoted in it and stands in no earlier story of the cluster; none for the first.
        entities: whom and what it names and no earlier one does; none for the first.
    """

    uri: str
    version: str
    source: str
    at: int
    follows: str | None
    shared: float | None
    quotes: tuple[Voice, ...] = ()
    entities: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRecord:
    """Value of `news.stories`: stories that share their words, whole, each time that they change.

    Attributes:
        state: "ended" when the cluster is no more: too few stories are left, or another story is its first now.
        at: when this was written, seconds since the epoch.
        revision: of two records of a cluster, the one with the higher revision knows more.
        count: how many stories there are; none if it has ended.
        stories: the first 200 of them, first one first: its uri is the record's key.
        now_in: for one that has ended, the keys of the clusters that its stories are in now.
    """

    schema: str = SCHEMA
    state: Literal["linked", "ended"]
    at: int
    revision: int
    count: int
    stories: tuple[ClusterStory, ...] = ()
    now_in: tuple[str, ...] = ()
