"""All stories that are kept, and which of them share their words: a function of their registers alone.

So it does not matter in which order they came, what came twice, or who has died meanwhile: it can be made anew from
the registers at any time, and is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from consumers.insights.stories.adds import Told, additions
from consumers.insights.stories.bands import Bands
from consumers.insights.stories.records import ClusterStory
from consumers.insights.stories.register import Register
from consumers.insights.stories.triples import containment

SHARED = 0.5
"""How much of the shorter text must stand in the longer one."""
MOST_LISTED = 200
MOST_BYTES = 600_000
"""Of the registers of those that are listed, so that a record fits a message."""


class Wire:
    """Stories by uri, with links between those that share at least `SHARED`."""

    def __init__(self, registers: Iterable[tuple[str, Register]] = ()) -> None:
        self._stories: dict[str, Register] = {}
        self._links: dict[str, dict[str, float]] = {}
        self._bands = Bands()
        for uri, register in registers:
            if not register.gone:
                self._stories[uri] = register
                self._bands.put(uri, register.triples)
        for one, other in self._bands.pairs():
            self._compare(one, other)

    def __contains__(self, uri: object) -> bool:
        return uri in self._stories

    def put(self, uri: str, register: Register) -> None:
        """A story came, or another version of it; one that is gone goes."""
        self.drop(uri)
        if register.gone:
            return
        self._stories[uri] = register
        self._bands.put(uri, register.triples)
        for other in self._bands.like(uri):
            self._compare(uri, other)

    def drop(self, uri: str) -> None:
        """A story went; one that is not there is no matter."""
        for other in self._links.pop(uri, {}):
            del self._links[other][uri]
        self._stories.pop(uri, None)
        self._bands.drop(uri)

    def _compare(self, one: str, other: str) -> None:
        shared = containment(self._stories[one].triples, self._stories[other].triples)
        if shared >= SHARED:
            self._links.setdefault(one, {})[other] = shared
            self._links.setdefault(other, {})[one] = shared

    def linked(self, one: str, other: str) -> bool:
        """Whether the two share enough themselves."""
        return other in self._links.get(one, ())

    def together(self, uri: str) -> list[str]:
        """The stories that a story is linked with, over others too, and itself: earliest first. None if it is not there."""
        if uri not in self._stories:
            return []
        found, ahead = {uri}, [uri]
        while ahead:
            for other in self._links.get(ahead.pop(), ()):
                if other not in found:
                    found.add(other)
                    ahead.append(other)
        return sorted(found, key=self._place)

    def clusters(self) -> Iterator[list[str]]:
        """Every set of at least two stories."""
        seen: set[str] = set()
        for uri in self._links:
            if uri not in seen:
                members = self.together(uri)
                seen.update(members)
                if len(members) > 1:
                    yield members

    def newest(self, members: Iterable[str]) -> int:
        """When the last of them came, seconds since the epoch."""
        return max(self._stories[uri].at for uri in members)

    def told(self, members: list[str]) -> tuple[ClusterStory, ...]:
        """The first `MOST_LISTED` stories of a cluster: what each follows, what it adds to those before it."""
        listed, told, size = [], [], 0
        for uri in members[:MOST_LISTED]:
            register = self._stories[uri]
            size += len(register.packed)
            if size > MOST_BYTES:
                break
            listed.append(uri)
            version, source, quotes, entities = register.told()
            told.append(Told(version, source, register.triples, quotes, entities))
        stories = []
        for place, (uri, (quotes, entities)) in enumerate(zip(listed, additions(told), strict=True)):
            earlier = [
                (-shared, self._place(other), other)
                for other, shared in self._links.get(uri, {}).items()
                if self._place(other) < self._place(uri)
            ]
            shared, _, follows = min(earlier) if earlier else (None, None, None)
            stories.append(
                ClusterStory(
                    uri=uri,
                    version=told[place].version,
                    source=told[place].source,
                    at=self._stories[uri].at,
                    follows=follows,
                    shared=None if shared is None else round(-shared, 3),
                    quotes=quotes,
                    entities=entities,
                )
            )
        return tuple(stories)

    def _place(self, uri: str) -> tuple[int, str]:
        return self._stories[uri].at, uri
