"""The demo's stories, and what must become of each: `stories/manifest.yaml` and the files beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

import yaml

from consumers.lanes.triage import Outcome
from consumers.sources import Payload
from processors.records import State

_STATES = {
    Outcome.ENRICHED: State.USABLE,
    Outcome.KILLED: State.CANCELED,
    Outcome.WITHHELD: State.WITHHELD,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What must become of one story.

    Attributes:
        uri: None for what can't be read.
        reason: of the dead letter; None for other outcomes.
    """

    outcome: Outcome
    uri: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """One payload of the newsroom: the stories in it, in order.

    Attributes:
        about: what it is there to show.
        show: whether the demo prints what comes of it.
    """

    payload: Payload
    about: str
    show: bool
    stories: tuple[Expected, ...]

    @property
    def kills(self) -> bool:
        return any(story.outcome is Outcome.KILLED for story in self.stories)


def load() -> tuple[Raw, ...]:
    """All payloads, in the order in which they go out."""
    folder = resources.files("consumers.demo").joinpath("stories")
    entries = yaml.safe_load(folder.joinpath("manifest.yaml").read_text("utf-8"))
    return tuple(_raw(folder, entry) for entry in entries)


def _raw(folder: Traversable, entry: dict[str, object]) -> Raw:
    name = str(entry["file"])
    stories = entry["stories"]
    assert isinstance(stories, list)  # noqa: S101 - our own file; for the type checker
    return Raw(
        payload=Payload(folder.joinpath(name).read_bytes(), name, str(entry["content-type"])),
        about=str(entry["about"]),
        show=bool(entry.get("show", False)),
        stories=tuple(
            Expected(outcome=Outcome(story["outcome"]), uri=story.get("uri"), reason=story.get("reason"))
            for story in stories
        ),
    )


def outcomes(raws: Iterable[Raw]) -> Counter[Outcome]:
    """How many stories must come to what."""
    return Counter(story.outcome for story in _stories(raws))


def states(raws: Iterable[Raw]) -> dict[str, State]:
    """The state that must stand on every output topic in the end, by uri: the newest that was published counts."""
    return {
        story.uri: _STATES[story.outcome]
        for story in _stories(raws)
        if story.uri is not None and story.outcome in _STATES
    }


def reasons(raws: Iterable[Raw]) -> Counter[str]:
    """How many dead letters there must be for which reason."""
    return Counter(story.reason for story in _stories(raws) if story.reason is not None)


def _stories(raws: Iterable[Raw]) -> Iterator[Expected]:
    for raw in raws:
        yield from raw.stories
