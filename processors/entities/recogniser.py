"""The recogniser: clean text -> labelled spans, by a spaCy pipeline for each language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import spacy
from spacy.language import Language

from processors.entities import (  # noqa: F401 - registers the factories
    choice,
    english,
    gazetteer,
    measures,
    names,
    words,
)
from processors.language import primary_subtag

NAMES = {"en": "kawat_english_names"}  # what finds names, by language; for others their looks


@dataclass(frozen=True, slots=True)
class Mention:
    """A labelled half-open range of code points of the text."""

    start: int
    end: int
    label: str


def pipeline(language: str) -> Language:
    """A blank pipeline of `language` ("id", "en") with our components, for texts of any length."""
    nlp = spacy.blank(language, config={"nlp": {"tokenizer": {"@tokenizers": "kawat.words.v1"}}})
    for pipe in ("kawat_measures", "kawat_gazetteer", NAMES.get(language, "kawat_names"), "kawat_choice"):
        nlp.add_pipe(pipe)
    # Nobody reads shapes and flags, which would be made for each new word. spaCy's stubs leave the attribute out.
    nlp.vocab.lex_attr_getters = {}  # type: ignore[attr-defined]
    nlp.max_length = 1 << 40  # spaCy's limit is there for parsers; ours are linear
    return nlp


class Recogniser:
    """Pipelines by language. Malay and unknown languages are read as Indonesian."""

    def __init__(self, pipelines: dict[str, Language], default: str) -> None:
        """`default`: the key of `pipelines` for any other language."""
        self._pipelines = pipelines
        self._default = default

    @classmethod
    def load(cls) -> Self:
        """Build the pipelines; reads all data files."""
        return cls({language: pipeline(language) for language in ("id", "en")}, "id")

    def spans(self, text: str, language: str | None) -> list[Mention]:
        """Mentions in reading order, not overlapping."""
        nlp = self._pipelines.get(primary_subtag(language) or self._default) or self._pipelines[self._default]
        with nlp.memory_zone():  # a long-running process must not keep every word it ever saw
            return [Mention(one.start_char, one.end_char, one.label_) for one in nlp(text).ents]
