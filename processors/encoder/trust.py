"""How far the encoder is trusted with speakers beside the rules: fitted on annotated stories, in `data/trust.json`.

`python -m bench.calibrate_quotes ../shared --fit --encoder` fits it anew, which new weights of the encoder ask for.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from processors.quotes.whom import How
from processors.records import QuoteKind
from processors.wordlists import BrokenData, read

MOST = 4.0  # no log-odds count for more
FILE = "trust.json"
PACKAGE = "processors.encoder"


def view(kind: QuoteKind) -> str:
    """``marked`` or ``reported``: what thresholds are told apart by."""
    return "reported" if kind is QuoteKind.INDIRECT else "marked"


def log_odds(probability: float) -> float:
    """At most `MOST` either way."""
    if not 0 < probability < 1:
        return MOST if probability >= 1 else -MOST
    return max(-MOST, min(MOST, math.log(probability / (1 - probability))))


@dataclass(frozen=True, slots=True)
class Trust:
    """The fitted numbers.

    Attributes:
        weights: of what `weigh` is given.
        overrule: view and how rules found their speaker -> the probability from which the encoder's replaces him;
            what has no row is never overruled.
    """

    weights: tuple[float, ...]
    overrule: Mapping[tuple[str, How], float]

    @classmethod
    def load(cls) -> Self:
        """From the data file.

        Raises:
            BrokenData: it is not of the shape above.
        """
        try:
            content: dict[str, Any] = json.loads(read(PACKAGE, FILE))
            weights = tuple(map(float, content["weights"]))
            rows = {
                (kind, How(how)): float(least)
                for kind in ("marked", "reported")
                for how, least in content["overrule"][kind].items()
            }
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BrokenData(f"processors/encoder/data/{FILE}: {error!r}") from None
        if len(weights) != 4:
            raise BrokenData(f"processors/encoder/data/{FILE}: four weights are expected")
        return cls(weights, rows)

    def overrules(self, kind: QuoteKind, how: How, probability: float) -> bool:
        """Whether somebody else to whom the encoder gives this probability replaces the speaker found so."""
        least = self.overrule.get((view(kind), how))
        return least is not None and probability >= least

    def weigh(self, evidence: tuple[float, ...]) -> float:
        """The probability that a quote is right, stretch and speaker both.

        Args:
            evidence: 1; the log-odds of what the rules hold of it; those of the encoder for its speaker; 1 if the
                encoder overruled, else 0.
        """
        total = sum(weight * value for weight, value in zip(self.weights, evidence, strict=True))
        return round(1 / (1 + math.exp(-total)), 2)
