"""Names by their looks: capitalised runs are cut into titles, known names and unknown ones, and these classed.

The trained recogniser takes this component's place; what it leaves is the span group.
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span

from processors.entities import gazetteer, measures
from processors.entities.evidence import Evidence, Lexicon
from processors.entities.pieces import PLACES, Piece, Pieces
from processors.entities.runs import runs
from processors.entities.words import STARTS, TEXTS

GROUP = "names"  # key of `Doc.spans`


class Names:
    """Pipeline component: needs the groups of measures and gazetteer; puts its spans into ``doc.spans[GROUP]``."""

    def __init__(self, evidence: Evidence, lexicon: Lexicon) -> None:
        """What words say about names."""
        self._evidence = evidence
        self._lexicon = lexicon
        self._inside = lexicon.inner | lexicon.joining

    def __call__(self, doc: Doc) -> Doc:
        """Class what the capitalised runs hold; then what was learned of people holds for the whole story."""
        words: list[str] = doc.user_data[TEXTS]
        measured = bytearray(len(words) + 1)
        for one in doc.spans.get(measures.GROUP, ()):
            measured[one.start : one.end] = b"\1" * (one.end - one.start)
        reader = Pieces(
            words,
            known={one.start: one for one in doc.spans.get(gazetteer.GROUP, ())},
            measured=measured,
            evidence=self._evidence,
            lexicon=self._lexicon,
        )
        pieces = [
            piece for run in runs(words, doc.user_data[STARTS], self._inside) for piece in reader.read(run)
        ]
        pieces = list(self._parted(words, pieces))
        people = _people(words, pieces)
        labelled = ((piece, _label(piece, words, people)) for piece in pieces)
        doc.spans[GROUP] = [
            Span(doc, piece.start, piece.end, label=label) for piece, label in labelled if label
        ]
        return doc

    def _parted(self, words: list[str], pieces: list[Piece]) -> Iterator[Piece]:
        """A place and a person that stand together behind a title, parted where the story names the person by one
        word elsewhere: "Gubernur Tirtajaya Bramantyo Halim ... kata Bramantyo".
        """
        alone = {words[one.start] for one in pieces if one.label == "PERSON" and one.end == one.start + 1}
        for piece in pieces:
            before = words[piece.start - 1] if piece.start else ""
            if (
                piece.label != "PERSON"
                or before not in self._lexicon.titles_of_places
                or words[piece.start] in alone
            ):
                yield piece
                continue
            name = next((at for at in range(piece.start + 1, piece.end) if words[at] in alone), piece.start)
            if name > piece.start:
                yield Piece(piece.start, name, "GPE")
            yield Piece(name, piece.end, "PERSON")


def _people(words: list[str], pieces: list[Piece]) -> set[str]:
    """The words of the full names of people."""
    return {
        words[at]
        for piece in pieces
        if piece.label == "PERSON" and piece.end > piece.start + 1
        for at in range(piece.start, piece.end)
    }


def _label(piece: Piece, words: list[str], people: set[str]) -> str | None:
    """The piece's label; one word of a full name stands for the person, unless it is a known place."""
    place = piece.known and piece.label in PLACES
    if piece.end == piece.start + 1 and words[piece.start] in people and not place:
        return "PERSON"
    return piece.label


@Language.factory("kawat_names")
def make_names(nlp: Language, name: str) -> Names:  # noqa: ARG001 - spaCy's signature
    """Factory of `Names`."""
    return Names(Evidence.load(), Lexicon())
