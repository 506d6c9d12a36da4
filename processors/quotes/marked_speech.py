"""Which stretches in marks are speech, and what stands beside them that tells who speaks."""

from __future__ import annotations

import re
from dataclasses import replace

from processors.quotes.cues import ENGLISH, Cues
from processors.quotes.english import PARTICIPLES, EnglishSpeech
from processors.quotes.marks import Marked
from processors.quotes.phrases import Phrases
from processors.quotes.said import Said
from processors.quotes.story import Story
from processors.records import QuoteKind

LOOK_BACK = 240  # code points before an opening mark in which its cue may stand
LONGEST_GAP = 120  # code points between that cue and the mark
LONGEST_SUBJECT = 160  # code points between a closing mark and the verb of its speaker
FEWEST_WORDS = 4  # of a quote without any cue
SURELY_WORDS = 12  # so many words in marks are speech, whatever they look like
_SPEECH_END = re.compile(
    r"[,.?!]\s+(?=(?:kata|ujar|ucap|tutur|jelas|ungkap|tegas|terang|papar|sambung|lanjut|imbuh|tambah|pungkas|tandas|tulis|cuit|beber|tanya|jawab)(?:nya)?\b)"
)
_OPENS = frozenset('\n.!?:,;”"—')
MOST_TITLE_WORDS = 6
_GOES_ON = frozenset(",?!—–-…")  # a sentence goes on behind a closing mark that follows one of these
_SIGNED = re.compile(r"[\s.]*\n+\s*[-–—]\s*([A-Z][\w.'’-]*(?:\s[A-Z][\w.'’-]*){0,3}(?<=\w))\.?\s*(?=\n|\Z)")
_MARKS = "\"“”'‘’ "


