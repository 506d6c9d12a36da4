"""Speakers who were described, not named, and the shorter descriptions that mean them later on."""

from __future__ import annotations

from processors.quotes.cues import Cues
from processors.records import Speaker


class Described:
    """Those of one story. All words are lower case."""

    def __init__(self, cues: Cues) -> None:
        self._determiners = cues.words["determiners"]
        self._closed = cues.words["determiners"] | cues.words["demonstratives"]
        self._by_head: dict[str, Speaker] = {}

    def add(self, speaker: Speaker) -> None:
        """One whose name is a description."""
        self._by_head[self.head(speaker.name.casefold().split())] = speaker

    def head(self, words: list[str]) -> str:
        """``peneliti`` of "para peneliti"."""
        return next((word for word in words if word not in self._determiners), "")

    def meant(self, words: list[str], *, pointing: bool) -> Speaker | None:
        """Who was described by the same head before, if these words add nothing to it, or are `pointing` back."""
        before = self._by_head.get(self.head(words))
        if before is None or pointing:
            return before
        return before if self._content(words) <= self._content(before.name.casefold().split()) else None

    def _content(self, words: list[str]) -> set[str]:
        return {word for word in words if word not in self._closed}
