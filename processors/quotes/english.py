"""English reported speech: verbs stand behind their subject or before it, and what was said on either side of both.

Told from Indonesian by the kind of the reporting word; see `data/cues.tsv`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from processors.quotes.cues import Cue, Cues
from processors.quotes.said import Said
from processors.quotes.subject import SubjectReader
from processors.records import QuoteKind

PARTICIPLES = frozenset(("saying", "telling"))
FEWEST_SPACES = 2  # in a clause: three words
_TO_WHOM = re.compile(r"\s+(?:(?!that\b)[\w.'’-]+\s+){1,6}?(?=that\b|to\b|whether\b|how\b|why\b|if\b)")
_ONE_WHOM = re.compile(r"\s+(?:him|her|them|me|us|you|reporters|[A-Z][\w.'’-]*(?:\s+[A-Z][\w.'’-]*){0,3})\b")
_THAT = re.compile(r"[^.,;:\n\"“”]{0,70}?\bthat\s+", re.IGNORECASE)
_DAY = re.compile(
    r"\s+(?:(?:on|late|last|early)\s+)*(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?:\s+(?:morning|night|evening))?\b\s*"
)
_MARKED = re.compile(r"\s*(?:that|to|whether|if|how|why)\b", re.IGNORECASE)
_WORD = re.compile(r"[\w'’-]+")


class EnglishSpeech:
    """Reads the English reporting words of one text."""

    def __init__(self, text: str, cues: Cues) -> None:
        self._text = text
        self._words = cues.words
        self.subjects = SubjectReader(text, cues)

    def act(self, cue: Cue, floor: int, limit: int) -> Said:
        """The act of speech with its speaker's phrase, in the sentence [floor, limit)."""
        act = Said(start=cue.start, end=cue.end, order=cue.start, kind=None, cue=cue, exact=True)
        if cue.plain in PARTICIPLES:
            return replace(act, phrase=self.subjects.of_sentence(floor, cue.start))
        before = self.subjects.before(floor, cue.start)
        if before is not None:
            return replace(act, phrase=before)
        behind = self.subjects.behind(cue.end, limit)
        return replace(act, phrase=behind or (cue.start, cue.start))

    def clauses(self, cue: Cue, sentence: tuple[int, int], *, fresh: bool) -> list[Said]:
        """What the cue reports, as acts of speech; without marks only."""
        start, end = sentence
        act = self.act(cue, start, end)
        if not fresh or act.phrase is None or cue.plain == "names" or self._denied(cue, start):
            return [act]
        first, _ = act.phrase
        if first >= cue.end or not self._is_behind(cue.end, end):
            return [self._quote(act, start, min(first, cue.start))]  # "..., said X"; "..., X said"
        opened = self._opened(cue, cue.end, end)
        if opened == cue.end and self._opens_object(cue, opened, end):
            return [act]
        rest = self._quote(act, opened, end)
        lead = self._text[start:first].rstrip()
        if lead.endswith(",") and self._text[cue.end : cue.end + 1] == "," and lead.count(" ") > 1:
            return [self._quote(act, start, first), replace(rest, order=rest.order + 1, phrase=None)]
        return [rest]

    def _opens_object(self, cue: Cue, start: int, end: int) -> bool:
        """What follows the verb is a mere object: "found the key", "spoke of the sea"."""
        if cue.plain == "holds":
            return _MARKED.match(self._text, start) is None
        first = _WORD.search(self._text, start, end)
        return first is not None and first[0].lower() in self._words["particles"]

    def _is_behind(self, begin: int, end: int) -> bool:
        """What stands behind the verb is what was said, not when or where it was."""
        tail = self._text[begin:end].strip(" ,.\n")
        first = _WORD.match(tail)
        if first is None or tail.count(" ") < FEWEST_SPACES:
            return False
        low = first[0].lower()
        if low in self._words["circumstances"] or low in self._words["when"]:
            day = _DAY.match(self._text, begin, end)
            if day is not None and self._text.count(" ", day.end(), end) > FEWEST_SPACES:
                return self._text[day.end() : day.end() + 1] not in {",", "."}
            return _THAT.match(self._text, begin, end) is not None
        return True

    def _opened(self, cue: Cue, begin: int, end: int) -> int:
        """Past "on Monday that" and past whom it was told."""
        if cue.plain in {"tells", "telling"}:
            whom = _TO_WHOM.match(self._text, begin, end) or _ONE_WHOM.match(self._text, begin, end)
            if whom is not None:
                begin = whom.end()
        that = _THAT.match(self._text, begin, end)
        if that is not None and self._is_when(self._text[begin : that.end()]):
            return that.end()
        day = _DAY.match(self._text, begin, end)
        return day.end() if day else begin

    def _is_when(self, words: str) -> bool:
        first = _WORD.search(words)
        if first is None:
            return False
        low = first[0].lower()
        return (
            low == "that"
            or low.endswith("ly")
            or low in self._words["circumstances"]
            or low in self._words["when"]
        )

    def _denied(self, cue: Cue, start: int) -> bool:
        before = self._text[max(start, cue.start - 24) : cue.start].lower().split()[-2:]
        return not self._words["denied"].isdisjoint(before)

    def _quote(self, act: Said, start: int, end: int) -> Said:
        text = self._text
        while start < end and text[start] in " ,\n;:—–-":
            start += 1
        while end > start and text[end - 1] in " ,.\n;:!?—–-":
            end -= 1
        whole = text.count(" ", start, end) >= FEWEST_SPACES
        return replace(act, start=start, end=end, kind=QuoteKind.INDIRECT if whole else None)
