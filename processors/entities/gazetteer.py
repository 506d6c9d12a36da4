"""Known names: countries, regions and cities, organisations and media, holidays and leagues, as data."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

GROUP = "gazetteer"  # key of `Doc.spans`
FILES = ("countries.tsv", "indonesia.tsv", "known.tsv", "news.tsv")  # a name's first label stands


class BrokenData(ValueError):
    """A data file of a processor can't be used; the message names file and line."""


def rows(name: str, columns: int) -> Iterator[tuple[int, list[str]]]:
    """Line number and fields of each row of a tab-separated file under `data/`; ``#`` starts a comment line.

    Raises:
        BrokenData: a row has fewer than `columns` fields.
    """
    for number, line in enumerate(
        (resources.files(__package__) / "data" / name).read_text("utf-8").splitlines(), 1
    ):
        if line.strip() and not line.startswith("#"):
            fields = line.split("\t")
            if len(fields) < columns:
                raise BrokenData(f"{name}, line {number}: {columns} columns are expected")
            yield number, fields


def load_names() -> dict[str, str]:
    """Surface form -> label."""
    names: dict[str, str] = {}
    for file in FILES:
        for _, (surface, label, *_rest) in rows(file, 2):
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
