"""Capitalised runs: the stretches of a line in which names may stand."""

from __future__ import annotations

from dataclasses import dataclass

INITIALS = frozenset(
    [
        "dr",
        "drs",
        "dra",
        "ir",
        "prof",
        "h",
        "hj",
        "kh",
        "k",
        "r",
        "rm",
        "ra",
        "tgk",
        "st",
        "jr",
        "sr",
        "no",
        "mr",
        "mrs",
        "ms",
        "drg",
        "drh",
        "apt",
        "jl",
        "tb",
        "pdt",
        "kab",
        "kec",
    ]
)
JOINS = frozenset(("-", "'", "’", "&", "/"))


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens [start, end) of one line, the first and the last capitalised; `sentence`: it opens a sentence."""

    start: int
    end: int
    sentence: bool


def capitalised(word: str) -> bool:
    """``Kota``, ``KPK``, ``iPhone``; not ``kota``, not ``2024``."""
    return word[0].isupper() or (
        word[0].isalpha() and len(word) > 2 and not word.islower() and word[1].isupper()
    )


def runs(words: list[str], starts: list[int], inner: frozenset[str]) -> list[Run]:
    """All runs in reading order.

    A run goes on over one of `inner` ("bin", "of", "dan"), a hyphen, an apostrophe, "&" or a slash between
    capitalised words, over the dot of an initial, and over figures behind its first word.

    Args:
        words: text of each token.
        starts: offset of each token.
        inner: lower-case words that may stand inside a name.
    """
    found: list[Run] = []
    count = len(words)
    caps = [capitalised(word) for word in words]
    at = 0
    fresh = True  # a sentence begins here
    while at < count:
        word = words[at]
        if not caps[at]:
            if word in ".!?:;•\n\"“”‘’'-–—" or word[0] == "\n":
                fresh = True
            elif word[0] not in "([ ":
                fresh = False
            at += 1
            continue
        end = at + 1
        while end < count:
            here = words[end]
            if caps[end] or (here.isdigit() and len(here) <= 4 and not _tight(words, starts, end)):
                end += 1
                continue
            more = end + 1 < count and caps[end + 1]
            if not more:
                break
            tight = _tight(words, starts, end)
            if (
                here in inner
                or (here in JOINS and (tight or here == "&"))
                or (
                    here == "." and tight and (len(words[end - 1]) == 1 or words[end - 1].lower() in INITIALS)
                )
            ):
                end += 1
            else:
                break
        found.append(Run(at, end, fresh))
        at, fresh = end, False
    return found


def _tight(words: list[str], starts: list[int], at: int) -> bool:
    """No space before the token at `at`."""
    return starts[at] == starts[at - 1] + len(words[at - 1])
