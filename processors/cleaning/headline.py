"""Where a headline ends that runs into the next sentence on the same line, without a delimiter.

"Baca juga: Harga Kopi Naik Lagi Petani di Gayo menunggu ...": headlines are written in capitals, sentences begin with
certain words and go on in small letters. The weights of such signs were learned from headlines put before sentences
(`bench/learn_headlines.py`); here they are only added up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

_TOKEN = re.compile(r"[^ \t\n]+")
_TRIM = "\"'“”‘’(),.:;!?[]…"
LONGEST = 45
"""Words that are looked at: no headline is longer."""


@cache
def small_words() -> frozenset[str]:
    """Words that headlines in capitals leave small."""
    return frozenset(_data("small_words.txt").split())


@cache
def weights() -> Mapping[str, float]:
    """What each sign of the end of a headline weighs."""
    rows = (line.split("\t") for line in _data("headlines.tsv").splitlines() if line)
    return {sign: float(weight) for sign, weight in rows}


def _data(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8")


def headline_end(text: str, start: int, end: int) -> int:
    """The offset where the headline that begins at `start` ends; `end`, the line's end, if nothing follows it."""
    tokens = [
        match.span() for _, match in zip(range(LONGEST + 6), _TOKEN.finditer(text, start, end), strict=False)
    ]
    words = [text[low:high] for low, high in tokens]
    table = weights()
    best, boundary = float("-inf"), end
    for index, signs in candidates(words):
        score = sum(table.get(sign, 0.0) for sign in signs)
        if score > best:
            best, boundary = score, tokens[index][0] if index < len(words) else end
    return boundary


def headline_like(line: str) -> bool:
    """Whether a whole line looks like a headline: three words or more in capitals, small words aside, no full stop."""
    if line[-1] in ".:;," and not line.endswith("..."):
        return False
    words = [word.strip(_TRIM) for word in line.split()]
    small = small_words()
    telling = [word for word in words if word and word not in small and not word[0].isdigit()]
    capitals = sum(word[0].isupper() for word in telling)
    if line[0] in "\"“" or line.isupper():
        return False
    return 3 <= len(words) <= 30 and len(telling) >= 2 and capitals >= 0.75 * len(telling)


def candidates(words: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Each word that may begin the sentence after the headline, and the end of the line, with the signs for it."""
    bare = [word.strip(_TRIM) for word in words]
    small = small_words()
    shapes = [_shape(word, plain, small) for word, plain in zip(words, bare, strict=True)]
    seen = 0  # small telling words so far: a headline in capitals has none
    limit = min(len(words), LONGEST)
    for index in range(1, limit):
        seen += shapes[index - 1] == "lower"
        if shapes[index] in ("cap", "quote", "digit", "caps"):
            yield index, _signs(words, bare, shapes, index, seen)
    seen += bool(words) and limit == len(words) and shapes[limit - 1] == "lower"
    if limit == len(words):
        yield len(words), _end_signs(words, shapes, seen)


def _shape(word: str, plain: str, small: frozenset[str]) -> str:
    if word[0] in "\"“'‘":
        return "quote"
    if not plain:
        return "mark"
    if plain[0].isdigit():
        return "digit"
    if plain[0].isupper():
        return "caps" if len(plain) > 1 and plain.isupper() else "cap"
    return "small" if plain in small else "lower"


def _signs(words: list[str], bare: list[str], shapes: list[str], index: int, seen: int) -> list[str]:
    def at(position: int) -> str:
        return shapes[position] if position < len(shapes) else "none"

    first, before = bare[index].casefold(), bare[index - 1].casefold()
    following = bare[index + 1].casefold() if index + 1 < len(bare) else ""
    # how far the sentence's first small telling word is: near in a sentence, far in a headline
    near = next((d for d in range(1, 6) if at(index + d) == "lower"), 6)
    last = words[index - 1][-1]
    return [
        f"shape={shapes[index]}",
        f"next={at(index + 1)}",
        f"shapes={shapes[index]},{at(index + 1)},{at(index + 2)}",
        f"near={near}",
        f"seen={min(seen, 4)}",
        f"length={_bucket(index)}",
        f"first={first}",
        f"pair={first} {following}" if following else "pair=",
        f"then={following}",
        f"before={before}",
        f"prior={shapes[index - 1]}",
        f"mark={last if not last.isalnum() else ''}",
    ]


def _end_signs(words: list[str], shapes: list[str], seen: int) -> list[str]:
    last = words[-1][-1] if words else ""
    return [
        "end",
        f"end seen={min(seen, 8)}",
        f"end length={_bucket(len(words))}",
        f"end mark={last if not last.isalnum() else ''}",
        f"end prior={shapes[-1] if shapes else ''}",
    ]


def _bucket(count: int) -> str:
    return str(count) if count <= 4 else "7" if count <= 7 else "10" if count <= 10 else "14" if count <= 14 else "18" if count <= 18 else "25" if count <= 25 else "more"  # fmt: skip
