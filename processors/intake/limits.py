"""How many stories one document may hold: they are read in the event loop and go out in one transaction."""

from __future__ import annotations

from collections.abc import Sized
from typing import TypeVar

from processors.errors import TooLarge

MOST_STORIES = 1_000
_Stories = TypeVar("_Stories", bound=Sized)


def within(stories: _Stories) -> _Stories:
    """The stories, unless they are too many.

    Raises:
        TooLarge: more than 1,000.
    """
    if len(stories) > MOST_STORIES:
        raise TooLarge(f"the document has {len(stories)} stories; {MOST_STORIES} are allowed")
    return stories
