"""Speech: what was said, and what the text beside it tells of who said it. No speaker is resolved here."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace

from processors.quotes.cues import Cue, CueIndex, Cues
from processors.quotes.marks import Marked
from processors.quotes.phrases import Phrases
from processors.quotes.sentences import Sentences
from processors.records import QuoteKind

LOOK_BACK = 240  # code points before an opening mark in which its cue may stand
LONGEST_LEAD = 120  # between that cue and the mark
_SPEECH_END = re.compile(r"[,.?!]\s+(?=(?:kata|ujar|ucap|tutur|jelas|ungkap|tegas|terang|papar)(?:nya)?\b)")
_TO_WHOM = re.compile(r"\s+(?:kepada|pada)\s+[^,.;:\n\"“”]{1,80},")
_FIRST_WORD = re.compile(r"\w+")
_OPENS = frozenset("\n.!?:,;”\"—")


@dataclass(frozen=True, slots=True)
class Said:
    """A stretch [start, end) that somebody said, and the evidence for who.

    Attributes:
        order: where in the text it is told, for "the last one who spoke".
        kind: None for an act of speech that makes no quote.
        cue: the reporting word; None without one.
        form: what the cue does ("own", "after", "before", ...); "none" without one.
        phrase: code points [start, end) in which the speaker's phrase stands; None: the same speaker as before.
        backwards: the phrase is a subject, which ends before the cue, rather than starting behind it.
    """

    start: int
    end: int
    order: int
    kind: QuoteKind | None
    cue: Cue | None
    form: str
    phrase: tuple[int, int] | None
    backwards: bool = False


class Speech:
    """Reads one story."""

    def __init__(
        self, text: str, pieces: list[Marked], sentences: Sentences, index: CueIndex, cues: Cues, phrases: Phrases
    ) -> None:
        """`pieces` are the stretches in marks, `index` the reporting words of `text`."""
        self._phrases = phrases
        self._quoted: list[Marked] = []  # pieces that are quotes
        self._text = text
        self._pieces = pieces
        self._starts = [piece.start for piece in pieces]
        self._sentences = sentences
        self._index = index
        self._cues = cues

    def all(self) -> list[Said]:
        """Everything said, marked and reported, in the order in which it is told."""
        used: set[int] = set()  # starts of the cues that a marked stretch has taken
        found = self._marked(used)
        found += self._reported(used)
        return sorted(found, key=lambda said: said.order)

    # what stands in marks

    def _marked(self, used: set[int]) -> list[Said]:
        found: list[Said] = []
        for at, piece in enumerate(self._pieces):
            end = piece.end if piece.closed else self._speech_end(piece)
            said = self._behind(piece, end) or self._before(at, piece, end) or self._bare(piece, end)
            if said is not None:
                found.append(said)
                self._quoted.append(piece)
                if said.cue:
                    used.add(said.cue.start)
        self._quoted_starts = [piece.start for piece in self._quoted]
        return found

    def _speech_end(self, piece: Marked) -> int:
        """Where speech without a closing mark ends: before ``, kata X``, else with the line."""
        match = _SPEECH_END.search(self._text, piece.start, piece.end)
        return match.start() + 1 if match else piece.end

    def _behind(self, piece: Marked, end: int) -> Said | None:
        """A cue right behind the closing mark."""
        after = piece.after if piece.closed else end
        link = self._cues.link.match(self._text, after)
        at = link.end() if link else after
        cue = self._index.at(at)
        if "\n" in self._text[after:at]:
            return None
        if cue is None and self._text[end - 1 : end] == "," and self._phrases.opens_name(at):
            return Said(piece.start, end, piece.start, QuoteKind.DIRECT, None, "bare", (at, self._limit(at)))
        if cue is None or not cue.behind:
            return None
        phrase = None if cue.behind == "own" else (cue.end, self._limit(cue.end))
        return Said(piece.start, end, piece.start, QuoteKind.DIRECT, cue, cue.behind, phrase)

    def _limit(self, position: int) -> int:
        """The end of the sentence, or the next mark, from `position` on."""
        _, end = self._sentences.around(position)
        at = bisect_right(self._starts, position)
        if at < len(self._pieces):
            end = min(end, self._pieces[at].start - 1)
        return max(end, position)

    def _before(self, at: int, piece: Marked, end: int) -> Said | None:
        """A cue before the opening mark, in the same sentence."""
        floor = max(0, piece.start - LOOK_BACK, self._sentences.around(max(0, piece.start - 2))[0])
        if at:
            floor = max(floor, self._pieces[at - 1].after)
        cues = [cue for cue in self._index.between(floor, piece.start) if cue.plain]
        if not cues:
            return None
        cue = cues[-1]
        gap = self._text[cue.end : piece.start].strip("\"“”'‘ \n")
        introduced = gap.endswith((":", ",")) or not gap
        titled = self._cues.titled.search(self._text[floor : piece.start].rstrip("\"“”'‘ "))
        if titled or len(gap) > LONGEST_LEAD or (cue.plain in {"act", "told"} and not introduced):
            return None
        kind = QuoteKind.DIRECT if introduced or self._whole(piece, end) else QuoteKind.MIXED
        if cue.plain == "own":
            return Said(piece.start, end, cue.start, kind, cue, cue.plain, None)
        if cue.plain in {"before", "weak", "act"}:
            lead = max(floor, cues[-2].end if len(cues) > 1 else floor)
            return Said(piece.start, end, cue.start, kind, cue, cue.plain, (lead, cue.start), backwards=True)
        return Said(piece.start, end, cue.start, kind, cue, cue.plain, (cue.end, max(cue.end, piece.start - 1)))

    def _whole(self, piece: Marked, end: int) -> bool:
        """Looks like whole statements: opens with a capital, closes with a full stop or a comma."""
        inside = self._text[piece.start : end].strip()
        return inside[:1].isupper() and inside[-1:] in ".,!?…"

    def _bare(self, piece: Marked, end: int) -> Said | None:
        """No cue: a quote if it looks like whole statements."""
        inside = self._text[piece.start : end].strip()
        words = inside.count(" ") + 1
        lead = self._text[max(0, piece.start - 60) : piece.start].rstrip("\"“”'‘ ")
        opens = not lead or lead[-1] in _OPENS
        if words >= 4 and opens and (self._whole(piece, end) or words >= 12) and not self._cues.titled.search(lead):
            return Said(piece.start, end, piece.start, QuoteKind.DIRECT, None, "none", None)
        return None

    # what is reported without marks

    def _reported(self, used: set[int]) -> list[Said]:
        found: list[Said] = []
        done = -1  # start of the last sentence that gave a quote: one each
        before: Cue | None = None
        for cue in self._index.all:
            if not cue.plain or cue.start in used or self._in_marks(cue.start):
                continue
            if self._text[max(0, cue.start - 6) : cue.start].lower() == "lebih ":  # "lebih lanjut", "lebih jelas"
                continue
            start, end = self._sentences.around(cue.start)
            lead = before.end if before is not None and before.start >= start else start
            for said in self._clause(cue, start, lead, end, fresh=start != done):
                before = cue
                found.append(said)
                if said.kind is not None:
                    done = start
        return found

    def _in_marks(self, position: int) -> bool:
        at = bisect_right(self._quoted_starts, position) - 1
        return at >= 0 and position < self._quoted[at].end

    def _clause(self, cue: Cue, start: int, lead: int, end: int, *, fresh: bool) -> list[Said]:
        """The clause that a cue in the sentence [start, end) reports; `lead`: where its own clause starts."""
        text = self._text
        limit = self._limit(cue.end)
        if cue.plain == "act":
            return [Said(cue.start, cue.end, cue.start, None, cue, "act", (lead, cue.start), backwards=True)]
        if cue.plain == "told":
            return [Said(cue.start, cue.end, cue.start, None, cue, "told", (cue.end, limit))]
        if cue.plain in {"before", "weak"}:
            to = _TO_WHOM.match(text, cue.end, end)
            opened = self._opened(to.end() if to else cue.end)
            fresh = fresh and self._reports(cue, opened, lead)
            return [self._said(cue, opened, end, (lead, cue.start), fresh=fresh, backwards=True)]
        words = len(text[start : cue.start].split())
        if cue.plain == "after" and words > 3 and not text[: cue.start].rstrip(" ").endswith(","):
            return []
        phrase = None if cue.plain == "own" else (cue.end, limit)
        behind = cue.end if cue.plain == "own" else self._phrases.behind(cue.end, limit)[1]
        opened = self._opened(behind)
        rest = self._said(cue, opened, end, phrase, fresh=fresh)
        if not self._content(start, cue.start):  # "Menurut X, ...", "Karena itu, kata X, ..."
            return [rest]
        first = self._said(cue, start, cue.start, phrase, fresh=fresh)  # "..., kata X"
        if not self._goes_on(opened, end):
            return [first]
        return [first, replace(rest, order=rest.order + 1, form="own", phrase=None)]  # "..., kata X, ..."

    def _content(self, start: int, end: int) -> bool:
        """More than connecting words ("karena itu", "selain itu")."""
        words = self._cues.words
        lead = [word.strip(",\"“”").lower() for word in self._text[start:end].split()]
        return any(word not in words["leads"] and word not in words["connecting"] for word in lead if word)

    def _goes_on(self, start: int, end: int) -> bool:
        """What follows the speaker is the rest of what was said, not when or where it was."""
        first = _FIRST_WORD.match(self._text, start)
        if first is None or self._text.count(" ", start, end) < 1:
            return False
        return first[0].lower() not in self._cues.words["circumstances"]

    def _reports(self, cue: Cue, opened: int, lead: int) -> bool:
        """The verb has what was said behind it: a clause, not an object; and it tells an act of speech at all."""
        words = self._cues.words
        introduced = bool(self._text[cue.end : opened].strip())  # "bahwa", or a comma
        before = self._text[lead : cue.start].split()
        if before and before[-1].lower() in words["never_after"]:
            return False
        if introduced:
            return True
        if cue.plain == "weak" or (before and before[-1].lower() in words["seldom_after"]):
            return False
        first = _FIRST_WORD.match(self._text, opened)
        if first is None:
            return False
        judging = self._text[cue.start : cue.end].lower() in words["judging"]
        return first[0].lower() not in words["topics" if judging else "objects"]

    def _opened(self, position: int) -> int:
        match = self._cues.opener.match(self._text, position)
        return match.end() if match else position

    def _said(
        self, cue: Cue, begin: int, end: int, phrase: tuple[int, int] | None, *, fresh: bool, backwards: bool = False
    ) -> Said:
        text = self._text
        while begin < end and text[begin] in " ,\n;:":
            begin += 1
        while end > begin and text[end - 1] in " ,.\n;:!?\"”“":
            end -= 1
        at = bisect_right(self._quoted_starts, begin - 2)
        marks = at < len(self._quoted) and self._quoted[at].start <= end
        clause = text.count(" ", begin, end) >= 2
        kind = QuoteKind.INDIRECT if fresh and clause and not marks else None
        return Said(begin, end, cue.start, kind, cue, cue.plain, phrase, backwards)
