"""What a story adds to those that came before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from consumers.insights.stories.records import Name, Voice
from consumers.insights.stories.triples import Triples, common, triples
from processors.records import Label

OLD = 0.5
"""So much of a quote's triples must stand in an earlier text for it to be no news, whoever marked it as a quote."""


class Told(NamedTuple):
    """As much of a story as it takes."""

    version: str
    source: str
    triples: Triples
    quotes: tuple[Voice, ...]
    entities: tuple[Name, ...]


def additions(stories: Sequence[Told]) -> Iterator[tuple[tuple[Voice, ...], tuple[Name, ...]]]:
    """For each story in turn its new quotes and entities; none for the first."""
    known = np.empty(0, np.uint32)
    names: dict[Label, list[frozenset[str]]] = {}
    for place, story in enumerate(stories):
        if place:
            yield (
                tuple(voice for voice in story.quotes if _is_new(voice, known)),
                tuple(name for name in story.entities if _is_unknown(name, names)),
            )
        else:
            yield (), ()
        known = np.union1d(known, story.triples)
        for name in story.entities:
            names.setdefault(name.label, []).append(_words(name))


def _is_new(voice: Voice, known: Triples) -> bool:
    said = triples(voice.text)
    return len(said) > 0 and common(said, known) < OLD * len(said)


def _is_unknown(name: Name, names: dict[Label, list[frozenset[str]]]) -> bool:
    """A short form of a name is no new name, nor is the full one of a short form."""
    words = _words(name)
    return not any(words <= other or other <= words for other in names.get(name.label, ()))


def _words(name: Name) -> frozenset[str]:
    return frozenset(name.name.casefold().split())
