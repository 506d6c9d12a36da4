"""From a record of `news.articles` to its sketch."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import orjson

from consumers.insights.naming import LABELS, NotARecord
from consumers.insights.stories.records import Name, SketchRecord, Voice
from consumers.insights.stories.triples import triples
from processors.records import Label, State

FEWEST_TRIPLES = 20
"""A text with fewer is too short to be known again: captions, flashes."""
MOST_BYTES = 200_000
"""Of quotes, and of entities, so that a register fits a record of the changelog, which takes a megabyte."""

_WANTED = {label.value for label in LABELS}


def sketched(record: Any, *, offset: int, at: int, now: int) -> SketchRecord:
    """The sketch of an enriched story.

    Args:
        record: the value of `news.articles`, parsed.
        offset: of the record.
        at: when the story came over the wire, seconds since the epoch.
        now: seconds since the epoch.

    Raises:
        NotARecord: it is no enriched story.
    """
    try:
        story = record["enrichment"]
        text = story["text"] if story["state"] == State.USABLE.value else ""
        known = triples(text)
        few = len(known) < FEWEST_TRIPLES
        quotes = [
            Voice(id=quote["id"], speaker=(quote["speaker"] or {}).get("name"), text=quote["text"])
            for quote in story["quotes"]
        ]
        entities = [
            Name(label=Label(entity["label"]), name=entity["name"])
            for entity in story["entities"]
            if entity["label"] in _WANTED
        ]
        return SketchRecord(
            uri=str(story["uri"]),
            version=str(story["version"]),
            source=str(story["source"]),
            at=at,
            offset=offset,
            gone=few,
            triples="" if few else b64encode(known.astype("<u4").tobytes()).decode(),
            quotes=() if few else _fitting(quotes),
            entities=() if few else _fitting(entities),
            now=now,
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise NotARecord(f"no enriched story: {type(error).__name__}") from None


def _fitting(things: list[Any]) -> tuple[Any, ...]:
    size = 0
    for number, thing in enumerate(things):
        size += len(orjson.dumps(thing)) + 1
        if size > MOST_BYTES:
            return tuple(things[:number])
    return tuple(things)
