"""One story as the readers of speech see it: its text, the stretches in marks, the sentences and the reporting words."""

from __future__ import annotations

from bisect import bisect_right

from processors.language import primary_subtag
from processors.quotes.cues import Cues
from processors.quotes.marks import Marked, marked
from processors.quotes.sentences import Sentences

BLANK = frozenset(" \n\t\xa0\"“”'‘’")  # what stands between two sentences


class Story:
    """What is found in a text before anything is attributed."""

    def __init__(self, text: str, cues: Cues, language: str | None) -> None:
        """Finds marks, sentences and reporting words; linear in the length of `text`."""
        self.text = text
        self.english = primary_subtag(language) == "en"
        self.pieces: list[Marked] = marked(text)
        self._starts = [piece.start for piece in self.pieces]
        self._ends = [piece.end for piece in self.pieces]
        self.sentences = Sentences(text, self.pieces, cues.words["abbreviated"])
        self.cues = cues.scan(text, language)

    def follows(self, position: int, end: int) -> bool:
        """Whether the sentence before `position` begins at or before `end`: little stands between the two."""
        at = position - 1
        while at > 0 and self.text[at] in BLANK:
            at -= 1
        return self.sentences.around(at)[0] <= end + 2

    def in_marks(self, position: int) -> bool:
        """Whether a quotation holds `position`, its closing mark included."""
        at = bisect_right(self._starts, position) - 1
        return at >= 0 and position < max(self._ends[at] + 1, self.pieces[at].after)

    def limit(self, position: int) -> int:
        """The end of the sentence at `position`, or the next mark in it."""
        _, end = self.sentences.around(position)
        at = bisect_right(self._starts, position)
        if at < len(self.pieces):
            end = min(end, self.pieces[at].start - 1)
        return max(end, position)
