"""A text in, a `Reading` out: words, pieces, windows, the session, and the decoding of its heads."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from processors.encoder.decode import Decoder, TaggedSpan
from processors.encoder.pieces import Pieces
from processors.encoder.reading import Found, Heard, Place, Reading
from processors.encoder.session import Session
from processors.encoder.tags import ENTITY_TAGS, HEADS, SOURCE_TAGS, SPEAKING_LABELS, SPEECH_TAGS
from processors.encoder.voices import Mention, Voices
from processors.encoder.windows import Window, cut, encode
from processors.encoder.words import split
from processors.records import Label, QuoteKind

Floats = NDArray[np.float32]
Run = Callable[[Sequence[int]], tuple[Floats, Floats]]
OVERLAP = (
    128  # pieces that neighbouring windows share, so that each word is read with some text on both sides
)


class Encoder:
    """Reads one text at a time. Keeps nothing of it but the pieces of common words."""

    def __init__(
        self, run: Run, pieces: Pieces, by_distance: Sequence[float], *, most_windows: int = 40
    ) -> None:
        """The parts of a model.

        Args:
            run: a window's ids -> scores of all tags, and what speakers are found by.
            pieces: the vocabulary.
            by_distance: what each distance between mention and quote adds to a speaker's score.
            most_windows: a text is read up to the end of so many windows (one holds about 2,000 code points and
                costs about 0.2 s of a core), and no further, so that a text of megabytes does not take minutes.
        """
        self._run = run
        self._pieces = pieces
        self._by_distance = tuple(by_distance)
        self._most_windows = most_windows
        self._decoders = Decoder(ENTITY_TAGS), Decoder(SPEECH_TAGS), Decoder(SOURCE_TAGS)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The model in `folder`: `meta.json`, `pieces.tsv`, `network.onnx`.

        Raises:
            ValueError: the model was made for other tags than this code's.
        """
        meta: dict[str, Any] = json.loads((folder / "meta.json").read_text("utf-8"))
        tags = [list(ENTITY_TAGS), list(SPEECH_TAGS), list(SOURCE_TAGS)]
        if meta["tags"] != tags:
            raise ValueError(f"{folder}: made for other tags than this version of Kawat has")
        lines = (folder / "pieces.tsv").read_text("utf-8").removesuffix("\n").split("\n")
        vocabulary = [(piece, float(score)) for piece, _, score in (line.partition("\t") for line in lines)]
        return cls(Session(folder / "network.onnx").run, Pieces(vocabulary), meta["by_distance"])

    def read(self, text: str) -> Reading:
        """Reads a text; time is linear in its length."""
        words = split(text)
        windows = cut(words, encode(text, words, self._pieces), overlap=OVERLAP)[: self._most_windows]
        if not windows:
            return Reading(len(text), (), (), (), (), Voices(words, (), (), (), ()))
        outputs = [self._run(window.ids) for window in windows]
        count = windows[-1].end_word
        scores = _joined(count, windows, [tags for tags, _ in outputs])
        breaks = np.array([word.breaks for word in words[:count]])
        entities, speech, sources = (
            decoder.spans(part, breaks)
            for decoder, part in zip(
                self._decoders, np.split(scores, np.cumsum(HEADS)[:-1], axis=1), strict=True
            )
        )

        def place(span: TaggedSpan) -> tuple[int, int]:
            return words[span.first].start, words[span.end - 1].end

        beside = [span for span in sources if span.label == "source"]
        return Reading(
            end=len(text) if count == len(words) else words[count - 1].end,
            entities=tuple(Found(*place(span), Label(span.label), span.score) for span in entities),
            speech=tuple(Heard(*place(span), QuoteKind(span.label), span.score) for span in speech),
            cues=tuple(Place(*place(span), span.score) for span in sources if span.label == "cue"),
            sources=tuple(Place(*place(span), span.score) for span in beside),
            voices=Voices(
                words,
                windows,
                [pieces for _, pieces in outputs],
                _mentions(entities, beside),
                self._by_distance,
            ),
        )


def _joined(count: int, windows: Sequence[Window], scores: Sequence[Floats]) -> Floats:
    """(words, tags): of each word the scores in the window that shows most of what surrounds it."""
    joined = np.empty((count, scores[0].shape[1]), np.float32)
    for number, (window, tags) in enumerate(zip(windows, scores, strict=True)):
        begin, end = window.first_word, window.end_word
        if number:  # half of what is shared is the neighbour's
            begin += (windows[number - 1].end_word - begin + 1) // 2
        joined[begin:end] = tags[window.firsts[begin - window.first_word :]]
    return joined


def _mentions(entities: Sequence[TaggedSpan], beside: Sequence[TaggedSpan]) -> list[Mention]:
    """Who may speak: what can speak by its label, and the descriptions beside quotes that hold no name."""
    named = {word for span in entities for word in range(span.first, span.end)}
    found = [Mention(s.first, s.end, Label(s.label)) for s in entities if s.label in SPEAKING_LABELS]
    found += [Mention(s.first, s.end, None) for s in beside if named.isdisjoint(range(s.first, s.end))]
    return sorted(found, key=lambda mention: mention.first)
