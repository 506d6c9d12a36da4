"""What of a story can be boilerplate that recurs: short lines, and sentences at the ends of lines or before a colon.

What a piece is about is told from the words that it shares with the rest of its story: a refrain or a tag is about the
same thing as the story, an advertisement is not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

LONGEST = 400
"""Characters of the longest piece that is looked at."""
MOST = 80
"""Pieces of one story; of a longer one, the first and the last half of them count."""
MOST_WORDS = 600
"""Different words of one story that are remembered."""
LABEL = 5
"""Words before a colon that may be a label."""
HEADLINE = 40
"""Characters that are kept of what follows a label within a line."""
SENTENCES = 4
"""Sentences at the end of a longer line that may be boilerplate together."""

_WORD = re.compile(r"[^\W\d_]{3,}")
_URL = re.compile(r"(?:https?://|www\.)\S+")
_DIGITS = re.compile(r"\d+")
_SENTENCE = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][\"”’)\]])) ?(?=[A-Z\[(\"“])")
_BRACKET = re.compile(r"\([^()]{2,60}\)\W*\Z")
_LABEL = re.compile(rf"(?:[^\s:]+ ){{0,{LABEL - 1}}}[^\s:]+ ?:(?!//)")
_COLON = re.compile(r"(?<=\w) ?: ?(?=[A-Z0-9\"“‘'])")
_BEFORE = re.compile(r"[\w-]+")
_MARKS = " \t:;.,!?>»<«-–—=*•…|\"'“”‘’"
_ENDS = (".", "!", "?", ":", '."', ".”", '!"', "!”", '?"', "?”", '"', "”", "…")


class Form(StrEnum):
    """Where a piece stands: a line of its own, the end of a longer line, or within one."""

    LINE = "line"
    TAIL = "tail"
    INNER = "inner"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a story.

    Attributes:
        form: where it stands.
        text: as it stands there, without white space around it.
        line: which line of the story it stands in, from 0.
        mask: bit n says whether the nth word of `words(text)` stands elsewhere in the story, too.
    """

    form: Form
    text: str
    line: int
    mask: int

    @property
    def closed(self) -> bool:
        """Whether it ends as a sentence does, or announces what comes below it."""
        return self.text.endswith(_ENDS)


@dataclass(frozen=True, slots=True)
class Pieces:
    """What is remembered of one story: its pieces, and hashes (16 bits) of all its words."""

    pieces: tuple[Piece, ...]
    words: frozenset[int]


def shape(text: str) -> str:
    """What is the same in lines that recur: folded, numbers as 0, addresses as <url>, no marks at the ends."""
    text = _DIGITS.sub("0", _URL.sub("<url>", text))
    return " ".join(text.casefold().split()).strip(_MARKS)


def words(text: str) -> list[str]:
    """Its different words, folded, in order: three letters or more."""
    return list(dict.fromkeys(word.casefold() for word in _WORD.findall(_URL.sub(" ", text))))


def word_hash(word: str) -> int:
    """16 bits: enough for a share, and a story's words take half a kilobyte."""
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=2).digest(), "little")


def pieces_of(text: str) -> Pieces:
    """The pieces of a story's clean text."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    counted: Counter[str] = Counter()
    alike: dict[str, Counter[str]] = {}
    for line in lines:
        found = words(line)
        counted.update(found)
        alike.setdefault(_opening(line), Counter()).update(found)
    made = []
    for number, line in enumerate(lines):
        # the same label stands before several headlines of one story: that is no sign that the story is about it
        same = alike[_opening(line)]
        for form, piece in _forms(line):
            told = words(piece)
            if form is not Form.LINE:
                rest = set(words(line.replace(piece, " ")))
                same = Counter(word for word in told if word not in rest)
            mask = sum((counted[word] > same[word]) << bit for bit, word in enumerate(told))
            made.append(Piece(form, piece, number, mask))
    if len(made) > MOST:
        made = made[: MOST // 2] + made[-MOST // 2 :]
    hashes = frozenset(word_hash(word) for word, _ in counted.most_common(MOST_WORDS))
    return Pieces(tuple(made), hashes)


def label(text: str) -> str | None:
    """The words before a colon near the start of a piece, without it; None: there is none."""
    found = _LABEL.match(text)
    return found.group().rstrip(" :") if found else None


def _opening(text: str) -> str:
    return shape(text).partition(" ")[0]


def _forms(line: str) -> Iterator[tuple[Form, str]]:
    if len(line) <= LONGEST:
        yield Form.LINE, line
    for colon in _COLON.finditer(line):
        start = _label_start(line, colon.start())
        if start:
            yield Form.INNER, line[start : colon.end() + HEADLINE].rstrip()
    bracket = _BRACKET.search(line)
    if bracket and bracket.start():
        yield Form.TAIL, bracket.group()
        return
    starts = [match.end() for match in _SENTENCE.finditer(line) if match.end()]
    for start in starts[-SENTENCES:]:
        if len(line) - start <= LONGEST:
            yield Form.TAIL, line[start:]


def _label_start(line: str, colon: int) -> int | None:
    """Where a label before a colon within a line begins: with a sentence, else with the second word before the colon;
    None: no label does.
    """
    low = max(0, colon - 60)
    starts = [low + match.start() for match in _BEFORE.finditer(line[low:colon])][-LABEL:]
    capital = [start for start in starts[:-1] if line[start].isupper()]
    for start in capital:
        before = line[:start].rstrip()
        if start and not before[-1:].isalnum() and before[-1:] != ",":
            return start
    return starts[-2] if starts[-2:-1] and starts[-2] in capital else None
