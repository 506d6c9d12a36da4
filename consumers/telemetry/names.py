"""Names that wires write freely, made fit to be labels: bounded in number and length."""

from __future__ import annotations

LANGUAGES = frozenset(("id", "en", "ms"))  # as in `processors.language`, which would load lingua
OTHER = "other"
MOST_OUTLETS = 100
MOST_CHARACTERS = 64


class OutletNames:
    """Which outlets have a label of their own: the first hundred that were met, for the life of the worker.

    A newsroom has some dozens of feeds. A feed that writes anything it likes into the source's place would otherwise
    make a new series with each story.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()

    def name(self, source: str) -> str:
        """The label for a story's source: the source itself, "unknown" when there is none, "other" when there are
        too many.
        """
        name = source.strip().lower()[:MOST_CHARACTERS] or "unknown"
        if name not in self._known:
            if len(self._known) >= MOST_OUTLETS:
                return OTHER
            self._known.add(name)
        return name


def language_name(tag: str | None) -> str:
    """The label for a story's language (a BCP 47 tag): its primary part if it is one that Kawat reads."""
    primary = (tag or "").partition("-")[0].lower()
    return primary if primary in LANGUAGES else OTHER
