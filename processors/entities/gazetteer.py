"""Known names: countries, regions and cities, organisations and media, holidays and leagues, as data."""

from __future__ import annotations

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from processors.records import Label
from processors.wordlists import BrokenData, rows

LABELS = frozenset(label.value for label in Label)
PACKAGE = "processors.entities"
GROUP = "gazetteer"  # key of `Doc.spans`
FILES = ("countries.tsv", "indonesia.tsv", "known.tsv", "news.tsv")  # a name's first label stands


def load_names() -> dict[str, str]:
    """Surface form -> label.

    Raises:
        BrokenData: a row has no label, or one that is not known.
    """
    names: dict[str, str] = {}
    for file in FILES:
        for number, (surface, label, *_rest) in rows(PACKAGE, file, 2):
            if label not in LABELS:
                raise BrokenData(f"data/{file}, line {number}: no label is called {label!r}")
            if label != "PERSON" or " " in surface:  # one word of a name is a part of many names
                names.setdefault(surface, label)
    return names


class Gazetteer:
    """Pipeline component: puts the longest known names into ``doc.spans[GROUP]``, not overlapping."""

    def __init__(self, nlp: Language, names: dict[str, str]) -> None:
        """`names` maps a surface form, as it is written, to its label."""
        self._matcher = PhraseMatcher(nlp.vocab)
        by_label: dict[str, list[Doc]] = {}
        for surface, label in names.items():
            by_label.setdefault(label, []).append(nlp.make_doc(surface))
        for label, docs in by_label.items():
            self._matcher.add(label, docs)

    def __call__(self, doc: Doc) -> Doc:
        """Match; a name must stand within one line."""
        found: list[Span] = self._matcher(doc, as_spans=True)
        doc.spans[GROUP] = filter_spans(found)
        return doc


@Language.factory("kawat_gazetteer")
def make_gazetteer(nlp: Language, name: str) -> Gazetteer:  # noqa: ARG001 - spaCy's signature
    """Factory of `Gazetteer`."""
    return Gazetteer(nlp, load_names())
