"""DATE, TIME, MONEY, PERCENT, QUANTITY and LAW: expressions with a grammar, found by rule.

Follows how Indonesian news writes them: ``Rabu (3/9/2025)``, ``pukul 10.30 WIB``, ``Rp 1,5 miliar``, ``5,2 persen``,
``10 kilometer``, ``Pasal 340 KUHP``. The words are data (`data/measures.yaml`), the
grammar is in `dates`, `amounts` and `laws`.
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span

from processors.entities.amounts import money, percent, quantity
from processors.entities.dates import date, time
from processors.entities.laws import law
from processors.entities.rule import Rule
from processors.entities.words import STARTS, TEXTS, span
from processors.wordlists import mapping

_GLUED = "0123456789"  # a currency sign may be glued to its number: "Rp10"
GROUP = "measures"  # key of `Doc.spans`


class Measures:
    """Pipeline component: puts its spans into ``doc.spans[GROUP]``, not overlapping.

    A pattern is tried only at the words that one of its expressions can start with, so the time goes into the few
    places where something may stand.
    """

    def __init__(self, found: list[Rule]) -> None:
        """`found`: the rules, in any order."""
        self._by_word: dict[str, list[Rule]] = {}
        self._figures = [rule for rule in found if rule.figures]
        for rule in found:
            for word in rule.starts:
                self._by_word.setdefault(word, []).append(rule)

    def __call__(self, doc: Doc) -> Doc:
        """Find all expressions; where two overlap the longer one stands."""
        found = sorted(self._find(doc), key=lambda one: (one.start - one.end, one.start))
        taken = bytearray(len(doc))
        kept = []
        for one in found:
            if not any(taken[one.start : one.end]):
                taken[one.start : one.end] = b"\1" * (one.end - one.start)
                kept.append(one)
        doc.spans[GROUP] = sorted(kept, key=lambda one: one.start)
        return doc

    def _find(self, doc: Doc) -> Iterator[Span]:
        text, words, starts = doc.text, doc.user_data[TEXTS], doc.user_data[STARTS]
        behind: dict[str, int] = {}  # label -> where its last expression ended
        for at, (word, start) in enumerate(zip(words, starts, strict=True)):
            tried = self._figures if word[0].isdigit() else self._by_word.get(word.rstrip(_GLUED))
            if not tried:
                continue
            for rule in tried:
                if start < behind.get(rule.label, 0):
                    continue
                match = rule.pattern.match(text, start)
                if match is not None and match.end() > start and rule.fits(words, starts, at):
                    end = match.end()
                    while text[end - 1] in " .,":
                        end -= 1
                    behind[rule.label] = end
                    yield span(doc, start, end, rule.label)


@Language.factory("kawat_measures")
def make_measures(nlp: Language, name: str) -> Measures:  # noqa: ARG001 - spaCy's signature
    """Factory of `Measures`."""
    words = mapping("processors.entities", "measures.yaml")
    return Measures([grammar(words) for grammar in (date, time, money, percent, quantity, law)])
