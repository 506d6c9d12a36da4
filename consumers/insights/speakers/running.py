"""The running record of a speaker, from the registers of their stories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import orjson

from consumers.insights.speakers.records import Share, SpeakerRecord, SpeakerStory
from consumers.insights.speakers.register import Register

MOST_STORIES = 100
MOST_BYTES = 500_000
"""Of what a record lists; it counts all."""


def running(
    registers: Iterable[tuple[str, Register]], *, name: str, now: int, revision: int
) -> SpeakerRecord:
    """What is known of a speaker: a function of the registers alone, whatever order they come in.

    Args:
        registers: by uri of their story; those that are gone count for nothing.
        name: the speaker's, if no story is left to tell.
        now: when the record is written, seconds since the epoch.
        revision: see SpeakerRecord.
    """
    stories = [(uri, register) for uri, register in registers if not register.gone]
    stories.sort(key=lambda story: (-story[1].at, story[0]))
    outlets = Counter(register.source for _, register in stories)
    roles = Counter(
        role for _, register in stories for role in {said.role for said in register.quotes if said.role}
    )
    return SpeakerRecord(
        name=stories[0][1].name if stories else name,
        at=now,
        revision=revision,
        stories=len(stories),
        quotes=sum(len(register.quotes) + register.more for _, register in stories),
        outlets=_shares(outlets),
        roles=_shares(roles),
        said=_listed(stories),
    )


def _shares(counts: Counter[str]) -> tuple[Share, ...]:
    return tuple(
        Share(name=name, stories=stories)
        for name, stories in sorted(counts.items(), key=lambda count: (-count[1], count[0]))
    )


def _listed(stories: list[tuple[str, Register]]) -> tuple[SpeakerStory, ...]:
    listed, size = [], 0
    for uri, register in stories[:MOST_STORIES]:
        story = SpeakerStory(
            uri=uri,
            version=register.version,
            source=register.source,
            at=register.at,
            quotes=register.quotes,
            more=register.more,
        )
        size += len(orjson.dumps(story))
        if size > MOST_BYTES:
            break
        listed.append(story)
    return tuple(listed)
