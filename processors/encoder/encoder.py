"""A text in, a `Reading` out: words, pieces, windows, the session, and the decoding of its heads."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from processors.encoder.consistency import agree
from processors.encoder.decode import Decoder, TaggedSpan, log_probabilities
from processors.encoder.evidence import Known, Weight, weigh
from processors.encoder.pieces import Pieces
from processors.encoder.reading import Found, Heard, Place, Reading
from processors.encoder.session import Session
from processors.encoder.tags import ENTITY_TAGS, HEADS, SOURCE_TAGS, SPEAKING_LABELS, SPEECH_TAGS
from processors.encoder.voices import Mention, Voices
from processors.encoder.windows import Window, cut, encode
from processors.encoder.words import Word, split
from processors.records import Label, QuoteKind

Floats = NDArray[np.float32]
Run = Callable[[Sequence[int]], tuple[Floats, Floats]]
# pieces that neighbouring windows share, so that each word is read with some text on both sides
OVERLAP = 128
# nats: two names of one kind hardly ever stand side by side (one in 300 people does), pieces of one name are a usual
# error; anything from 2 to 6 serves the split dev alike
ANEW = 3.0
NO_WEIGHTS: Mapping[Label, Weight] = {}


@dataclass(frozen=True, slots=True)
class Forward:
    """A text's way through the network.

    Attributes:
        words: all of the text's.
        read: those that were read: all, or the first of a very long text.
        windows: what was run at a time.
        pieces: of each window what speakers are found by.
        breaks: (words read), whether a line ends before the word.
        named: (words read, `ENTITY_TAGS`), log-probabilities.
        speech: (words read, `SPEECH_TAGS`), scores.
        sources: (words read, `SOURCE_TAGS`), scores.
    """

    words: Sequence[Word]
    read: Sequence[Word]
    windows: Sequence[Window]
    pieces: Sequence[Floats]
    breaks: NDArray[np.bool_]
    named: Floats
    speech: Floats
    sources: Floats


class Encoder:
    """Reads one text at a time. Keeps nothing of it but the pieces of common words."""

    def __init__(
        self,
        run: Run,
        pieces: Pieces,
        by_distance: Sequence[float],
        *,
        weights: Mapping[Label, Weight] = NO_WEIGHTS,
        most_windows: int = 12,
    ) -> None:
        """The parts of a model.

        Args:
            run: a window's ids -> scores of all tags, and what speakers are found by.
            pieces: the vocabulary.
            by_distance: what each distance between mention and quote adds to a speaker's score.
            weights: how far rules are trusted with each label, see `processors.encoder.evidence`.
            most_windows: a text is read up to the end of so many windows (one holds about 2,000 code points and
                costs about 0.2 s of a core), and no further, so that a text of megabytes does not take minutes.
        """
        self._run = run
        self._pieces = pieces
        self._by_distance = tuple(by_distance)
        self._most_windows = most_windows
        self._weights = weights
        self._entities = Decoder(ENTITY_TAGS, anew=ANEW)
        self._speech, self._sources = Decoder(SPEECH_TAGS), Decoder(SOURCE_TAGS)

    @classmethod
    def load(cls, folder: Path, *, alone: bool = False) -> Self:
        """The model in `folder`: `meta.json`, `pieces.tsv`, `network.onnx`; `alone`: rules weigh nothing.

        Raises:
            ValueError: the model was made for other tags than this code's.
        """
        meta: dict[str, Any] = json.loads((folder / "meta.json").read_text("utf-8"))
        tags = [list(ENTITY_TAGS), list(SPEECH_TAGS), list(SOURCE_TAGS)]
        if meta["tags"] != tags:
            raise ValueError(f"{folder}: made for other tags than this version of Kawat has")
        lines = (folder / "pieces.tsv").read_text("utf-8").removesuffix("\n").split("\n")
        vocabulary = [(piece, float(score)) for piece, _, score in (line.partition("\t") for line in lines)]
        rules = dict.fromkeys(Label, (0.0, 0.0)) if alone else meta["rules"]
        return cls(
            Session(folder / "network.onnx").run,
            Pieces(vocabulary),
            meta["by_distance"],
            weights={Label(label): Weight(*pair) for label, pair in rules.items()},
        )

    def read(self, text: str, known: Sequence[Known] = ()) -> Reading:
        """Reads a text; time is linear in its length.

        Args:
            text: the text.
            known: what rules know of it, in reading order.
        """
        forward = self.forward(text)
        if not forward.windows:
            return Reading(len(text), (), (), (), (), Voices(forward.words, (), (), (), ()))
        words, read, breaks = forward.words, forward.read, forward.breaks
        entities = self.entities(text, forward, known, self._weights)
        sources = self._sources.spans(forward.sources, breaks)

        def place(span: TaggedSpan) -> tuple[int, int]:
            return words[span.first].start, words[span.end - 1].end

        return Reading(
            end=len(text) if len(read) == len(words) else read[-1].end,
            entities=tuple(Found(*place(one), Label(one.label), one.score) for one in entities),
            speech=tuple(
                Heard(*place(one), QuoteKind(one.label), one.score)
                for one in self._speech.spans(forward.speech, breaks)
            ),
            cues=tuple(Place(*place(one), one.score) for one in sources if one.label == "cue"),
            sources=tuple(Place(*place(one), one.score) for one in sources if one.label == "source"),
            voices=Voices(
                words,
                forward.windows,
                forward.pieces,
                _mentions(entities, [one for one in sources if one.label == "source"]),
                self._by_distance,
            ),
        )

    def forward(self, text: str) -> Forward:
        """What the network makes of a text, before anything is decided."""
        words = split(text)
        windows = cut(words, encode(text, words, self._pieces), overlap=OVERLAP)[: self._most_windows]
        outputs = [self._run(window.ids) for window in windows]
        read = words[: windows[-1].end_word] if windows else []
        scores = _joined(len(read), windows, [tags for tags, _ in outputs])
        named, said, beside = np.split(scores, np.cumsum(HEADS)[:-1], axis=1)
        breaks = np.array([word.breaks for word in read])
        return Forward(
            words,
            read,
            windows,
            [pieces for _, pieces in outputs],
            breaks,
            log_probabilities(named),
            said,
            beside,
        )

    def entities(
        self, text: str, forward: Forward, known: Sequence[Known], weights: Mapping[Label, Weight]
    ) -> list[TaggedSpan]:
        """The names in a text, with rules trusted as far as `weights` says."""
        weighed = weigh(forward.named, forward.read, known, weights)
        return agree(text, forward.read, self._entities.spans(weighed, forward.breaks))


def _joined(count: int, windows: Sequence[Window], scores: Sequence[Floats]) -> Floats:
    """(words, tags): of each word the scores in the window that shows most of what surrounds it."""
    joined = np.empty((count, sum(HEADS)), np.float32)
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
