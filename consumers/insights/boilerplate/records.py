"""The records of `news.lines` and `news.boilerplate`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from consumers.insights.boilerplate.propose import Proposal
from processors.records import SCHEMA, RemovedKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesRecord:
    """Value of `news.lines`: what of a story might recur at its outlet (the key); or, without uri, that time goes on.

    Attributes:
        uri: the story; null for a tick of the clock, whose key is empty.
        at: when the story came, seconds since the epoch.
        offset: of the record of `news.articles` that says so; what a later record says of the story outweighs it.
        gone: the story may be shown no more, or is another outlet's.
        pieces: form ("line", "tail", "inner"), text, line, and which of its words stand elsewhere in the story, in bits.
        words: hashes (16 bits) of the story's words.
        now: when this was written, seconds since the epoch: the clock of those who count.
    """

    uri: str | None = None
    at: int = 0
    offset: int = 0
    gone: bool = False
    pieces: tuple[tuple[str, str, int, str], ...] = ()
    words: tuple[int, ...] = ()
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoilerplateRecord:
    """Value of `news.boilerplate`: a rule that a person might accept into an outlet's profile, or no longer.

    Attributes:
        id: of the proposal; the same rule for the same outlet has the same one.
        source: the outlet, as its stories name it.
        state: "open", or "ended" when it recurs no more, accepted or not.
        key: where in the profile it would stand, dots between.
        value: the phrase, or the pattern in RE2's syntax.
        kind: what kind of boilerplate it probably is.
        stories: distinct stories that it stands in.
        of: stories of the outlet that were looked at, the newest.
        pieces: how often it stands in them.
        examples: uris of some of the stories, of which none was killed; none when it is ended.
        samples: texts as these have it.
        at: when this was found, seconds since the epoch.
        since: when it was proposed first.
    """

    schema: str = SCHEMA
    id: str
    source: str
    state: Literal["open", "ended"]
    key: str
    value: str
    kind: RemovedKind
    stories: int
    of: int
    pieces: int
    examples: tuple[str, ...]
    samples: tuple[str, ...]
    at: int
    since: int

    @classmethod
    def of_proposal(cls, proposal: Proposal, source: str, *, at: int, since: int) -> Self:
        """An open one."""
        return cls(
            id=proposal.id_for(source),
            source=source,
            state="open",
            key=proposal.key,
            value=proposal.value,
            kind=proposal.kind,
            stories=proposal.stories,
            of=proposal.of,
            pieces=proposal.pieces,
            examples=proposal.examples,
            samples=proposal.samples,
            at=at,
            since=since,
        )
