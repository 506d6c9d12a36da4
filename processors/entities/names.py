"""Names by their looks: each capitalised run is cut into titles, known names and unknown ones, and these classed.

The trained recogniser takes this component's place; what it leaves is the span groups.
"""

from __future__ import annotations

import math
from importlib import resources

import yaml
from spacy.language import Language
from spacy.tokens import Doc, Span

from processors.entities import gazetteer, measures
from processors.entities.runs import Run, runs

GROUP = "names"  # key of `Doc.spans`
CLASSES = ("PERSON", "ORG", "GPE", "LOC", "FAC", "EVENT", "PRODUCT")


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
        for word, (outside, *inside) in counts.items():
            total = sum(inside)
            self.outside[word] = outside / max(1, outside + total)
            if total:
                self.votes[word] = tuple(math.log((n + 0.3) / (total + 0.3 * len(CLASSES))) for n in inside)

    @classmethod
    def load(cls) -> Evidence:
        """Read `data/words.tsv`."""
        table = gazetteer.rows("words.tsv", 2 + len(CLASSES))
        return cls({word: tuple(map(int, counts)) for _, (word, *counts) in table})


class Names:
    """Pipeline component: needs the groups of measures and gazetteer; puts its spans into ``doc.spans[GROUP]``."""

    def __init__(self) -> None:
        """Reads roles, honorifics, head words and evidence from `data/`."""
        heads = yaml.safe_load((resources.files(__package__) / "data" / "heads.yaml").read_text("utf-8"))
        self.first = {tuple(head.split()): label for label, words in heads["first"].items() for head in words}
        self.last = {tuple(head.split()): label for label, words in heads["last"].items() for head in words}
        self.longest = max(map(len, (*self.first, *self.last)))
        self.inner = frozenset(heads["inner"])
        self.person_inner = frozenset(heads["person_inner"])
        self.roles = words_of("roles.txt")
        self.honorifics = words_of("honorifics.txt")
        self.evidence = Evidence.load()

    def __call__(self, doc: Doc) -> Doc:
        """Class what the capitalised runs hold."""
        words = [token.text for token in doc]
        known = {one.start: one for one in doc.spans.get(gazetteer.GROUP, ())}
        measured = bytearray(len(words) + 1)
        for one in doc.spans.get(measures.GROUP, ()):
            measured[one.start : one.end] = b"\1" * (one.end - one.start)
        found: list[Span] = []
        for run in runs(words, doc, self.inner):
            self._read(doc, words, run, known, measured, found)
        doc.spans[GROUP] = found
        return doc

    def _read(
        self,
        doc: Doc,
        words: list[str],
        run: Run,
        known: dict[int, Span],
        measured: bytearray,
        found: list[Span],
    ) -> None:
        """Left to right: a title, a head and what it governs, a known name, or an unknown piece."""
        at, end = run.start, run.end
        titled = False
        while at < end:
            word = words[at]
            head = self._head(words, at, end)
            one = known.get(at)
            if head and not (one is not None and one.end > at + 1 and one.end >= end):
                stop = self._governed(words, at, end, head, measured)
                if stop > at + 1:
                    found.append(Span(doc, at, stop, label=head))
                    at, titled = stop, False
                    continue
            if one is not None and not (one.end < end and titled and self._personal(words, at, end)):
                at = one.end
                continue
            if word in self.roles and not (titled and self._is_name_word(word)):
                at, titled = at + 1, True
                continue
            if not word[0].isupper() or measured[at]:
                at += 1
                continue
            if self._plain(word, first=at == run.start and run.sentence):
                at, titled = at + 1, titled and word.islower()
                continue
            stop = self._piece(words, at, end, known, measured)
            label = self._class(doc, words, at, stop, titled=titled)
            if label:
                found.append(Span(doc, at, stop, label=label))
            at, titled = stop, False

    def _head(self, words: list[str], at: int, end: int) -> str | None:
        for size in range(min(self.longest, end - at), 0, -1):
            label = self.first.get(tuple(words[at : at + size]))
            if label:
                return label
        return None

    def _governed(self, words: list[str], at: int, end: int, label: str, measured: bytearray) -> int:
        """Where the name that a head word opens ends: with the run, or before a title or a measure."""
        stop = at + 1
        while stop < end:
            word = words[stop]
            if measured[stop] and label not in {"EVENT", "PRODUCT", "FAC"}:
                break
            if word in self.roles and word not in {
                "Kota",
                "Besar",
                "Hukum",
                "Putri",
                "Umum",
                "Guru",
                "Pemain",
                "Sri",
                "Sultan",
                "Jenderal",
                "Raja",
            }:
                break
            if label == "GPE" and stop - at > 3:
                break
            stop += 1
        while stop > at + 1 and not (words[stop - 1][0].isupper() or words[stop - 1][0].isdigit()):
            stop -= 1
        return stop

    def _is_name_word(self, word: str) -> bool:
        votes = self.evidence.votes.get(word)
        return votes is not None and self.evidence.outside[word] < 0.5 and max(votes) == votes[0]

    def _personal(self, words: list[str], at: int, end: int) -> bool:
        """A known place or body is rather a part of a person's name ("Jenderal Jakarta Simanjuntak")."""
        return at + 1 < end and self._is_name_word(words[at]) and self._is_name_word(words[at + 1])

    def _plain(self, word: str, *, first: bool) -> bool:
        """A capitalised word that is no name: more often seen outside of names than in them."""
        share = self.evidence.outside.get(word)
        if share is None:
            return False
        return share >= (0.5 if first else 0.7)

    def _piece(self, words: list[str], at: int, end: int, known: dict[int, Span], measured: bytearray) -> int:
        stop = at + 1
        while stop < end and stop not in known and not (measured[stop] and not words[stop].isdigit()):
            if words[stop] in self.roles and not self._is_name_word(words[stop]):
                break
            stop += 1
        while stop > at + 1 and not words[stop - 1][0].isalnum():
            stop -= 1
        while stop > at + 1 and (words[stop - 1] in self.inner or not words[stop - 1][0].isalnum()):
            stop -= 1
        return stop

    def _class(self, doc: Doc, words: list[str], start: int, end: int, *, titled: bool) -> str | None:
        for size in range(min(self.longest, end - start), 0, -1):
            label = self.last.get(tuple(words[end - size : end]))
            if label and end - start > size:
                return label
        names = [word for word in words[start:end] if word[0].isalpha()]
        if not names:
            return None
        if titled and len(names) <= 5 and not any(word.isdigit() for word in words[start:end]):
            return "PERSON"
        if len(names) == 1 and names[0].isupper() and len(names[0]) > 1:
            votes = self.evidence.votes.get(names[0])
            if votes is None:
                return "ORG" if 2 < len(names[0]) < 7 else None
        total = [0.0] * len(CLASSES)
        seen = 0
        for word in names:
            votes = self.evidence.votes.get(word)
            if votes:
                seen += 1
                total = [a + b for a, b in zip(total, votes, strict=True)]
        if not seen:
            before = words[start - 1] if start else ""
            if before in {"di", "ke", "dari", "asal", "wilayah"}:
                return "GPE"
            return (
                "PERSON" if 1 < len(names) <= 4 and not any(w.isdigit() for w in words[start:end]) else None
            )
        return CLASSES[max(range(len(CLASSES)), key=total.__getitem__)]


@Language.factory("kawat_names")
def make_names(nlp: Language, name: str) -> Names:  # noqa: ARG001 - spaCy's signature
    """Factory of `Names`."""
    return Names()
