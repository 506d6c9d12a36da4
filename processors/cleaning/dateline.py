"""The opening stamp of a story: place, outlet, dash, in the forms that outlets give them.

"JAKARTA, KOMPAS.com -", "Liputan6.com, Jakarta -", "KONTAN.CO.ID - JAKARTA.", "Jakarta (ANTARA) -", "LONDON, Jan 5
(Reuters) -", "SOLO -", "PENANG, Malaysia —". An outlet whose name nobody told is known by its place in the stamp.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

import re2

from processors.cleaning.cuts import Draft
from processors.cleaning.headline import headline_like
from processors.cleaning.shapes import anywhere
from processors.records import Dateline, RemovedKind

LINES = 5
"""Lines of a story among which its signed dateline is sought; those above it are no part of the story."""
REACH = 240
"""Characters at the start of a story in which its dateline is sought; a reporter's credit may stand before it."""

_WORD = r"[A-ZÀ-Þ][\w.'’]*"
_NAME = rf"{_WORD}(?:(?:,? |/){_WORD}){{0,4}}"
_UPPER = r"[A-ZÀ-Þ][A-ZÀ-Þ.'’]+(?:(?:,? |/)[A-ZÀ-Þ][A-ZÀ-Þ.'’]+){0,4}"
_DASH = r" *(?:-{1,3}|[–—―]{1,2}|_(?= )|\?(?= ))"  # a lost dash may have become a question mark
_APART = r"(?: *(?:-{2,3}|[–—―]{1,2})| +-|-(?=\s|\Z))"  # not the hyphen of a compound
_MONTH = r"[A-Za-z]{3,9}\.?"
_DATE = rf"(?:,? \(?(?:\d{{1,2}}[ /]{_MONTH}|{_MONTH} \d{{1,2}}|\d{{1,2}}/\d{{1,2}})(?:[ /,]{{1,2}}\d{{2,4}})?\)?)?"

# what stands before the outlet's name: "JAKARTA, ", "LONDON, Jan 5 ("
_BEFORE = re.compile(rf"(?P<place>{_NAME}){_DATE}(?:, *| *\(|(?<=[A-ZÀ-Þ]{{3}}) +)\Z")
# what stands after it
_AFTER = [
    re.compile(rf"(?:/[^()]{{2,40}})?\) *(?:{_DASH}|:)"),
    re.compile(rf"{_DASH} *(?P<place>{_UPPER})(?:{_DASH}|\.(?= ))"),
    re.compile(rf" *[,.] *(?P<place>{_UPPER}){_DASH}"),
    re.compile(rf" *[,.] *(?P<place>{_NAME}?)(?:{_APART}|:(?= ))"),
    re.compile(_DASH),
    re.compile(r" *\Z"),
]
_BARE = re.compile(rf"(?P<place>{_UPPER}|{_NAME}?){_DATE}(?:{_APART}|-(?=[A-Z\"“])|:(?= ))")
_SET_OFF = re.compile(r"[-–—―:]")  # in all of these
# stamps of outlets that no profile names: "BERN (Meridian Wire) —", "Randuputih, Kabar Pesisir -"
_SENTENCE = r"\s+(?=[A-ZÀ-Þ\"“'‘0-9])"
_ENCLOSED = re.compile(
    rf"(?P<place>{_UPPER}|{_NAME}){_DATE} *\((?P<outlet>[A-Z](?:[\w.&'’ -]{{1,38}}\w))\){_DASH}(?=\s|\Z|[A-Z\"“])"
)
_NAMES = r"[A-ZÀ-Þ][\w.’']*(?: [A-ZÀ-Þ][\w.’']*){0,2}"
_TWO = re.compile(rf"(?P<place>{_NAMES}), (?P<outlet>{_NAMES}){_APART}{_SENTENCE}")
_SIGNED_CREDIT = re.compile(r"[\w .]{3,40}/ ?\w+")  # "Ardi Wijana/ Tribunnews"
_STAMP = re.compile(r"\w+,? \d{1,2} \w+ \d{4}")


