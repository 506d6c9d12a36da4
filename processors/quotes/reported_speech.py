"""What is reported without marks: the clause that belongs to a reporting word."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace

from processors.quotes.cues import ENGLISH, Cue, Cues
from processors.quotes.english import EnglishSpeech
from processors.quotes.marks import Marked
from processors.quotes.phrases import Phrases
from processors.quotes.said import Said
from processors.quotes.story import Story
from processors.records import QuoteKind

NEAR = 40  # code points of a speaker's phrase between "kata" and a comma
FEWEST_SPACES = 2  # in a clause: three words
_TO_WHOM = re.compile(r"\s+(?:kepada|pada)\s+[^,.;:\n\"“”]{1,80},")
_DOUBLE = frozenset('"”“')
_BEHIND = _DOUBLE | frozenset(" ,.\n;:!?")
_FIRST_WORD = re.compile(r"\w+")
_FEELING = re.compile(
    r"(?:ke\w{3,}an|pendapat|komitmen|pandangan|dukungan)nya"
)  # is expressed, not said: "kekecewaannya"
_SPOKEN = frozenset(("before", "weak"))


class ReportedSpeech:
    """Reads the reporting words of one story that no marks belong to."""

    def __init__(self, story: Story, cues: Cues, phrases: Phrases, quoted: list[tuple[Marked, Said]]) -> None:
        """`quoted`: the stretches in marks that are speech."""
        self._story = story
        self._text = story.text
        self._cues = cues
        self._phrases = phrases
        self._english = EnglishSpeech(story.text, cues)
        self._pieces = [piece for piece, _ in quoted]
        self._starts = [piece.start for piece in self._pieces]
        self._used = {said.cue.start for _, said in quoted if said.cue}
        self._mixed = {
            said.cue.start
            for _, said in quoted
            if said.cue and said.kind is QuoteKind.MIXED and said.cue.plain in ENGLISH
        }

    def read(self) -> list[Said]:
        """Quotes and other acts of speech, in reading order of their cues; one cue in a sentence makes quotes."""
        found: list[Said] = []
        done = -1  # start of the last sentence that gave a quote
        before: Cue | None = None
        for cue in self._story.cues.all:
            if (
                not cue.plain
                or (cue.start in self._used and cue.start not in self._mixed)
                or self._in_marks(cue.start)
                or self._compares(cue)
            ):
                continue
            start, end = self._story.sentences.around(cue.start)
            own = before.end if before is not None and before.start >= start else start
            for said in self._clauses(cue, (start, end), own, fresh=start != done):
                before = cue
                found.append(said)
                if said.kind is not None:
                    done = start
        return found

    def _in_marks(self, position: int) -> bool:
        at = bisect_right(self._starts, position) - 1
        return at >= 0 and position < self._pieces[at].end

    def _compares(self, cue: Cue) -> bool:
        """``lebih lanjut``, ``lebih jelas``: no reporting word."""
        return self._text[max(0, cue.start - 6) : cue.start].lower() == "lebih "

    def _clauses(self, cue: Cue, sentence: tuple[int, int], own: int, *, fresh: bool) -> list[Said]:
        """What a cue reports; `own`: where in the sentence its own clause starts; `fresh`: it may make a quote."""
        act = Said(start=cue.start, end=cue.end, order=cue.start, kind=None, cue=cue)
        if cue.plain == "act":
            return [replace(act, phrase=(own, cue.start), backwards=True)]
        if cue.plain == "told":
            begin = self._phrases.agent(cue.end)
            begin = cue.end if begin is None else begin
            return [replace(act, phrase=(begin, self._story.limit(begin)))]
        if cue.plain in ENGLISH:
            return self._english_clauses(cue, sentence, fresh=fresh)
        if cue.plain in _SPOKEN:
            return [
                self._behind_verb(
                    replace(act, phrase=(own, cue.start), backwards=True), cue, sentence[1], fresh=fresh
                )
            ]
        return self._around(act, cue, sentence, fresh=fresh)

    def _english_clauses(self, cue: Cue, sentence: tuple[int, int], *, fresh: bool) -> list[Said]:
        """What an English cue reports; of what holds speech in marks, the words before the marks."""
        found = []
        for said in self._english.clauses(cue, sentence, fresh=fresh):
            if said.kind is None or not self._holds_marks(said.start, said.end):
                found.append(said)
                continue
            at = bisect_right(self._starts, said.start - 2)
            found.append(self._quote(said, said.start, self._starts[at] - 1, fresh=True, apart=True))
        return found

    def _holds_marks(self, start: int, end: int) -> bool:
        at = bisect_right(self._starts, start - 2)
        return at < len(self._pieces) and self._pieces[at].start <= end

    def _behind_verb(self, act: Said, cue: Cue, end: int, *, fresh: bool) -> Said:
        """``X mengatakan (kepada Y,) (bahwa) ...``."""
        whom = _TO_WHOM.match(self._text, cue.end, end)
        opened = self._opened(whom.end() if whom else cue.end)
        return self._quote(act, opened, end, fresh=fresh and self._reports(cue, opened, act))

    def _around(self, act: Said, cue: Cue, sentence: tuple[int, int], *, fresh: bool) -> list[Said]:
        """``..., kata X``, ``Menurut X, ...``, ``..., kata X, ...``: the latter is two quotes."""
        start, end = sentence
        before = self._text[start : cue.start]
        behind = cue.end
        if cue.plain == "after" and before.count(" ") > 3 and not before.rstrip(" ").endswith(","):
            behind = self._phrases.behind(cue.end, self._story.limit(cue.end))[1]
            if behind - cue.end > NEAR or self._text[behind : behind + 1] != ",":
                return []
        if cue.plain != "own":
            limit = self._story.limit(cue.end)
            act = replace(act, phrase=(cue.end, limit))
            behind = self._phrases.behind(cue.end, limit)[1]
        opened = self._opened(behind)
        rest = self._quote(act, opened, end, fresh=fresh)
        if not self._has_content(before):
            return [rest]
        first = self._quote(act, start, cue.start, fresh=fresh)
        if not self._goes_on(opened, end):
            return [first]
        return [first, replace(rest, order=rest.order + 1, phrase=None)]

    def _has_content(self, lead: str) -> bool:
        """More than connecting words ("karena itu", "selain itu")."""
        leads, connecting = self._cues.words["leads"], self._cues.words["connecting"]
        words = (word.strip(',"“”').lower() for word in lead.split())
        return any(word not in leads and word not in connecting for word in words if word)

    def _goes_on(self, start: int, end: int) -> bool:
        """What follows the speaker is the rest of what was said, not when or where it was."""
        first = _FIRST_WORD.match(self._text, start)
        if first is None or not self._text.count(" ", start, end):
            return False
        return first[0].lower() not in self._cues.words["circumstances"]

    def _reports(self, cue: Cue, opened: int, act: Said) -> bool:
        """The verb has what was said behind it: a clause, not an object; and it tells an act of speech at all."""
        words = self._cues.words
        subject = self._text[act.phrase[0] : cue.start].split() if act.phrase else []
        before = subject[-1].lower() if subject else ""
        if before in words["never_after"]:
            return False
        if self._text[cue.end : opened].strip():  # "bahwa", or a comma
            return True
        first = _FIRST_WORD.match(self._text, opened)
        if cue.plain == "weak":
            return first is not None and first[0].lower() in words["clause_openers"]
        if before in words["seldom_after"]:
            return False
        if first is not None and _FEELING.fullmatch(first[0].lower()):
            return False
        judging = self._text[cue.start : cue.end].lower() in words["judging"]
        return first is not None and first[0].lower() not in words["topics" if judging else "objects"]

    def _opened(self, position: int) -> int:
        """Past "bahwa" and its like."""
        match = self._cues.opener.match(self._text, position)
        return match.end() if match else position

    def _quote(self, act: Said, start: int, end: int, *, fresh: bool, apart: bool = False) -> Said:
        """The act with what was said; no quote if that is too short, or holds speech in marks and stands not `apart`."""
        text = self._text
        while start < end and text[start] in " ,\n;:":
            start += 1
        while end > start and text[end - 1] in _BEHIND:
            if text[end - 1] in _DOUBLE and sum(text.count(mark, start, end) for mark in _DOUBLE) % 2 == 0:
                break  # it closes a mark inside
            end -= 1
        whole = text.count(" ", start, end) >= FEWEST_SPACES and (apart or not self._holds_marks(start, end))
        return replace(act, start=start, end=end, kind=QuoteKind.INDIRECT if fresh and whole else None)
