"""Clean text and entities -> attributed quotes: marks, cues, speech, speakers, in this order."""

from __future__ import annotations

import re
from typing import Self

from processors.quotes.cues import Cues
from processors.quotes.marks import marked
from processors.quotes.sentences import Sentences
from processors.quotes.speakers import Cast, Finder, role_words, same, trimmed
from processors.quotes.speech import Said, Speech
from processors.records import Entity, Quote, QuoteKind, Span, Speaker

# confidence that span and speaker are both right, by how the speaker was found
CONFIDENCE = {"named": 0.95, "described": 0.75, "pronoun": 0.85, "carried": 0.7, "guessed": 0.5, "none": 0.3}
INDIRECT_FACTOR = 0.8


class QuoteFinder:
    """Finds the quotes of one story at a time."""

    def __init__(self, cues: Cues, roles: frozenset[str]) -> None:
        """`roles`: lower-case words that titles are made of."""
        self._cues = cues
        self._roles = roles

    @classmethod
    def load(cls) -> Self:
        """Reads the cue data.

        Raises:
            BrokenData: a data file can't be used.
        """
        return cls(Cues.load(), role_words())

    def find(self, text: str, entities: tuple[Entity, ...], language: str | None) -> tuple[Quote, ...]:  # noqa: ARG002 - cues of all languages are read at once
        """Quotes with ids "q1", "q2", ... in reading order; they do not overlap."""
        pieces = marked(text)
        cast = Cast(text, entities, self._cues, self._roles)
        reader = _Reader(text, cast, self._cues)
        for said in Speech(text, pieces, Sentences(text, pieces), self._cues).all():
            reader.read(said)
        taken: list[tuple[int, int]] = []
        quotes = []
        for start, end, kind, speaker, cue, confidence in sorted(reader.found, key=lambda q: (q[0], q[1])):
            if taken and start < taken[-1][1]:
                continue
            taken.append((start, end))
            quotes.append(
                Quote(
                    id=f"q{len(quotes) + 1}",
                    kind=kind,
                    text=text[start:end],
                    start=start,
                    end=end,
                    speaker=speaker,
                    cue=Span(start=cue[0], end=cue[1], text=text[cue[0] : cue[1]]) if cue else None,
                    confidence=confidence,
                )
            )
        return tuple(quotes)


class _Reader:
    """Walks over the acts of speech of a story and keeps who spoke last."""

    def __init__(self, text: str, cast: Cast, cues: Cues) -> None:
        self._text = text
        self._cast = cast
        self._cues = cues
        self._finder = Finder(cast, cues)
        self._last: Speaker | None = None
        self.found: list[tuple[int, int, QuoteKind, Speaker | None, tuple[int, int] | None, float]] = []

    def read(self, said: Said) -> None:
        """Resolve its speaker; keep the quote, if it is one."""
        speaker, how = self._speaker(said)
        if speaker is not None and how != "guessed":
            self._last = speaker
        if said.kind is None or (said.kind is QuoteKind.INDIRECT and speaker is None):
            return
        start, end = said.start, said.end
        while start < end and self._text[start].isspace():
            start += 1
        while end > start and self._text[end - 1].isspace():
            end -= 1
        if start < end:
            confidence = CONFIDENCE[how] * (INDIRECT_FACTOR if said.kind is QuoteKind.INDIRECT else 1)
            self.found.append((start, end, said.kind, speaker, said.cue, round(confidence, 2)))

    def _speaker(self, said: Said) -> tuple[Speaker | None, str]:
        if said.form in {"own", "none"}:
            mention = None
            if said.form == "own" and said.cue:
                mention = Span(start=said.cue[0], end=said.cue[1], text=self._text[slice(*said.cue)])
            return self._carried(said, mention)
        if said.phrase is None:
            return self._carried(said, None)
        if said.backwards:
            start, end = self._subject(*said.phrase)
        else:
            start, end = self._finder.phrase_behind(*said.phrase)
        speaker = self._finder.speaker(start, end, self._anaphor(said))
        if speaker is None:
            return None, "none"
        if speaker.entity is None:
            return speaker, "described"
        return speaker, "pronoun" if self._cues.pronoun.match(self._text, start) else "named"

    def _anaphor(self, said: Said) -> Speaker | None:
        return self._carried(said, None)[0]

    def _carried(self, said: Said, mention: Span | None) -> tuple[Speaker | None, str]:
        if self._last is not None:
            return same(self._last, mention), "carried"
        for named in self._cast.people_before(said.order, 1):
            entity = named.entity
            return Speaker(
                name=entity.name, entity=entity.id, mention=mention, role=self._cast.role(entity)
            ), "guessed"
        return None, "none"

    def _subject(self, start: int, end: int) -> tuple[int, int]:
        """The subject of the verb that starts at `end`, in the sentence from `start` on."""
        clause = self._text[start:end]
        offset = start
        comma = [m.end() for m in re.finditer(r"[,;:]\s+", clause.rstrip(" ,"))]
        words = re.findall(r"\S+", clause)
        while words and words[-1].strip(",").casefold() in self._cues.adverbs:
            clause = clause.rstrip()[: -len(words[-1])]
            words.pop()
        people = [n for n in self._cast.within(start, start + len(clause)) if n.entity.label == "PERSON"]
        if people and start + len(clause.rstrip(" ,")) - people[-1].end < 70:
            return people[-1].start, people[-1].end
        if comma and comma[-1] < len(clause.rstrip()):
            offset = start + comma[-1]
        return trimmed(self._text, offset, start + len(clause))
