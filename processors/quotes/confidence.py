"""How sure a quote is, from what it is and how its speaker was found."""

from __future__ import annotations

from collections.abc import Mapping

from processors.quotes.whom import How
from processors.records import QuoteKind
from processors.wordlists import BrokenData, rows

PACKAGE = "processors.quotes"
Confidence = Mapping[tuple[QuoteKind, How], float]


def load_confidence() -> dict[tuple[QuoteKind, How], float]:
    """The share of quotes that were right on annotated stories, stretch and speaker both: `data/confidence.tsv`.

    Raises:
        BrokenData: a row's kind or way is unknown, its share is no number from 0 to 1, or a pair has no row.
    """
    found: dict[tuple[QuoteKind, How], float] = {}
    for number, (kind, how, share, *_rest) in rows(PACKAGE, "confidence.tsv", 3):
        try:
            found[QuoteKind(kind), How(how)] = float(share)
        except ValueError as error:
            raise BrokenData(f"data/confidence.tsv, line {number}: {error}") from None
        if not 0 <= float(share) <= 1:
            raise BrokenData(f"data/confidence.tsv, line {number}: a share from 0 to 1 is expected")
    missing = [f"{kind} {how}" for kind in QuoteKind for how in How if (kind, how) not in found]
    if missing:
        raise BrokenData(f"data/confidence.tsv: no row for {', '.join(missing)}")
    return found