class MarkedSpeech:
    """Reads the stretches in marks of one story."""

    def __init__(self, story: Story, cues: Cues, phrases: Phrases) -> None:
        """`phrases` are those of the story's text."""
        self._story = story
        self._text = story.text
        self._cues = cues
        self._phrases = phrases
        self._previous: int | None = None  # where the last stretch that is speech ends
        self._english = EnglishSpeech(story.text, cues)

    def read(self) -> list[tuple[Marked, Said]]:
        """Those that are speech, in reading order."""
        found = []
        for at, piece in enumerate(self._story.pieces):
            end = piece.end if piece.closed else self._speech_end(piece)
            if self._is_title(piece, end):
                continue
            behind, before = self._cue_behind(piece, end), self._cue_before(at, piece, end)
            said = self._both(piece, behind, before) or behind or before or self._no_cue(piece, end)
            if said is not None:
                found.append((piece, said))
                self._previous = end
        return found

    def _both(self, piece: Marked, behind: Said | None, before: Said | None) -> Said | None:
        """``X menulis "...," tulisnya``: what introduces the quote names its speaker."""
        if behind is None or before is None or behind.phrase is not None or before.phrase is None:
            return None
        introduced = before.cue is not None and not self._text[before.cue.end : piece.start].strip(
            _MARKS + ",:\n"
        )
        if not introduced:
            return None
        return replace(
            behind, phrase=before.phrase, backwards=before.backwards, exact=before.exact, order=before.order
        )

    def _speech_end(self, piece: Marked) -> int:
        """Where speech without a closing mark ends: before ``, kata X``, else with the line."""
        match = _SPEECH_END.search(self._text, piece.start, piece.end)
        return match.start() + 1 if match else piece.end

    def _cue_behind(self, piece: Marked, end: int) -> Said | None:
        """``"...," kata X``; or a name or title there, where the cue was forgotten."""
        after = piece.after if piece.closed else end
        link = self._cues.link.match(self._text, after)
        at = link.end() if link else after
        if "\n" in self._text[after:at]:
            return None
        cue = self._story.cues.at(at)
        phrase = None
        if cue is None:
            said = self._verb_behind(piece, end, at)
            if said is not None:
                return said
            if self._text[end - 1 : end] != "," or not self._phrases.opens_name(at):
                return None
            phrase = (at, self._story.limit(at))
        elif not cue.behind:
            return None
        elif cue.plain in ENGLISH:
            phrase = self._english.subjects.behind(cue.end, self._story.limit(cue.end), free=True)
            if phrase is None:
                return None
        elif cue.behind != "own":
            phrase = (cue.end, self._story.limit(cue.end))
        return Said(
            start=piece.start,
            end=end,
            order=piece.start,
            kind=QuoteKind.DIRECT,
            cue=cue,
            phrase=phrase,
            exact=cue is not None and cue.plain in ENGLISH,
        )

    def _verb_behind(self, piece: Marked, end: int, at: int) -> Said | None:
        """``"...," X said``: a subject and its verb."""
        inside = self._text[piece.start : end].rstrip(_MARKS)
        closing = inside[-1:] + self._text[piece.after : at].strip()[:1]
        if not any(mark in closing for mark in _GOES_ON):
            return None
        limit = min(self._story.limit(at), at + LONGEST_SUBJECT)
        verbs = (
            cue
            for cue in self._story.cues.between(at + 1, limit)
            if cue.plain in {"before", "weak"} or cue.plain in ENGLISH
        )
        cue = next(verbs, None)
        if cue is None:
            return None
        english = cue.plain in ENGLISH
        phrase = self._english.subjects.before(at, cue.start) if english else (at, cue.start)
        if phrase is None:
            return None
        return Said(
            start=piece.start,
            end=end,
            order=piece.start,
            kind=QuoteKind.DIRECT,
            cue=cue,
            phrase=phrase,
            backwards=not english,
            exact=english,
        )

    def _cue_before(self, at: int, piece: Marked, end: int) -> Said | None:
        """``X mengatakan, "..."``, in the same sentence."""
        floor = max(0, piece.start - LOOK_BACK, self._story.sentences.around(max(0, piece.start - 2))[0])
        if at:
            floor = max(floor, self._story.pieces[at - 1].after)
        cues = [cue for cue in self._story.cues.between(floor, piece.start) if cue.plain]
        if not cues:
            return None
        cue = cues[-1]
        gap = self._text[cue.end : piece.start].strip(_MARKS + "\n")
        introduced = not gap or gap.endswith((":", ","))
        if len(gap) > LONGEST_GAP or (cue.plain in {"act", "told"} and not introduced):
            return None
        if self._cues.titled.search(self._text[floor : piece.start].rstrip(_MARKS)):
            return None
        direct = introduced or self._whole(piece, end)
        alone = " " not in self._text[piece.start : end].strip()
        named = cue.plain in {"holds", "names"} and not gap
        if alone and (named or not direct):
            return None  # one word in marks is rather a term
        english = cue.plain in ENGLISH
        backwards = cue.plain in {"before", "weak", "act"}
        phrase: tuple[int, int] | None = (cue.end, max(cue.end, piece.start - 1))
        if cue.plain == "own":
            phrase = None
        elif english:
            own = floor if len(cues) < 2 or cue.plain in PARTICIPLES else cues[-2].end
            phrase = self._english.act(cue, own, piece.start - 1).phrase
        elif backwards:
            phrase = (cues[-2].end if len(cues) > 1 else floor, cue.start)
        return Said(
            start=piece.start,
            end=end,
            order=cue.start,
            kind=QuoteKind.DIRECT if direct else QuoteKind.MIXED,
            cue=cue,
            phrase=phrase,
            backwards=backwards,
            exact=english,
        )

    def _no_cue(self, piece: Marked, end: int) -> Said | None:
        """Speech if it looks like whole statements, and no name of a thing."""
        words = self._text[piece.start : end].strip().count(" ") + 1
        follows = self._previous is not None and self._story.follows(piece.start, self._previous)
        named = self._before_colon(piece)
        least = 1 if follows or named else FEWEST_WORDS
        if words < least or not (self._whole(piece, end) or words >= SURELY_WORDS):
            return None
        lead = self._text[max(0, piece.start - 60) : piece.start].rstrip(_MARKS)
        if (lead and lead[-1] not in _OPENS) or self._cues.titled.search(lead):
            return None
        return Said(
            start=piece.start,
            end=end,
            order=piece.start,
            kind=QuoteKind.DIRECT,
            phrase=named or self._signed(piece) or self._introduced(piece),
            exact=True,
        )

    def _signed(self, piece: Marked) -> tuple[int, int] | None:
        """The name in a line of its own behind the quote, behind a dash."""
        signed = _SIGNED.match(self._text, piece.after) if piece.closed else None
        return signed.span(1) if signed else None

    def _introduced(self, piece: Marked) -> tuple[int, int] | None:
        """English: the subject of the words that end in a comma or colon right before the quote."""
        floor, _ = self._story.sentences.around(max(0, piece.start - 2))
        lead = self._text[floor : piece.start].rstrip(_MARKS)
        if not self._story.english or not lead.endswith((",", ":")):
            return None
        end = floor + len(lead) - 1
        return self._english.subjects.of_sentence(max(floor, end - LOOK_BACK), end)

    def _before_colon(self, piece: Marked) -> tuple[int, int] | None:
        """The name in ``X: "..."``."""
        floor = max(
            0, piece.start - LONGEST_GAP
        )  # not all that is before it: that costs the square of the story
        lead = self._text[floor : piece.start].rstrip(_MARKS)
        if not lead.endswith(":"):
            return None
        at = floor + len(lead) - 1
        return self._english.subjects.name_before(self._story.sentences.around(at)[0], at)

    def _is_title(self, piece: Marked, end: int) -> bool:
        """Capitals throughout, in the middle of a clause: ``on NBC's "Meet the Press," she said``."""
        words = self._text[piece.start : end].strip(_MARKS + ",.").split()
        lead = self._text[max(0, piece.start - 8) : piece.start].rstrip(_MARKS)
        if len(words) > MOST_TITLE_WORDS or not lead or not lead[-1].isalnum():
            return False
        return len(words) > 1 and all(word[0].isupper() or len(word) < 4 for word in words)

    def _whole(self, piece: Marked, end: int) -> bool:
        """Opens with a capital, closes with a full stop or a comma."""
        inside = self._text[piece.start : end].strip()
        return inside[:1].isupper() and inside[-1:] in ".,!?…"
