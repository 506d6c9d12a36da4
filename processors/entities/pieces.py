"""A capitalised run cut into pieces: titles, known names, and unknown names with a class."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Span

from processors.entities.evidence import Evidence, Lexicon
from processors.entities.runs import Run

PLACES = frozenset(("GPE", "LOC"))
MOST_PERSON_WORDS = 5
MOST_PLACE_WORDS = 3
PAIRING = frozenset("-–/")
PLAIN, PLAIN_FIRST = (
    0.6,
    0.5,
)  # share of uses outside names from which a word is none; first in a sentence, less
BORDER = 0.7  # from this share on a word ends an unknown name
SURELY = 0.95  # from this share on a word is no name, whatever stands beside it
_NUMBERED = frozenset(("EVENT", "PRODUCT", "FAC"))  # classes whose names hold years and figures


@dataclass(frozen=True, slots=True)
class Piece:
    """Tokens [start, end) of a run, and what they are; `label` is None for what is no name."""

    start: int
    end: int
    label: str | None
    known: bool = False


class Pieces:
    """Reads the runs of one story."""

    def __init__(
        self,
        words: list[str],
        *,
        known: dict[int, Span],
        measured: bytearray,
        evidence: Evidence,
        lexicon: Lexicon,
    ) -> None:
        """`words`: texts of the tokens; `known`: names of the gazetteer by their first token; `measured`: 1 for each
        token that belongs to a date, a sum and the like.
        """
        self._words = words
        self._known_at = known
        self._measured = measured
        self._evidence = evidence
        self._lexicon = lexicon

    def read(self, run: Run) -> list[Piece]:
        """Left to right: a head and what it governs, a known name, a title, an unknown name."""
        words, titles = self._words, self._lexicon.titles
        found: list[Piece] = []
        at = run.start
        titled = False
        while at < run.end:
            word = words[at]
            piece = self._headed(at, run.end) or self._known(at, run.end, titled=titled)
            if piece is not None:
                self._add(found, piece)
                at, titled = piece.end, titled and piece.label in {"ORG", "GPE"}
            elif word in titles and not (titled and self._evidence.is_name_word(word)):
                at, titled = at + 1, True
            elif not word[0].isupper() or self._measured[at]:
                at, titled = at + 1, titled and word in self._lexicon.joining
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
            tail = self._lexicon.tail(self._words[piece.start]) if piece.end == piece.start + 1 else None
            if body or (tail and before.label and not piece.known):
                found[-1] = Piece(before.start, piece.end, before.label if body else tail)
                return
        found.append(piece)

    def _headed(self, at: int, end: int) -> Piece | None:
        """What a head word opens ("Universitas ..."), unless the gazetteer knows a name at least as long."""
        head = self._lexicon.head(self._words, at, end)
        if head is None:
            return None
        label, size = head
        stop = self._governed(at, at + size, end, label)
        one = self._known_at.get(at)
        if one is not None and one.end >= max(stop, at + size):
            return Piece(at, one.end, one.label_, known=True)
        return Piece(at, stop, label) if stop > at + size else None

    def _governed(self, at: int, stop: int, end: int, label: str) -> int:
        """Where the name that starts with a head at `at` ends; `stop`: where the head does."""
        words, lexicon = self._words, self._lexicon
        while stop < end:
            word = words[stop]
            if self._measured[stop] and label not in _NUMBERED:
                break
            if word in lexicon.titles and word not in lexicon.titles_inside:
                break
            if word in lexicon.joining and label not in {"ORG", "EVENT"}:
                break
            if label == "GPE":
                inner = self._known_at.get(stop)
                if inner is not None and inner.label_ in PLACES:
                    return min(end, inner.end)
                if self._evidence.is_name_word(word) or stop - at >= MOST_PLACE_WORDS:
                    break
            stop += 1
        while stop > at and not (words[stop - 1][0].isupper() or words[stop - 1][0].isdigit()):
            stop -= 1
        return stop

    def _known(self, at: int, end: int, *, titled: bool) -> Piece | None:
        """A name of the gazetteer, unless it is rather a part of a person's name, or what a title is of."""
        one = self._known_at.get(at)
        if one is None:
            return None
        word = self._words[at]
        if one.end == at + 1 < end and self._evidence.is_name_word(word):
            following = self._words[at + 1]
            if following not in self._lexicon.titles and self._evidence.is_name_word(following):
                return None
        if titled and one.label_ == "ORG" and self._evidence.outside.get(word, 0) > 0.5:
            return None
        return Piece(at, one.end, one.label_, known=True)

    def _plain(self, at: int, *, first: bool, titled: bool) -> bool:
        """A capitalised word that is no name: more often seen outside of names than in them; or the field that a
        title names ("Menteri Keuangan").
        """
        word = self._words[at]
        share = self._evidence.outside.get(word)
        if share is None:
            return False
        if share < SURELY and word not in self._lexicon.titles and self._spoken_of(at, at + 1):
            return False
        if titled and self._evidence.person.get(word, 0) < 0.2:
            return True
        return share >= (PLAIN_FIRST if first else PLAIN)

    def _spoken_of(self, start: int, end: int) -> bool:
        """The words around [start, end) are those beside a speaker's name; or an age follows: "Rendra (45)"."""
        if start and self._words[start - 1] in self._lexicon.before_names:
            return True
        behind = self._words[end : end + 3]
        if behind and behind[0] in self._lexicon.behind_names:
            return True
        return (
            len(behind) == 3
            and behind[0] == "("
            and behind[2] == ")"
            and behind[1].isdigit()
            and len(behind[1]) < 3
        )

    def _unknown(self, at: int, end: int) -> int:
        """Where the unknown name that starts at `at` ends."""
        words = self._words
        stop = at + 1
        while stop < end and not self._ends_name(stop, end):
            stop += 1
        while stop > at + 1 and (words[stop - 1] in self._lexicon.inner or not words[stop - 1][0].isalnum()):
            stop -= 1
        return stop

    def _ends_name(self, at: int, end: int) -> bool:
        """The word at `at` is not of the unknown name before it."""
        words, is_name_word = self._words, self._evidence.is_name_word
        word = words[at]
        if self._measured[at] and not word.isdigit():
            return True
        one = self._known_at.get(at)
        if one is not None and not (one.end == at + 1 and is_name_word(word)):
            return True
        if word in self._lexicon.joining or (word in self._lexicon.titles and not is_name_word(word)):
            return True
        if word in PAIRING and at + 1 < end and is_name_word(words[at - 1]) and is_name_word(words[at + 1]):
            return True  # "Wiguna-Lestari": two people
        return self._evidence.outside.get(word, 0) >= BORDER

    def _class(self, start: int, end: int, *, titled: bool) -> str | None:
        """The class of an unknown name; None if it is rather no name."""
        words = self._words[start:end]
        tail = self._lexicon.tail(words[-1]) if len(words) > 1 else None
        if tail:
            return tail
        names = [word for word in words if word[0].isalpha()]
        human = len(names) <= MOST_PERSON_WORDS and not any(word[0].isdigit() for word in words)
        if human and (titled or self._spoken_of(start, end)):
            return "PERSON"
        label = self._evidence.label(names)
        if label:
            return label
        if len(names) == 1 and names[0].isupper():
            return "ORG" if 2 < len(names[0]) < 7 else None  # an abbreviation
        if start and self._words[start - 1] in self._lexicon.before_places:
            return "GPE"
        return "PERSON" if human and len(names) > 1 else None
