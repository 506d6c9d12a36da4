"""The reporting words, from data, as patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import resources
from typing import Any

import yaml

KINDS = ("after", "nya", "before", "both", "passive", "according", "act")


class BrokenData(ValueError):
    """A data file of the quotes can't be used; the message names file and line."""


def any_of(words: Iterable[str]) -> str:
    """An alternation of words, longest first, any white space between the words of one."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered) + ")"


def load_cues() -> dict[str, list[str]]:
    """Forms by kind; kinds are told at the head of `data/cues.tsv`.

    Raises:
        BrokenData: a row has not three fields, or an unknown kind.
    """
    forms: dict[str, list[str]] = {kind: [] for kind in KINDS}
    text = (resources.files(__package__) / "data" / "cues.tsv").read_text("utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != 3 or fields[1] not in forms:
            raise BrokenData(
                f"cues.tsv, line {number}: form, one of {', '.join(KINDS)}, language are expected"
            )
        forms[fields[1]].append(fields[0])
    return forms


def load_words() -> dict[str, list[str]]:
    """The closed classes of `data/words.yaml`."""
    raw: Any = yaml.safe_load((resources.files(__package__) / "data" / "words.yaml").read_text("utf-8"))
    return {str(key): [str(word) for word in words] for key, words in raw.items()}


class Cues:
    """All patterns that find reporting words. Case is ignored."""

    def __init__(self, forms: dict[str, list[str]], words: dict[str, list[str]]) -> None:
        """`forms` as of `load_cues`, `words` as of `load_words`."""
        after = [*forms["after"], *forms["both"]]
        own = [f"{form}nya" for form in (*forms["after"], *forms["nya"])]  # the suffix stands for the speaker
        before = [*forms["before"], *forms["both"]]
        passive = forms["passive"]
        flags = re.IGNORECASE
        link = r"[\s,.;–—-]*"
        self.behind = re.compile(
            rf"{link}(?:(?:begitu|demikian|itulah|dan|seraya|sambil|as)\s+)?"
            rf"(?:(?P<own>{any_of(own)})|(?P<after>{any_of(after)})|(?P<before>{any_of([*before, *passive])})"
            rf"|(?P<according>{any_of(forms['according'])}))\b",
            flags,
        )
        self.statement = re.compile(
            rf"\b(?:(?P<own>{any_of(own)}|{any_of(passive)}nya|{any_of(forms['according'])}nya)"
            rf"|(?P<after>{any_of(after)})|(?P<before>{any_of(before)})|(?P<passive>{any_of(passive)})"
            rf"|(?P<according>{any_of(forms['according'])})|(?P<act>{any_of(forms['act'])}))\b",
            flags,
        )
        self.stop = re.compile(rf"[,;:\n\"“”]|\.(?=\s|$)|\b{any_of(words['stops'])}\b", flags)
        self.opener = re.compile(rf"[\s,:]*(?:{any_of(words['openers'])}\b[\s,]*)?", flags)
        self.pronoun = re.compile(rf"{any_of(words['pronouns'])}\b", flags)
        self.pointing = re.compile(rf"\b{any_of(words['demonstratives'])}\s*$", flags)
        self.adverbs = frozenset(words["adverbs"])
        self.titled = re.compile(rf"\b{any_of(words['titled'])}\s*[:,]?\s*$", flags)
        self.media = re.compile(rf"\b{any_of(words['media'])}\b", flags)
        self.sources = frozenset(words["sources"])

    @classmethod
    def load(cls) -> Cues:
        """From the data files beside this module."""
        return cls(load_cues(), load_words())
