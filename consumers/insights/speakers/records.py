"""The records of the speakers: what `news.sayings` and `news.speakers` hold."""

from __future__ import annotations

from dataclasses import dataclass

from processors.records import SCHEMA, QuoteKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One quote as `news.quotes` has it.

    Attributes:
        id: of the quote in its story.
        text: what stands between the marks.
        start, end: where, in the text of that version in `news.articles`, code points.
        role: title or affiliation as the story gives it here; None if it gives none.
        confidence: for the pair of span and speaker.
    """

    id: str
    kind: QuoteKind
    text: str
    start: int
    end: int
    role: str | None
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SayingRecord:
    """Value of `news.sayings`: what a story quotes of a speaker (the key).

    Attributes:
        uri, version, source: the story, its version, its outlet.
        name: the speaker as the story names them.
        at: when the story first quoted the speaker, seconds since the epoch.
        offset: of the record of `news.quotes` that says so; what a later record says of the story outweighs it.
        quotes: in the order of the text; none if the story quotes the speaker no more: a new version, or a kill.
        more: quotes beyond these, of a story that has too many to list.
        now: when this was written, seconds since the epoch.
    """

    uri: str
    version: str
    source: str
    name: str
    at: int
    offset: int
    quotes: tuple[Said, ...] = ()
    more: int = 0
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """In how many of a speaker's stories something occurs: an outlet, a role."""

    name: str
    stories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerStory:
    """One story that quotes the speaker.

    Attributes:
        uri, version, source: the story, its version, its outlet.
        at: when it first quoted the speaker, by the wire's time, seconds since the epoch.
        quotes: in the order of the text.
        more: quotes beyond these, of a story that has too many to list.
    """

    uri: str
    version: str
    source: str
    at: int
    quotes: tuple[Said, ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerRecord:
    """Value of `news.speakers`: the running record of a speaker, whole, each time that it changes.

    Attributes:
        name: the speaker as the newest story names them.
        at: when this was written, seconds since the epoch.
        revision: of two records of a speaker, the one with the higher revision knows more.
        stories, quotes: how many there are in the time that is kept; none when the last story went.
        outlets, roles: who quotes the speaker, and as what; most stories first.
        said: the stories, newest first; those beyond a hundred, or half a megabyte, are only counted.
    """

    schema: str = SCHEMA
    name: str
    at: int
    revision: int
    stories: int
    quotes: int
    outlets: tuple[Share, ...]
    roles: tuple[Share, ...]
    said: tuple[SpeakerStory, ...]
