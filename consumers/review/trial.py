"""What a rule would remove from stories that were: cleaned without it and with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from config.outlets import Outlets
from processors.cleaning import Cleaner
from processors.records import Article

SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is different with a rule.

    Attributes:
        stories: how many were tried.
        touched: in how many of them more is removed, or less.
        words: words of all their clean texts without the rule.
        removed: words that go with the rule.
        examples: (story, text that goes) of some.
    """

    stories: int
    touched: int
    words: int
    removed: int
    examples: tuple[tuple[str, str], ...]

    @property
    def share(self) -> float:
        """Of the words, how many go."""
        return self.removed / self.words if self.words else 0.0


def trial(before: Outlets, after: Outlets, articles: Iterable[Article]) -> Trial:
    """Clean stories by the profiles as they are, and as they would be."""
    one, other = Cleaner(before), Cleaner(after)
    stories = touched = words = removed = 0
    examples: list[tuple[str, str]] = []
    for article in articles:
        was, would = one.clean(article), other.clean(article)
        stories += 1
        words += len(was.text.split())
        if was.text == would.text:
            continue
        touched += 1
        removed += len(was.text.split()) - len(would.text.split())
        gone = Counter(each.text for each in would.removed) - Counter(each.text for each in was.removed)
        examples += [(article.uri, text) for text in gone]
    return Trial(
        stories=stories, touched=touched, words=words, removed=removed, examples=tuple(examples[:SHOWN])
    )
