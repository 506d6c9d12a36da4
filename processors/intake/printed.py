"""When a page says it was published, and by whom, where neither JSON-LD nor OpenGraph tells: as it is printed.

Only what stands alone in an element counts, near the headline: a date inside a sentence is the story's.
"""

from __future__ import annotations

import re
from datetime import datetime

from processors.intake.markup import plain
from processors.intake.moments import moment

NEAR = 10_000
"""Characters of a page before its headline, and behind it, in which its stamp and its author are sought."""

_HEADLINE = re.compile(r"<h1\b", re.IGNORECASE)
_TIME = re.compile(r"<time\b[^<>]{0,300}?\bdatetime\s*=\s*[\"']([^\"'<>]{8,40})[\"']", re.IGNORECASE)
_DAYS = "senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_STAMP = re.compile(
    rf">\s{{0,40}}(?:{_DAYS}),? (\d{{1,2}}[ /-][a-z0-9]{{1,10}}[ /-]\d{{4}})"
    r"[ ,|@-]{1,5}(?:pukul |jam )?(\d{1,2}[:.]\d{2}(?: ?(?:wib|wita|wit))?)\s{0,40}<",
    re.IGNORECASE,
)
_AUTHOR = re.compile(
    r"<(?:a|span|div|p)\b[^<>]{0,200}?\b(?:class|rel|itemprop)\s*=\s*[\"'](?:[^\"'<>]{0,60}[ _-])?"
    r"(?:author|penulis|reporter|byline|editor-name)(?:[ _-][^\"'<>]{0,60})?[\"'][^<>]{0,200}>\s{0,40}([^<>]{4,80})<",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:(?:[Oo]leh|OLEH|[Pp]enulis|[Rr]eporter|[Bb]y|[Aa]uthor) ?:? )?((?:[A-Z][\w.'’-]* ?){2,6})"
)


def published(page: str) -> datetime | None:
    """The stamp that is nearest to the headline; one for machines goes before those for readers."""
    headline = _HEADLINE.search(page)
    if headline is None:
        return None
    near = page[max(0, headline.start() - NEAR) : headline.start() + NEAR]
    machine = _TIME.search(near)
    found = moment(machine[1]) if machine else None
    if found is None:
        at = min(headline.start(), NEAR)
        stamps = sorted(_STAMP.finditer(near), key=lambda stamp: abs(stamp.start() - at))
        if stamps:
            found = moment(f"{stamps[0][1]} {stamps[0][2].replace('.', ':')}", words=True)
    return found


def author(page: str) -> str | None:
    """The first name in an element for authors near the headline."""
    headline = _HEADLINE.search(page)
    if headline is None:
        return None
    for match in _AUTHOR.finditer(page, max(0, headline.start() - NEAR), headline.start() + NEAR):
        name = _NAME.fullmatch((plain(match[1]) or "").strip())
        if name:
            return name[1].strip()
    return None
