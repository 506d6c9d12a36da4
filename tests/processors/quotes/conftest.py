"""Stories for the quotes, written for these tests, with their names marked: ``[Rendra Wiguna|PERSON]``."""

from __future__ import annotations

import re

import pytest

from processors.quotes import QuoteFinder
from processors.records import Entity, Label, Span


def read(marked: str) -> tuple[str, tuple[Entity, ...]]:
    """The text, and its entities: a mention is named by the fullest form that holds its words."""
    text, mentions = "", []
    for part in re.split(r"(\[[^]|]*\|[A-Z]+\])", marked):
        if part.startswith("[") and "|" in part:
            surface, label = part[1:-1].split("|")
            mentions.append((len(text), surface, label))
            text += surface
        else:
            text += part
    full = sorted({(surface, label) for _, surface, label in mentions}, key=lambda name: -len(name[0]))
    grouped: dict[tuple[str, str], list[Span]] = {}
    for start, surface, label in mentions:
        name = next(n for n, kind in full if kind == label and set(surface.split()) <= set(n.split()))
        grouped.setdefault((name, label), []).append(
            Span(start=start, end=start + len(surface), text=surface)
        )
    entities = tuple(
        Entity(id=f"e{number}", label=Label(label), name=name, mentions=tuple(spans), salience=0.5)
        for number, ((name, label), spans) in enumerate(grouped.items(), 1)
    )
    return text, entities


@pytest.fixture(scope="session")
def finder() -> QuoteFinder:
    return QuoteFinder.load()


@pytest.fixture(scope="session")
def find(finder):
    """Quotes of a marked story."""

    def quotes(marked: str, language: str = "id"):
        text, entities = read(marked)
        return finder.find(text, entities, language)

    return quotes


@pytest.fixture(scope="session")
def said(find):
    """(text, speaker's name) of the quotes of a marked story."""

    def pairs(marked: str, language: str = "id"):
        quotes = find(marked, language)
        return [(quote.text, quote.speaker.name if quote.speaker else None) for quote in quotes]

    return pairs
