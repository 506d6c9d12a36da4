"""Words joined where a link began or ended: "kepadaAntara", "Antarayang".

A space is put in only where both parts are certain: a word that introduces names before a capital, or a word of grammar
behind a name that the story has elsewhere too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

from processors.cleaning.shapes import anywhere, compiled

LONG = 4
"""Letters of the shortest name behind which a word is parted."""
SHORT = 3
"""Letters of a word that may as well be a name's ending; only a longer name is parted from it."""

MOST = 200
"""Words of a text that are looked at for a name in them: each costs a search of the text."""

_IN_ADDRESSES = frozenset("@#/._-")


@cache
def _patterns() -> tuple[Any, re.Pattern[str], Any, re.Pattern[str]]:
    """Which of the two a text may have; a word before a name; words that may be a name and one behind it, and both."""
    before, behind = (
        "|".join(words.split())
        for words in (files(__package__) / "borders.txt").read_text("utf-8").split("---")
    )
    opening = rf"\b(?:{before})[A-Z][A-Za-z]"
    ending = rf"\b[A-Z]{'[a-z]' * (LONG - 1)}[a-z]*(?:{behind})\b"
    return (
        anywhere([opening, ending]),
        # a name in an address or a handle is whole: "dariAceh.com", "@kataData"
        re.compile(rf"(?<![\w@#/.-])(?:{before})(?=[A-Z][A-Za-z])(?!\w*(?:[/@]|\.\w))"),
        compiled(ending),
        re.compile(rf"([A-Z][a-z]{{{LONG - 1},}}?)({behind})"),
    )


def joined_words(text: str) -> list[int]:
    """Where a space is missing between two words, in order."""
    somewhere, before_name, ending, behind_name = _patterns()
    data = text.encode("utf-8", "surrogatepass")
    there = somewhere.Match(data)
    if not there:
        return []
    found = {match.end() for match in before_name.finditer(text)} if 0 in there else set()
    ends = {match.group().decode() for match in islice(ending.finditer(data), MOST)} if 1 in there else ()
    for joined in ends:
        parts = behind_name.fullmatch(joined)
        if parts is None:
            continue
        name, word = parts.groups()
        if (len(word) > SHORT or len(name) > LONG) and next(_words(text, name), None) is not None:
            found.update(at + len(name) for at in _words(text, joined))
    return sorted(found)


def _words(text: str, word: str) -> Iterator[int]:
    """Where a word stands by itself, in no address or handle."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        before, behind = text[max(at - 1, 0) : at], text[end : end + 1]
        address = behind in ("/", "@") or (behind == "." and text[end + 1 : end + 2].isalnum())
        if not (before.isalnum() or before in _IN_ADDRESSES or behind.isalnum() or (behind and address)):
            yield at
        at = text.find(word, end)
