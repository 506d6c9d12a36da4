"""What one story quotes, by speaker: from a record of `news.quotes`."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from consumers.insights.naming import Naming, NotARecord, folded
from consumers.insights.speakers.records import Said
from processors.records import QuoteKind, State

MOST_BYTES = 200_000
"""Of one story's quotes of one speaker, so that a register fits a record of the changelog, which takes a megabyte."""


@dataclass(frozen=True, slots=True)
class Quoting:
    """One record of `news.quotes`.

    Attributes:
        naming: the story and its speakers' names, by key. A description ("seorang saksi") names nobody.
        said: by key, the quotes and how many more there are.
    """

    naming: Naming
    version: str
    source: str
    said: dict[str, tuple[tuple[Said, ...], int]]


def parse(value: bytes | None) -> Quoting:
    """What one record quotes; nothing unless its story is usable.

    Raises:
        NotARecord: the value is no record of quotes.
    """
    try:
        record = orjson.loads(value or b"")
        quotes = record["quotes"] if record["state"] == State.USABLE.value else []
        names: dict[str, str] = {}
        said: dict[str, list[Said]] = {}
        for quote in quotes:
            speaker = quote["speaker"]
            if not speaker or not speaker["entity"] or not (key := folded(speaker["name"])):
                continue
            names.setdefault(key, str(speaker["name"]))
            said.setdefault(key, []).append(
                Said(
                    id=quote["id"],
                    kind=QuoteKind(quote["kind"]),
                    text=quote["text"],
                    start=quote["start"],
                    end=quote["end"],
                    role=speaker["role"],
                    confidence=quote["confidence"],
                )
            )
        naming = Naming(str(record["uri"]), names)
        fitting = {key: fit(all_of_it) for key, all_of_it in said.items()}
        return Quoting(naming, str(record["version"]), str(record["source"]), fitting)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise NotARecord(f"no record of quotes: {type(error).__name__}") from None


def fit(quotes: list[Said]) -> tuple[tuple[Said, ...], int]:
    """As many of the quotes as fit, and how many do not."""
    size = 0
    for number, quote in enumerate(quotes):
        size += len(orjson.dumps(quote)) + 1
        if size > MOST_BYTES:
            return tuple(quotes[:number]), len(quotes) - number
    return tuple(quotes), 0