@cache
def places() -> frozenset[str]:
    """Known places, folded."""
    lines = (files(__package__) / "places.txt").read_text("utf-8").splitlines()
    names = (name.strip() for line in lines if not line.startswith("#") for name in line.split(","))
    return frozenset(name.casefold() for name in names if name)


class Datelines:
    """Recognises datelines with the names that outlets sign with."""

    def __init__(self, signatures: Iterable[str], bylines: Iterable[str]) -> None:
        """`signatures`: names of outlets as they stand in datelines; `bylines`: words that begin a credit before
        one. Case does not count.
        """
        self._byline = re.compile(rf"(?i)(?:{'|'.join(map(re.escape, bylines))})\b")
        names = "|".join(re.escape(name) for name in sorted(signatures, key=len, reverse=True))
        domain = r"[a-z][a-z0-9-]+ ?\. ?(?:com|co\.id|co|id|net|news|tv|org)\b"
        signature = rf"(?i)\b(?:{domain}|(?:{names})(?:[^a-z0-9]|$))"
        self._signature = re2.compile(signature)
        self._signed_anywhere = anywhere([signature])

    def take(self, draft: Draft) -> Dateline | None:
        """Cuts the dateline off the story's start and returns it; None: there is none.

        A reporter's credit or a headline before it goes too, as do dashes that a dateline left behind.
        """
        story = [index for index, kind in enumerate(draft.kinds) if kind is None][:LINES]
        if story:
            _skip_dashes(draft, story[0])
        for number, index in self._signed_lines(draft, story):
            found = self._signed_line(draft, index, first=number == 0)
            if found:
                for above in story[
                    :number
                ]:  # a caption, a headline, a label: the story begins at its dateline
                    draft.kinds[above] = (
                        RemovedKind.NAV if headline_like(draft.line(above)) else RemovedKind.MEDIA
                    )
                return found
        return self._bare_line(draft, story[0]) if story else None

    def _signed_lines(self, draft: Draft, story: list[int]) -> Iterator[tuple[int, int]]:
        """Those of the lines that hold an outlet's name."""
        start, end = (draft.lines[story[0]][0], draft.lines[story[-1]][1]) if story else (0, 0)
        if self._signed_anywhere.Match(draft.text[start:end].encode()):
            for number, index in enumerate(story):
                low, high = draft.lines[index]
                if self._signed_anywhere.Match(draft.text[low:high].encode()):
                    yield number, index

    def _signed_line(self, draft: Draft, index: int, *, first: bool) -> Dateline | None:
        pieces = draft.remains(index)
        if not pieces:
            return None
        start, end = pieces[0]
        found = self._signed(draft, index, start, min(end, start + REACH), behind=first)
        return self._cut(draft, index, found) if found else None

    def _bare_line(self, draft: Draft, index: int) -> Dateline | None:
        pieces = draft.remains(index)
        found = _bare(draft, index, *pieces[0]) if pieces else None
        return self._cut(draft, index, found) if found else None

    def _cut(self, draft: Draft, index: int, found: _Found) -> Dateline:
        place, outlet, low, high = found
        draft.cut(index, low, high, None)
        self._cut_title(draft, index, high)
        if high == draft.lines[index][1] and index + 1 < len(draft.lines):
            _skip_dashes(draft, index + 1)
        return Dateline(place=place, outlet=outlet, text=draft.text[low:high].strip())

    def _signed(self, draft: Draft, index: int, start: int, end: int, *, behind: bool) -> _Found | None:
        """A dateline with the outlet's name; with `behind`, it may stand behind a credit or a headline."""
        head = draft.text[start:end]
        for low, high in self._signatures(head):
            before = _BEFORE.search(head, 0, low)
            place, first = (before["place"], before.start()) if before else (None, low)
            if first and before and not head[first - 1].isspace():
                continue
            after, stop = _after(head, high, placed=place is not None)
            if stop is None or (after and self._signature.search(after)):
                continue
            if first and not behind:
                return None
            if first:
                kind = self._kind_before(head[:first].strip())
                if kind is None or not head[high:stop].strip():
                    continue
                draft.cut(index, start, start + first, kind)
            return place or after, head[low:high], start + first, start + stop
        return None

    def _kind_before(self, before: str) -> RemovedKind | None:
        """What a story's text before its dateline is; None: neither a credit nor a headline."""
        if self._byline.match(before) or _SIGNED_CREDIT.match(before):
            return RemovedKind.CREDIT
        known = before and (_STAMP.match(before) or headline_like(before.rstrip(".")))
        return RemovedKind.NAV if known else None

    def _cut_title(self, draft: Draft, index: int, high: int) -> None:
        """A headline alone behind the dateline, with the story's first sentence on the next line."""
        rest = draft.text[high : draft.lines[index][1]].strip()
        if index + 1 < len(draft.lines) and len(rest.split()) > 8 and headline_like(rest):
            below = draft.line(index + 1)
            if len(below) > 80 and below.endswith("."):
                draft.cut(index, high, draft.lines[index][1], RemovedKind.NAV)

    def _signatures(self, head: str) -> Iterator[tuple[int, int]]:
        for match in self._signature.finditer(head):
            low, high = match.span()
            # the character after a name is matched for context
            yield low, high if head[high - 1].isalnum() else high - 1


