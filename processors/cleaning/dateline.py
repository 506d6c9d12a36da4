"""The opening stamp of a story: place, outlet, dash, in the forms that outlets give them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from processors.cleaning.cuts import Draft
from processors.cleaning.headline import headline_like
from processors.records import Dateline, RemovedKind

REACH = 240
"""Characters at the start of a story in which its dateline is sought; a reporter's credit may stand before it."""

_WORD = r"[A-ZÀ-Þ][\w.'’]*"
_NAME = rf"(?P<place>{_WORD}(?:(?:,? |/){_WORD}){{0,4}}?)"
_UPPER = r"(?P<place>[A-ZÀ-Þ][A-ZÀ-Þ.'’]+(?:(?:,? |/)[A-ZÀ-Þ][A-ZÀ-Þ.'’]+){0,4}?)"
_DASH = r"\s*(?:-{1,3}|[–—―]{1,2})(?!\w+[ -]?\d)"
_END = rf"(?:{_DASH}|(?=\s*\Z))"
_DATE = r"(?:,? \(?(?:\d{1,2}[ /]\w{3,9}|\w{3,9}\.? \d{1,2})(?:[ /,]{1,2}\d{2,4})?\)?,?)?"
_DOMAIN = r"(?:[A-Za-z][\w-]{2,30}(?: ?\. ?|\.)(?:(?i:com|co\.id|co|id|net|news|tv|org))\b)"


@cache
def places() -> frozenset[str]:
    """Known places, folded."""
    lines = (files(__package__) / "places.txt").read_text("utf-8").splitlines()
    names = (name.strip() for line in lines if not line.startswith("#") for name in line.split(","))
    return frozenset(name.casefold() for name in names if name)


class Datelines:
    """Recognises datelines with the names that outlets sign with."""

    def __init__(self, signatures: Iterable[str]) -> None:
        """`signatures`: names of outlets as they stand in datelines; case does not count."""
        names = "|".join(re.escape(name) for name in sorted(signatures, key=len, reverse=True))
        outlet = rf"(?P<outlet>(?i:{names})(?!\w)|{_DOMAIN})"
        known = "|".join(re.escape(place) for place in sorted(places(), key=len, reverse=True))
        place = rf"(?P<place>(?i:{known}))"
        forms = [
            rf"{_NAME}{_DATE},? *\({outlet}(?:[/,-][^()]*)?\){_END}",
            rf"{_NAME}, *{outlet}{_END}",
            # the place may run into the first word ("JakartaPemerintah"): only a known place can be told from it
            rf"{outlet} *[,.-]? *-? *(?:{place}|{_UPPER.replace('place', 'upper')}){_END}",
            rf"{outlet}, *{_NAME}{_DASH}",
            rf"{outlet} *- *(?:{place}|{_UPPER.replace('place', 'upper')})\.(?=\s)",
            rf"{outlet},? *{place}(?:\.(?=\s))?(?![a-z])",
            rf"{outlet}{_END}",
        ]
        self._signed = [re.compile(form) for form in forms]
        self._some = re.compile(outlet)
        self._bare = [
            re.compile(rf"{place}(?:{_DASH}|:)(?=\s|\Z|[A-Z\"“])"),
            re.compile(rf"(?P<upper>[A-ZÀ-Þ]{{5,}}(?: [A-ZÀ-Þ]{{3,}}){{0,2}}){_DASH}(?=\s|\Z|[A-Z\"“])"),
        ]
        self._alone = re.compile(rf"{place}\Z")

    def take(self, draft: Draft) -> Dateline | None:
        """Cuts the dateline off the story's start and returns it; None: there is none.

        A reporter's credit or a headline before it goes too, as do dashes that a dateline left behind.
        """
        index = next((index for index, kind in enumerate(draft.kinds) if kind is None), None)
        pieces = draft.remains(index) if index is not None else []
        if index is None or not pieces:
            return None
        start, end = _skip_dashes(draft, index, pieces[0])
        end = min(end, start + REACH)
        found = self._at(draft.text, start, end) or self._behind(draft, index, start, end)
        below = index + 1 < len(draft.lines)
        if found is None and below and not draft.line(index + 1).strip("-–— "):
            found = self._alone.match(draft.text, start, end)
        if found is None:
            return None
        draft.cut(index, found.start(), found.end(), None)
        if found.end() == draft.lines[index][1] and below:
            _skip_dashes(draft, index + 1, draft.lines[index + 1])
        groups = found.groupdict()
        place = groups.get("place") or groups.get("upper")
        return Dateline(place=place, outlet=groups.get("outlet"), text=found.group().strip())

    def _at(self, text: str, start: int, end: int) -> re.Match[str] | None:
        """A dateline that begins at `start`."""
        forms = [*(self._signed if self._some.search(text, start, end) else ()), *self._bare]
        return next((match for form in forms if (match := form.match(text, start, end))), None)

    def _behind(self, draft: Draft, index: int, start: int, end: int) -> re.Match[str] | None:
        """A signed dateline after a credit or a headline, which is cut."""
        for signature in self._some.finditer(draft.text, start + 1, end):
            before = draft.text[start : signature.start()].strip()
            kind = RemovedKind.CREDIT if _CREDIT.match(before) else RemovedKind.NAV
            if kind is RemovedKind.NAV and not headline_like(before.rstrip(".")):
                continue
            for form in self._signed:
                match = form.match(draft.text, signature.start(), end)
                if match and _DASHES.search(match.group()):
                    draft.cut(index, start, match.start(), kind)
                    return match
        return None


_CREDIT = re.compile(r"(?i)(?:laporan|oleh|penulis|reporter|wartawan|kontributor|pewarta|by)\b|[\w .]{3,40}/ ?tribun")
_DASHES = re.compile(r"[-–—]")


def _skip_dashes(draft: Draft, index: int, piece: tuple[int, int]) -> tuple[int, int]:
    """The piece without dashes at its start, which are cut."""
    start, end = piece
    at = start
    while at < end and draft.text[at] in "-–—":
        at += 1
    if start < at < end and draft.text[at].isspace() or at == end:
        draft.cut(index, start, at, RemovedKind.OTHER)
        return at + 1, end
    return piece
