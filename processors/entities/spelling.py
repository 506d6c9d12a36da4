"""When two spellings may be of one name. All words are case folded."""

from __future__ import annotations

LONG = 5  # so many letters of a word of a name stand for the word: "hikmat" for "hikmatullah"
LEAST = 6  # letters of a word that may be misspelt
LEAST_CUT = 2  # letters that are left of a word that lost its end

Words = tuple[str, ...]


def holds(full: Words, part: Words, *, whole: bool = False) -> bool:
    """The words of `part` are in `full`, in this order; a long word may be cut short, unless only `whole` ones count."""
    at = 0
    for word in part:
        short = len(word) >= LONG and not whole
        while at < len(full) and full[at] != word and not (short and full[at].startswith(word)):
            at += 1
        if at == len(full):
            return False
        at += 1
    return True


def cut(part: Words, full: Words) -> bool:
    """The words of `part` are in `full`, in this order, the last of them without its last letter, as texts have it
    that lost the letter before each full stop.
    """
    last = part[-1]
    if len(last) < LEAST_CUT:
        return False
    return any(
        word[:-1] == last and holds(full[:at], part[:-1]) for at, word in enumerate(full) if word != last
    )


def spelt_out(part: Words, full: Words) -> bool:
    """The last word of `part` is made of the first letters of the words of `full` that the others leave: "herry ip"
    of "herry iman prasojo"; alone it is made of all of them.
    """
    *words, short = part
    rest = full[len(words) :]
    return (
        len(short) == len(rest) > 1
        and full[: len(words)] == tuple(words)
        and short == "".join(word[0] for word in rest)
    )


def shortened(short: str, word: str, beginning: int, end: int) -> bool:
    """`short` is a beginning of `word` of at least so many letters, or its end of `end`, or within it of one more."""
    if len(short) >= len(word):
        return False
    return (
        (len(short) >= beginning and word.startswith(short))
        or (len(short) >= end and word.endswith(short))
        or (len(short) > end and short in word)
    )


def like(mine: Words, other: Words) -> bool:
    """Each word of `mine` is in `other`, in this order, and one or more of them is misspelt by a letter or two."""
    at, differ = 0, 0
    for word in mine:
        while at < len(other) and other[at] != word and not misspelt(word, other[at]):
            at += 1
        if at == len(other):
            return False
        differ += other[at] != word
        at += 1
    return differ > 0


def misspelt(one: str, other: str) -> bool:
    """One letter is another, missing, too many, or has changed places with its neighbour; the first is the same."""
    if min(len(one), len(other)) < LEAST or one[0] != other[0] or abs(len(one) - len(other)) > 1:
        return False
    if len(one) > len(other):
        one, other = other, one
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    mine, theirs = one[start:], other[start:]
    if len(one) < len(other):
        return mine == theirs[1:]
    return mine[1:] == theirs[1:] or (mine[:2] == theirs[1::-1] and mine[2:] == theirs[2:])