_Found = tuple[str | None, str | None, int, int]
"""(place, outlet, start, end)."""


def _after(head: str, high: int, *, placed: bool) -> tuple[str | None, int | None]:
    """What follows the outlet's name: (place, where the dateline ends); (None, None): it is no dateline."""
    for form in _AFTER:
        match = form.match(head, high)
        if match:
            place = match.groupdict().get("place")
            if not (place and placed):
                return place, match.end()
    if placed or not head[high:].startswith((",", " ")):
        return None, None
    # without a dash only a known place can be told from the story, into which it may run ("JakartaPemerintah")
    start = high + len(head[high:]) - len(head[high:].lstrip(", "))
    for stop in range(min(len(head), start + 25), start + 2, -1):
        if head[start:stop].casefold() in places() and not head[stop : stop + 1].islower():
            dash = re.match(_DASH, head[stop:])
            return head[start:stop], stop + (dash.end() if dash else 0)
    return None, None


def _bare(draft: Draft, index: int, start: int, end: int) -> _Found | None:
    """A dateline without the outlet's name: a place and a dash, perhaps on lines of their own."""
    text = draft.text
    limit = min(end, start + 80)
    if _SET_OFF.search(text, start, limit) is None:
        return _alone(draft, index, start, end)
    match = _BARE.match(text, start, limit)
    if match:
        first, *region = re.split(r", *", match["place"])
        known = any(part.casefold() in places() for part in (match["place"], first, *region))
        shouted = first.isupper() and len(first) > (2 if region else 4)
        if known or (shouted and not match.group().endswith(":")):
            return first, None, start, match.end()
    return _unnamed(text, start, limit) or _alone(draft, index, start, end)


def _unnamed(text: str, start: int, limit: int) -> _Found | None:
    """A dateline signed with a name that no profile has."""
    match = _ENCLOSED.match(text, start, limit)
    if match:
        place = match["place"]
        located = place.isupper() or place.casefold() in places()
        if located or (" " in match["outlet"] and " " not in place):  # two words may be a person
            return place, match["outlet"], start, match.end()
    match = _TWO.match(text, start, limit)
    if match:
        return match["place"], match["outlet"], start, match.end()
    return None


def _alone(draft: Draft, index: int, start: int, end: int) -> _Found | None:
    """A place on a line of its own, with the dash on the next one."""
    text = draft.text
    below = draft.line(index + 1) if index + 1 < len(draft.lines) else ""
    place = text[start:end]
    if end - start < 30 and place.casefold() in places() and below[:1] in ("-", "–", "—", ","):
        return place, None, start, end
    return None


def _skip_dashes(draft: Draft, index: int) -> None:
    """Cuts dashes, commas and the space behind them off a line's start."""
    start, end = draft.lines[index]
    at = start
    while at < end and draft.text[at] in "-–—,":
        at += 1
    if start < at and (at == end or draft.text[at].isspace()):
        draft.cut(index, start, at, RemovedKind.OTHER)
