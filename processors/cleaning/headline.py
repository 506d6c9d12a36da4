"""Where a headline ends that runs into the next sentence on the same line, without a delimiter.

"Baca juga: Harga Kopi Naik Lagi Petani di Gayo menunggu ...": headlines are written in capitals, sentences begin with
certain words and go on in small letters. The weights of such signs were learned from headlines put before sentences
(`bench/learn_headlines.py`); here they are only added up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

_TRIM = "\"'“”‘’(),.:;!?[]…"
LONGEST = 45
"""Words that are looked at: no headline is longer."""

REACH = 500
"""Characters that are looked at."""
ENOUGH = 6
"""Small telling words after which no headline in capitals is still going on."""

Sign = tuple[str, str]
"""A kind of sign and its value: ("first", "namun"), ("seen", "2")."""


@cache
def small_words() -> frozenset[str]:
    """Words that headlines in capitals leave small."""
    return frozenset(_data("small_words.txt").split())


@cache
def weights() -> Mapping[str, Mapping[str, float]]:
    """What each sign of the end of a headline weighs: by kind, by value."""
    table: dict[str, dict[str, float]] = {}
    for line in _data("headlines.tsv").splitlines():
        kind, value, weight = line.split("\t")
        table.setdefault(kind, {})[value] = float(weight)
    return table


def _data(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8")


def headline_end(text: str, start: int, end: int) -> int:
    """The offset where the headline that begins at `start` ends; `end`, the line's end, if nothing follows it."""
    words = text[start : min(end, start + REACH)].split()[: LONGEST + 6]
    table = weights()
    best, boundary = float("-inf"), len(words)
    for index, signs in candidates(words):
        score = 0.0
        for kind, value in signs:
            score += table[kind].get(value, 0.0)
        if score > best:
            best, boundary = score, index
    if boundary == len(words):
        return end
    at = start
    for word in words[:boundary]:
        at = text.index(word, at) + len(word)
    return text.index(words[boundary], at)


def headline_like(line: str) -> bool:
    """Whether a whole line looks like a headline: three words or more in capitals, small words aside, no full stop."""
    if line[-1] in ".:;," and not line.endswith("..."):
        return False
    if line[0] in '"“' or line.isupper():
        return False
    words = [word.strip(_TRIM) for word in line.split()]
    small = small_words()
    telling = [word for word in words if word and word not in small and not word[0].isdigit()]
    capitals = sum(word[0].isupper() for word in telling)
    return 3 <= len(words) <= 30 and len(telling) >= 2 and capitals >= 0.75 * len(telling)


def candidates(words: list[str]) -> Iterator[tuple[int, list[Sign]]]:
    """Each word that may begin the sentence after the headline, and the end of the line, with the signs for it."""
    bare = [word.strip(_TRIM) for word in words]
    small = small_words()
    shapes = [_shape(word, plain, small) for word, plain in zip(words, bare, strict=True)]
    folded = [plain.casefold() for plain in bare]
    seen = 0  # small telling words so far: a headline in capitals has none
    limit = min(len(words), LONGEST)
    if limit == len(words) and "lower" not in shapes:  # capitals to the end: nothing follows
        yield limit, _end_signs(words, shapes, 0)
        return
    for index in range(1, limit):
        seen += shapes[index - 1] == "lower"
        if seen == ENOUGH:
            break
        if shapes[index] in _OPENING:
            yield index, _signs(words[index - 1], folded, shapes, index, seen)
    if limit == len(words):
        seen = shapes.count("lower")
        yield limit, _end_signs(words, shapes, seen)


_OPENING = frozenset(("cap", "caps", "quote", "digit"))


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


def _signs(prior: str, folded: list[str], shapes: list[str], index: int, seen: int) -> list[Sign]:
    ahead = shapes[index : index + 6]
    ahead += ["none"] * (6 - len(ahead))
    following = folded[index + 1] if index + 1 < len(folded) else ""
    first = folded[index]
    # how far the sentence's first small telling word is: near in a sentence, far in a headline
    near = ahead.index("lower", 1) if "lower" in ahead[1:] else 6
    return [
        ("shape", ahead[0]),
        ("next", ahead[1]),
        ("shapes", f"{ahead[0]} {ahead[1]} {ahead[2]}"),
        ("near", str(near)),
        ("seen", str(min(seen, 4))),
        ("length", _bucket(index)),
        ("first", first),
        ("pair", f"{first} {following}"),
        ("then", following),
        ("before", folded[index - 1]),
        ("prior", shapes[index - 1]),
        ("mark", "" if prior[-1].isalnum() else prior[-1]),
    ]


def _end_signs(words: list[str], shapes: list[str], seen: int) -> list[Sign]:
    last = words[-1][-1] if words else ""
    return [
        ("end", ""),
        ("end seen", str(min(seen, 8))),
        ("end length", _bucket(len(words))),
        ("end mark", "" if last.isalnum() else last),
        ("end prior", shapes[-1] if shapes else ""),
    ]


_BOUNDS = (1, 2, 3, 4, 7, 10, 14, 18, 25, LONGEST + 6)
_BUCKETS = [str(next(bound for bound in _BOUNDS if count <= bound)) for count in range(LONGEST + 7)]


def _bucket(count: int) -> str:
    return _BUCKETS[count]
