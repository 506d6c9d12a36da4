"""One reading of the text: of all candidate spans, those that stand together, as ``doc.ents``."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, Span

from processors.entities import gazetteer, measures, names

ORDER = (measures.GROUP, names.GROUP, gazetteer.GROUP)  # among spans of one length the earlier group wins


class Choice:
    """Pipeline component: the longest span wins."""

    def __call__(self, doc: Doc) -> Doc:
        """Set ``doc.ents``."""
        spans: list[tuple[int, int, Span]] = []
        for rank, group in enumerate(ORDER):
            spans.extend((one.start - one.end, rank, one) for one in doc.spans.get(group, ()))
        spans.sort(key=lambda item: (item[0], item[1], item[2].start))
        taken = bytearray(len(doc))
        kept = []
        for _, _, one in spans:
            if not any(taken[one.start : one.end]):
                taken[one.start : one.end] = b"\1" * (one.end - one.start)
                kept.append(one)
        doc.set_ents(sorted(kept, key=lambda one: one.start))
        return doc


@Language.factory("kawat_choice")
def make_choice(nlp: Language, name: str) -> Choice:  # noqa: ARG001 - spaCy's signature
    """Factory of `Choice`."""
    return Choice()
