"""Speech: what was said, and what the text beside it tells of who said it. No speaker is resolved here."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from processors.quotes.cues import Cues
from processors.quotes.marks import Marked
from processors.quotes.sentences import Sentences
from processors.records import QuoteKind

LOOK_BACK = 240  # code points before an opening mark in which its cue may stand


@dataclass(frozen=True, slots=True)
class Said:
    """A stretch [start, end) that somebody said, and the evidence for who.

    Attributes:
        order: where in the text the act of speaking stands, for "the last one who spoke".
        cue: the reporting word; None without one.
        phrase: code points where the speaker's phrase is to be read, from its start to the end of what may hold
            it; None: the same speaker as before.
        backwards: the phrase ends before the cue (a subject), rather than starts behind it.
        kind: None for an act of speech that makes no quote.
    """

    start: int
    end: int
    order: int
    kind: QuoteKind | None
    cue: tuple[int, int] | None
    form: str
    phrase: tuple[int, int] | None
    backwards: bool = False


class Speech:
    """Reads one story."""

    def __init__(self, text: str, pieces: list[Marked], sentences: Sentences, cues: Cues) -> None:
        """`pieces` are the stretches in marks."""
        self._text = text
        self._pieces = pieces
        self._starts = [piece.start for piece in pieces]
        self._sentences = sentences
        self._cues = cues

    def all(self) -> list[Said]:
        """Everything said, marked and reported, in order of where it is told."""
        marked, used = self._marked()
        return sorted([*marked, *self._reported(used)], key=lambda said: said.order)

    # what stands in marks

    def _marked(self) -> tuple[list[Said], set[int]]:
        found: list[Said] = []
        used: set[int] = set()  # starts of the cues that a marked stretch has taken
        for at, piece in enumerate(self._pieces):
            start, end = piece.start, piece.end
            if not piece.closed:
                end = self._speech_end(piece)
            said = self._behind(piece, end) or self._before(at, piece, end)
            if said is None:
                said = self._bare(at, piece, end)
            if said is not None:
                found.append(said)
                if said.cue:
                    used.add(said.cue[0])
        return found, used

    def _speech_end(self, piece: Marked) -> int:
        """Where speech without a closing mark ends: before ``, kata X``, else with the line."""
        match = re.compile(
            r"[,.?!]\s+(?=(?:kata|ujar|ucap|tutur|jelas|ungkap|tegas|terang|papar)(?:nya)?\b)"
        ).search(self._text, piece.start, piece.end)
        return match.start() + 1 if match else piece.end

    def _behind(self, piece: Marked, end: int) -> Said | None:
        after = piece.after if piece.closed else end
        match = self._cues.behind.match(self._text, after)
        if match is None or "\n" in self._text[after : match.end()].strip(" "):
            return None
        form = str(match.lastgroup)
        cue = match.span(form)
        if form == "own":
            return Said(piece.start, end, piece.start, QuoteKind.DIRECT, cue, form, None)
        if form == "before" and not self._text[after : match.start(form)].strip(" ").startswith((",", "")):
            return None
        limit = self._limit(cue[1])
        return Said(piece.start, end, piece.start, QuoteKind.DIRECT, cue, form, (cue[1], limit))

    def _limit(self, position: int) -> int:
        """The end of the sentence, or the next mark, from `position` on."""
        _, end = self._sentences.around(position)
        at = bisect_right(self._starts, position)
        if at < len(self._pieces):
            end = min(end, self._pieces[at].start - 1)
        return max(end, position)

    def _before(self, at: int, piece: Marked, end: int) -> Said | None:
        """A cue before the opening mark, in the same sentence."""
        floor = max(0, piece.start - LOOK_BACK)
        if at:
            floor = max(floor, self._pieces[at - 1].after)
        floor = max(floor, self._sentences.around(max(0, piece.start - 2))[0])
        lead = self._text[floor : piece.start]
        if self._cues.titled.search(lead.rstrip("\"“”'‘ ")):
            return None
        last = None
        for match in self._cues.statement.finditer(self._text, floor, piece.start):
            last = match
        if last is None:
            return None
        form = str(last.lastgroup)
        gap = self._text[last.end() : piece.start].strip("\"“”'‘ \n")
        whole = self._whole(piece, end)
        if form == "act" and not gap.endswith((":", ",")):
            return None
        if len(gap) > 120:
            return None
        kind = QuoteKind.DIRECT if gap.endswith((":", ",")) or whole or not gap else QuoteKind.MIXED
        cue = last.span(form)
        if form == "own":
            return Said(piece.start, end, cue[0], kind, cue, form, None)
        if form in {"after", "according", "passive"}:
            return Said(piece.start, end, cue[0], kind, cue, form, (cue[1], max(cue[1], piece.start - 1)))
        return Said(piece.start, end, cue[0], kind, cue, form, (floor, cue[0]), backwards=True)

    def _whole(self, piece: Marked, end: int) -> bool:
        """Looks like whole statements: opens with a capital, closes with a full stop or a comma."""
        inside = self._text[piece.start : end].strip()
        return inside[:1].isupper() and inside[-1:] in ".,!?…"

    def _bare(self, at: int, piece: Marked, end: int) -> Said | None:
        """No cue: a quote if it looks like whole statements, or goes on from the stretch before."""
        inside = self._text[piece.start : end].strip()
        words = len(inside.split())
        lead = self._text[max(0, piece.start - 60) : piece.start].rstrip("\"“”'‘ ")
        if self._cues.titled.search(lead):
            return None
        opens = not lead or lead[-1] in '\n.!?:,;”"' or lead.endswith("—")
        if words >= 4 and opens and (self._whole(piece, end) or words >= 12):
            return Said(piece.start, end, piece.start, QuoteKind.DIRECT, None, "none", None)
        return None

    # what is reported without marks

    def _reported(self, used: set[int]) -> list[Said]:
        found: list[Said] = []
        done = -1
        for match in self._cues.statement.finditer(self._text):
            form = str(match.lastgroup)
            cue = match.span(form)
            if cue[0] in used or self._in_marks(cue[0]):
                continue
            start, end = self._sentences.around(cue[0])
            said = self._clause(form, cue, start, end, fresh=start != done)
            if said is not None:
                found.append(said)
                if said.kind is not None:
                    done = start
        return found

    def _in_marks(self, position: int) -> bool:
        at = bisect_right(self._starts, position) - 1
        return at >= 0 and position < self._pieces[at].end

    def _marks_between(self, start: int, end: int) -> bool:
        at = bisect_right(self._starts, start)
        return at < len(self._pieces) and self._pieces[at].start <= end

    def _clause(self, form: str, cue: tuple[int, int], start: int, end: int, *, fresh: bool) -> Said | None:
        text = self._text
        limit = self._limit(cue[1])
        if form == "act":
            return Said(cue[0], cue[1], cue[0], None, cue, form, (start, cue[0]), backwards=True)
        kind = QuoteKind.INDIRECT if fresh else None
        if form == "before":
            opener = self._cues.opener.match(text, cue[1])
            begin = opener.end() if opener else cue[1]
            if self._marks_between(begin - 2, end) or not self._clause_like(begin, end):
                kind = None
            return Said(
                begin, self._close(begin, end), cue[0], kind, cue, form, (start, cue[0]), backwards=True
            )
        if form in {"own", "after", "according", "passive"}:
            lead = text[start : cue[0]].strip(' ,"“”')
            if form == "after" and not (text[: cue[0]].rstrip(" ").endswith(",") or len(lead.split()) <= 3):
                return None
            if form == "own":
                phrase, behind = None, cue[1]
            else:
                stop = self._cues.stop.search(text, cue[1], limit)
                phrase, behind = (cue[1], limit), stop.start() if stop else limit
            if len(lead.split()) > 4:  # "..., kata X." and "..., menurut X, ..."
                begin, finish = start, cue[0]
            else:
                opener = self._cues.opener.match(text, behind)
                begin, finish = (opener.end() if opener else behind), end
            begin, finish = self._strip(begin, finish)
            if self._marks_between(begin - 2, finish) or not self._clause_like(begin, finish):
                kind = None
            return Said(begin, finish, cue[0], kind, cue, form, phrase)
        return None

    def _clause_like(self, begin: int, end: int) -> bool:
        return len(self._text[begin:end].split()) >= 3

    def _close(self, begin: int, end: int) -> int:
        return self._strip(begin, end)[1]

    def _strip(self, begin: int, end: int) -> tuple[int, int]:
        text = self._text
        while begin < end and text[begin] in " ,\n;:":
            begin += 1
        while end > begin and text[end - 1] in ' ,.\n;:!?"”“':
            end -= 1
        return begin, end
