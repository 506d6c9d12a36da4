"""Where a headline ends that runs into the next sentence on the same line, without a delimiter."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\S+")
_SMALL = frozenset(
    [
        "dan",
        "di",
        "ke",
        "dari",
        "yang",
        "untuk",
        "pada",
        "dengan",
        "soal",
        "saat",
        "hingga",
        "akan",
        "atau",
        "oleh",
        "dalam",
        "ini",
        "itu",
        "usai",
        "agar",
        "jadi",
        "kepada",
        "sejak",
        "bagi",
        "tak",
        "per",
        "sampai",
        "karena",
        "jika",
        "bila",
        "tapi",
        "tetapi",
        "meski",
        "demi",
        "akibat",
        "terkait",
        "vs",
        "the",
        "of",
        "and",
        "in",
        "to",
        "a",
        "an",
        "for",
        "on",
        "with",
    ]
)


def headline_end(text: str, start: int, end: int) -> int:
    """The offset where the headline that begins at `start` ends; `end`, the line's end, if nothing follows it."""
    boundary = None
    for match in _TOKEN.finditer(text, start, end):
        word = match.group().strip("\"'“”‘’(),.:;!?")
        if match.start() > start and (match.group()[0] in '"“' or word[:1].isupper()):
            boundary = match.start()
        elif word[:1].islower() and word not in _SMALL and word.isalpha():
            return boundary if boundary is not None else end
    return end
