"""Whether a group of pieces that are alike is boilerplate: how many stories have it, what they share with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from consumers.insights.boilerplate.pieces import Piece, Pieces, word_hash, words

FEWEST = 3
"""Distinct stories, below which nothing recurs."""
SHARE = 200
"""One story in so many must have it."""
OFTEN = 0.02
"""Share of the stories from which on a thing of a few words is no chance."""
FOREIGN = 0.45
"""Lift above which a piece is about what its stories are about: a tag, a subhead, a refrain."""
FOREIGN_SENTENCE = 0.18
"""The same for whole sentences, whose small words stand in every story."""
CLOSED = 0.3
"""Share of lines that end like sentences, above which their opening is how people write, not a label."""
KIN = 8
"""Stories that are compared with each other, at most."""
KIN_KNOWN = 3.5
"""How much more than any stories of the outlet those of a piece may have in common that has words of boilerplate."""
KIN_OTHER = 2.1
"""The same for other pieces: stories that are versions of one another share their sentences."""


@dataclass(frozen=True, slots=True)
class Found:
    """A piece in its story."""

    story: str
    piece: Piece


def enough(stories: int) -> int:
    """In how many distinct stories a thing must stand, of so many of its outlet."""
    return max(FEWEST, -(-stories // SHARE))


class Bar:
    """What a group of pieces of one outlet must show."""

    def __init__(self, stories: Mapping[str, Pieces]) -> None:
        """`stories`: all of the outlet that are looked at."""
        self._stories = stories
        self.of = len(stories)
        self.least = enough(self.of)
        self.commonness = Commonness(stories.values())
        some = list(stories)[:: max(1, self.of // (2 * KIN))]
        self._kinship = kinship(some, stories, most=2 * KIN)

    def recurs(self, group: Sequence[Found]) -> bool:
        """Whether it stands in enough distinct stories."""
        return len(group) >= self.least and len(stories_of(group)) >= self.least

    def passed(
        self, group: Sequence[Found], *, first: int | None = None, sentence: bool = False, known: bool = False
    ) -> bool:
        """Whether pieces that recur have nothing to do with their stories.

        Args:
            group: the pieces.
            first: only so many words at the beginning of each are looked at; None: all.
            sentence: they are whole sentences.
            known: they have words of boilerplate.
        """
        if not self.recurs(group):
            return False
        found = lift(group, self.commonness, first)
        if found is not None and found >= (FOREIGN_SENTENCE if sentence else FOREIGN):
            return False
        related = kinship(list(stories_of(group)), self._stories)
        return related <= self._kinship * (KIN_KNOWN if known else KIN_OTHER)


class Commonness:
    """How common each word is among the stories of an outlet."""

    def __init__(self, stories: Iterable[Pieces]) -> None:
        known = list(stories)
        self._stories = max(1, len(known))
        self._counts = Counter(word for story in known for word in story.words)

    def share(self, word: str) -> float:
        """Of the stories, how many have the word."""
        return self._counts[word_hash(word)] / self._stories


def lift(found: Sequence[Found], commonness: Commonness, first: int | None = None) -> float | None:
    """How much more often the words of the pieces stand elsewhere in the same story than in any story of the outlet.

    About 0 (or below) for what has nothing to do with its stories, towards 1 for what they are about; None: no words.

    Args:
        found: the pieces.
        commonness: of the outlet's stories.
        first: only so many of the words that each piece begins with; None: all.
    """
    shares: dict[str, float] = {}
    total = number = 0.0
    for one in found:
        for bit, word in enumerate(words(one.piece.text)[:first]):
            if word not in shares:
                shares[word] = commonness.share(word)
            total += (one.piece.mask >> bit & 1) - shares[word]
            number += 1
    return total / number if number else None


def kinship(those: Sequence[str], stories: Mapping[str, Pieces], most: int = KIN) -> float:
    """How much the stories have in common: share of words of the shorter that the longer has, the mean of some pairs."""
    chosen = [stories[uri].words for uri in those[-most:]]
    shares = [
        len(one & other) / max(1, min(len(one), len(other)))
        for number, one in enumerate(chosen)
        for other in chosen[:number]
    ]
    return sum(shares) / len(shares) if shares else 0.0


def closed(found: Sequence[Found]) -> float:
    """Share of the pieces that end as sentences do."""
    return sum(one.piece.closed for one in found) / len(found)


def stories_of(found: Iterable[Found]) -> dict[str, None]:
    """The distinct stories, in order."""
    return dict.fromkeys(one.story for one in found)


def gathered(stories: Mapping[str, Pieces]) -> Iterable[Found]:
    """All pieces of all stories."""
    return (Found(story, piece) for story, known in stories.items() for piece in known.pieces)
