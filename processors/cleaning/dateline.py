"""The opening stamp of a story: place, outlet, dash."""

from __future__ import annotations

import re
from collections.abc import Iterable

from processors.cleaning.cuts import Draft
from processors.records import Dateline

_DASH = r"\s*(?:-{1,3}|[–—―]+|\.(?=\s)|:)"
_PLACE = r"(?P<place>[A-Z][\w.'’/-]*(?:[ ,]{1,2}[A-Z][\w.'’/-]*){0,4}?)"


class Datelines:
    """Recognises datelines with the names that outlets sign with."""

    def __init__(self, signatures: Iterable[str]) -> None:
        """`signatures`: names of outlets as they stand in datelines; case does not count."""
        names = "|".join(re.escape(name) for name in sorted(signatures, key=len, reverse=True))
        outlet = rf"(?P<outlet>(?i:{names})|(?:[\w-]+\.)+(?:com|co\.id|id|net|co|news)(?i:))"
        self._forms = [
            re.compile(rf"{outlet}(?:\s*[,.-]\s*{_PLACE})?{_DASH}"),
            re.compile(rf"{_PLACE},\s*{outlet}\s*{_DASH}"),
            re.compile(rf"{_PLACE}\s*\({outlet}\)\s*{_DASH}"),
        ]
        self._bare = re.compile(rf"{_PLACE}\s*(?:-{{1,3}}|[–—])\s")

    def take(self, draft: Draft, *, bare_places: bool) -> Dateline | None:
        """Cuts the dateline off the story's first line and returns it; None: there is none."""
        first = next((index for index, kind in enumerate(draft.kinds) if kind is None), None)
        if first is None:
            return None
        remains = draft.remains(first)
        if not remains:
            return None
        start, end = remains[0]
        for form in (*self._forms, *((self._bare,) if bare_places else ())):
            match = form.match(draft.text, start, min(end, start + 120))
            if match:
                draft.cut(first, match.start(), match.end(), None)
                found = match.groupdict()
                return Dateline(
                    place=found.get("place"), outlet=found.get("outlet"), text=match.group().strip()
                )
        return None
