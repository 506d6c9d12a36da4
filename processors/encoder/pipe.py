"""The spaCy component: a document's entities as the encoder sees them."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from processors.encoder.evidence import Known
from processors.encoder.reader import Reader
from processors.entities.words import span
from processors.records import Label

NAME = "kawat_encoder"


class Pipe:
    """Pipeline component: sets ``doc.ents`` up to where the text was read.

    What stood there before is evidence, and stays behind that place.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def __call__(self, doc: Doc) -> Doc:
        """Needs the tokens of `kawat.words.v1`, which are the encoder's words."""
        known = [Known(one.start_char, one.end_char, Label(one.label_)) for one in doc.ents]
        reading = self.reader.read(doc.text, known)
        found = [span(doc, one.start, one.end, one.label) for one in reading.entities]
        doc.set_ents([*found, *(one for one in doc.ents if one.start_char >= reading.end)])
        return doc


@Language.factory(NAME, default_config={"model": "accurate"})
def make_encoder(nlp: Language, name: str, model: str) -> Pipe:  # noqa: ARG001 - spaCy's signature
    """Factory of `Pipe`; `model`: the name of one that ships."""
    return Pipe(Reader.load(model))
