"""Names by their looks: each capitalised run is cut into titles, known names and unknown ones, and these classed.

The trained recogniser takes this component's place; what it leaves is the span group.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml
from spacy.language import Language
from spacy.tokens import Doc, Span

from processors.entities import gazetteer, measures
from processors.entities.runs import Run, runs
from processors.entities.words import STARTS, TEXTS

GROUP = "names"  # key of `Doc.spans`
CLASSES = ("PERSON", "ORG", "GPE", "LOC", "FAC", "EVENT", "PRODUCT")
PLACES = frozenset(("GPE", "LOC"))
MOST_PERSON_WORDS = 5


def words_of(name: str) -> frozenset[str]:
    """The lines of a word list under `data/`."""
    text = (resources.files(__package__) / "data" / name).read_text("utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


class Evidence:
    """What each capitalised word says about the name it stands in, from counts over annotated news."""

    def __init__(self, counts: dict[str, tuple[int, ...]]) -> None:
        """`counts`: word -> how often outside names, then inside each of `CLASSES`."""
        self.outside: dict[str, float] = {}  # share of uses outside names
        self.votes: dict[str, tuple[float, ...]] = {}  # log P(class | word), smoothed
        self.person: dict[str, float] = {}  # share of uses inside names of people
        for word, (outside, *inside) in counts.items():
            total = sum(inside)
            self.outside[word] = outside / max(1, outside + total)
            self.person[word] = inside[0] / max(1, outside + total)
            if total:
                self.votes[word] = tuple(math.log((n + 0.3) / (total + 0.3 * len(CLASSES))) for n in inside)

    @classmethod
    def load(cls) -> Evidence:
        """Read `data/words.tsv`."""
        table = gazetteer.rows("words.tsv", 2 + len(CLASSES))
        return cls({word: tuple(map(int, counts)) for _, (word, *counts) in table})


@dataclass(frozen=True, slots=True)
class Piece:
    """Tokens [start, end) of a run, and what they are; `label` is None for what is no name."""

    start: int
    end: int
    label: str | None
    known: bool = False


class Names:
    """Pipeline component: needs the groups of measures and gazetteer; puts its spans into ``doc.spans[GROUP]``."""

    def __init__(self) -> None:
        """Reads roles, head words and evidence from `data/`."""
        heads: Any = yaml.safe_load((resources.files(__package__) / "data" / "heads.yaml").read_text("utf-8"))
        self.first = {tuple(head.split()): label for label, words in heads["first"].items() for head in words}
        self.last = {tuple(head.split()): label for label, words in heads["last"].items() for head in words}
        self.longest = max(map(len, (*self.first, *self.last)))
        self.inner = frozenset(heads["inner"])
        self.joining = frozenset(heads["joining"])
        self.titles_inside = frozenset(heads["titles_inside"])
        self.roles = words_of("roles.txt")
        self.evidence = Evidence.load()

    def __call__(self, doc: Doc) -> Doc:
        """Class what the capitalised runs hold; then what was learned of people holds for the whole story."""
        words: list[str] = doc.user_data[TEXTS]
        known = {one.start: one for one in doc.spans.get(gazetteer.GROUP, ())}
        measured = bytearray(len(words) + 1)
        for one in doc.spans.get(measures.GROUP, ()):
            measured[one.start : one.end] = b"\1" * (one.end - one.start)
        read = _Story(self, words, known, measured)
        pieces = [piece for run in runs(words, doc.user_data[STARTS], self.inner | self.joining) for piece in read.pieces(run)]
        people = {
            words[at]
            for piece in pieces
            if piece.label == "PERSON" and piece.end - piece.start > 1
            for at in range(piece.start, piece.end)
        }
        found = []
        for piece in pieces:
            label = piece.label
            if piece.end - piece.start == 1 and words[piece.start] in people and not (piece.known and label in PLACES):
                label = "PERSON"
            if label:
                found.append(Span(doc, piece.start, piece.end, label=label))
        doc.spans[GROUP] = found
        return doc


class _Story:
    """Reads the runs of one story."""

    def __init__(self, names: Names, words: list[str], known: dict[int, Span], measured: bytearray) -> None:
        self.names = names
        self.words = words
        self.known = known
        self.measured = measured

    def pieces(self, run: Run) -> list[Piece]:
        """Left to right: a head and what it governs, a known name, a title, an unknown name."""
        words, names = self.words, self.names
        found: list[Piece] = []
        at = run.start
        titled = False
        while at < run.end:
            word = words[at]
            piece = self._headed(at, run.end) or self._known(at, run.end, titled=titled)
            if piece is not None:
                self._add(found, piece)
                at, titled = piece.end, titled and piece.label in {"ORG", "GPE"}
            elif word in names.roles and not (titled and self._is_name_word(word)):
                at, titled = at + 1, True
            elif not word[0].isupper() or self.measured[at]:
                at += 1
                titled = titled and word in names.joining
            elif self._plain(at, first=at == run.start and run.sentence, titled=titled):
                self._add(found, Piece(at, at + 1, None))
                at += 1
            else:
                stop = self._unknown(at, run.end)
                self._add(found, Piece(at, stop, self._class(at, stop, titled=titled)))
                at, titled = stop, False
        return found

    def _add(self, found: list[Piece], piece: Piece) -> None:
        """Join a place to the body right before it ("Persib Bandung"), and a last word to what it ends."""
        before = found[-1] if found else None
        if before is not None and before.end == piece.start:
            body = before.label == "ORG" and piece.label == "GPE" and piece.known
            tail = self.names.last.get((self.words[piece.end - 1],)) if piece.end == piece.start + 1 else None
            if body or (tail and before.label and not piece.known):
                label = before.label if body else tail
                found[-1] = Piece(before.start, piece.end, label)
                return
        found.append(piece)

    def _headed(self, at: int, end: int) -> Piece | None:
        names, words = self.names, self.words
        for size in range(min(names.longest, end - at), 0, -1):
            label = names.first.get(tuple(words[at : at + size]))
            if label:
                break
        else:
            return None
        one = self.known.get(at)
        stop = at + size
        while stop < end:
            word = words[stop]
            if self.measured[stop] and label not in {"EVENT", "PRODUCT", "FAC"}:
                break
            if word in names.roles and word not in names.titles_inside:
                break
            if word in names.joining and label not in {"ORG", "EVENT"}:
                break
            if label == "GPE":
                inner = self.known.get(stop)
                if inner is not None and inner.label_ in PLACES:
                    stop = min(end, inner.end)
                    break
                if self.names.evidence.person.get(word, 0) > 0.5 or stop - at > 2:
                    break
            stop += 1
        while stop > at and not words[stop - 1][0].isupper() and not words[stop - 1][0].isdigit():
            stop -= 1
        if stop <= at + size and not (one is not None and one.end >= at + size):
            return None
        if one is not None and one.end >= stop:
            return Piece(at, one.end, one.label_, known=True)
        return Piece(at, stop, label)

    def _known(self, at: int, end: int, *, titled: bool) -> Piece | None:
        one = self.known.get(at)
        if one is None:
            return None
        if one.end == at + 1 and at + 1 < end and self._is_name_word(self.words[at]):
            following = self.words[at + 1]
            if following not in self.names.roles and self._is_name_word(following):
                return None  # a part of a person's name
        if titled and one.label_ == "ORG" and self.names.evidence.outside.get(self.words[at], 0) > 0.5:
            return None
        return Piece(at, one.end, one.label_, known=True)

    def _is_name_word(self, word: str) -> bool:
        return self.names.evidence.person.get(word, 0) > 0.5

    def _plain(self, at: int, *, first: bool, titled: bool) -> bool:
        """A capitalised word that is no name: more often seen outside of names than in them; or the field that a
        title names ("Menteri Keuangan").
        """
        word = self.words[at]
        share = self.names.evidence.outside.get(word)
        if share is None:
            return False
        if titled and self.names.evidence.person.get(word, 0) < 0.2:
            return True
        return share >= (0.5 if first else 0.6)

    def _unknown(self, at: int, end: int) -> int:
        """Where the unknown name that starts at `at` ends."""
        words, names = self.words, self.names
        stop = at + 1
        while stop < end and not (self.measured[stop] and not words[stop].isdigit()):
            word = words[stop]
            one = self.known.get(stop)
            if one is not None and not (one.end == stop + 1 and self._is_name_word(word)):
                break
            if word in names.joining or (word in names.roles and not self._is_name_word(word)):
                break
            if names.evidence.outside.get(word, 0) >= 0.7:
                break
            stop += 1
        while stop > at + 1 and (words[stop - 1] in names.inner or not words[stop - 1][0].isalnum()):
            stop -= 1
        return stop

    def _class(self, start: int, end: int, *, titled: bool) -> str | None:
        words = self.words[start:end]
        last = self.names.last.get((words[-1],))
        if last and len(words) > 1:
            return last
        names = [word for word in words if word[0].isalpha()]
        figures = any(word[0].isdigit() for word in words)
        if titled and len(names) <= MOST_PERSON_WORDS and not figures:
            return "PERSON"
        votes = [self.names.evidence.votes[word] for word in names if word in self.names.evidence.votes]
        if len(names) == 1 and names[0].isupper() and not votes:
            return "ORG" if 2 < len(names[0]) < 7 else None
        if votes:
            total = [sum(column) for column in zip(*votes, strict=True)]
            return CLASSES[max(range(len(CLASSES)), key=total.__getitem__)]
        if start and self.words[start - 1] in {"di", "ke", "dari", "asal", "wilayah"}:
            return "GPE"
        return "PERSON" if 1 < len(names) <= MOST_PERSON_WORDS and not figures else None


@Language.factory("kawat_names")
def make_names(nlp: Language, name: str) -> Names:  # noqa: ARG001 - spaCy's signature
    """Factory of `Names`."""
    return Names()
