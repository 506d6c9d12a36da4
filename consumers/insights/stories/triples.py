"""A text as the set of its word triples: what rewriting leaves, and chance does not bring about.

Word triples are as Broder's shingles: "On the resemblance and containment of documents", SEQUENCES 1997, 21-29.
"""

from __future__ import annotations

import re
import zlib

import numpy as np
from numpy.typing import NDArray

Triples = NDArray[np.uint32]
"""Hashes of word triples, ascending, each once."""

MOST_WORDS = 20_000
"""Beyond these a text is not looked at: its sketch must fit a record of the changelog, which takes a megabyte."""

_WORD = re.compile(r"\w+")
_FACTORS = (np.uint32(0x9E3779B1), np.uint32(0x85EBCA77), np.uint32(0xC2B2AE3D))


def triples(text: str) -> Triples:
    """The triples of a text, whatever its case and punctuation; none of a text with fewer than three words."""
    found = []
    for word in _WORD.finditer(text.casefold()):
        found.append(zlib.crc32(word.group().encode("utf-8", "replace")))
        if len(found) == MOST_WORDS:
            break
    words = np.array(found, dtype=np.uint32)
    if len(words) < 3:
        return np.empty(0, np.uint32)
    hashed = sum(words[place : len(words) - 2 + place] * factor for place, factor in enumerate(_FACTORS))
    mixed = np.asarray(hashed, dtype=np.uint32)
    mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(0x2C1B3C6D)
    mixed ^= mixed >> np.uint32(12)
    return np.unique(mixed)


def common(one: Triples, other: Triples) -> int:
    """How many triples both have."""
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    if not len(few):
        return 0
    places = np.searchsorted(many, few)
    places[places == len(many)] = 0
    return int(np.count_nonzero(many[places] == few))


def containment(one: Triples, other: Triples) -> float:
    """How much of the shorter text stands in the longer one, from 0 to 1."""
    shorter = min(len(one), len(other))
    return common(one, other) / shorter if shorter else 0.0
