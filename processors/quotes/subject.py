"""The subject of an English verb of speech: words, not names, so that it is found whoever it is."""

from __future__ import annotations

import re

from processors.quotes.cues import Cues

MOST_WORDS = 14
_TOKEN = re.compile(r"[\w$%&][\w.'’&$%/-]*|\n|[^\w\s]")
_BREAKS = frozenset(',;:—–()[]“”"\n')
_LY = re.compile(r"\w{3,}ly$")


class SubjectReader:
    """Finds subjects in one text; all offsets are code points of it."""

    def __init__(self, text: str, cues: Cues) -> None:
        self._text = text
        self._words = cues.words

    def before(self, floor: int, verb: int) -> tuple[int, int] | None:
        """The subject that ends before the verb at `verb`, in the text from `floor` on."""
        tokens = self._without_adverbs(self._tokens(max(floor, verb - 400), verb))
        if not tokens:
            return None
        last = tokens[-1]
        low = last[0].lower()
        if low in {"who", "that", "which"}:
            return self._related(tokens[:-1])
        if last[0] in {",", "—", "–", ")"}:
            return self._apposed(tokens[:-1])
        if low in self._words["subjects"]:
            return last.span()
        return self._phrase(tokens)

    def behind(self, verb_end: int, limit: int, *, free: bool = False) -> tuple[int, int] | None:
        """The subject that follows the verb: ``said X``; `free`: it may open with any word ("said former mayor X")."""
        taken: list[re.Match[str]] = []
        for match in _TOKEN.finditer(self._text, verb_end, min(limit, verb_end + 160)):
            word = match[0]
            if (
                not taken
                and word[0].isalpha()
                and (free or self._starts_name(word) or word.lower() in self._words["subjects"])
            ):
                taken.append(match)
                continue
            if (
                not taken
                or word in _BREAKS
                or word.lower() in self._words["stops"]
                or len(taken) > MOST_WORDS
            ):
                break
            taken.append(match)
            if self._ends(word):
                break
        return self._trimmed(taken)

    def name_before(self, floor: int, position: int) -> tuple[int, int] | None:
        """Words in capitals that end at `position`: a name before a colon."""
        taken: list[re.Match[str]] = []
        for match in reversed(self._tokens(max(floor, position - 80), position)):
            if not match[0][0].isupper():
                break
            taken.insert(0, match)
        opens = bool(taken) and not self._text[floor : taken[0].start()].strip()
        return self._trimmed(taken) if len(taken) > 1 or opens else None

    def of_sentence(self, start: int, verb: int) -> tuple[int, int] | None:
        """The subject of the sentence from `start` on, for a participle at `verb`; None: not found."""
        taken: list[re.Match[str]] = []
        for match in self._behind_lead(self._tokens(start, verb)):
            word = match[0]
            if taken:
                if word in _BREAKS or not (word[0].isupper() or word.lower() in {"of", "the", "and"}):
                    break
                taken.append(match)
            elif word.lower() in self._words["subjects"]:
                return match.span()
            elif word[0].isupper() and not self._is_lead(word):
                taken.append(match)
        return self._trimmed(taken)

    # the parts

    def _behind_lead(self, tokens: list[re.Match[str]]) -> list[re.Match[str]]:
        """Without "At the time," before the subject."""
        first = next((match[0].lower() for match in tokens if match[0][0].isalnum()), "")
        if len(tokens) > 1 and tokens[1][0].lower() in {"later", "earlier", "ago", "after", "before"}:
            first = tokens[1][0].lower()
        if (
            first in self._words["prepositions"]
            or first in self._words["conjunctions"]
            or self._is_lead(first)
        ):
            comma = next((at for at, match in enumerate(tokens) if match[0] == ","), None)
            if comma is not None:
                return tokens[comma + 1 :]
        return tokens

    def _tokens(self, start: int, end: int) -> list[re.Match[str]]:
        return list(_TOKEN.finditer(self._text, start, end))

    def _without_adverbs(self, tokens: list[re.Match[str]]) -> list[re.Match[str]]:
        tokens = list(tokens)
        while tokens and self._is_adverb(tokens[-1][0].lower()):
            tokens.pop()
            if tokens and tokens[-1][0].lower() in {"on", "in", "last", "this", "earlier"}:
                tokens.pop()
        return tokens

    def _is_adverb(self, word: str) -> bool:
        return (
            word in self._words["auxiliaries"] or word in self._words["days"] or _LY.match(word) is not None
        )

    def _phrase(self, tokens: list[re.Match[str]]) -> tuple[int, int] | None:
        """The noun phrase that ends the tokens."""
        begin = len(tokens)
        while begin and len(tokens) - begin < MOST_WORDS:
            word = tokens[begin - 1][0]
            low = word.lower()
            if low in {"and", "or"} and self._joins(tokens, begin - 1):
                begin -= 1
                continue
            if word in _BREAKS or low in self._words["conjunctions"] or self._ends(word):
                break
            begin -= 1
        taken = tokens[begin:]
        while taken and self._is_lead(taken[0][0]):
            taken.pop(0)
        if taken and taken[0][0].lower() in self._words["prepositions"]:
            taken = self._last_noun(taken)
        return self._trimmed(taken)

    def _joins(self, tokens: list[re.Match[str]], at: int) -> bool:
        """``A and B``, both names, with nothing but a border before A."""
        if not 0 < at < len(tokens) - 1 or not (
            tokens[at - 1][0][0].isupper() and tokens[at + 1][0][0].isupper()
        ):
            return False
        first = at - 1
        while first and tokens[first - 1][0][0].isupper():
            first -= 1
        return not first or tokens[first - 1][0] in _BREAKS

    def _last_noun(self, tokens: list[re.Match[str]]) -> list[re.Match[str]]:
        """Behind "In an interview": the name, or what a determiner opens, that ends the tokens."""
        begin = len(tokens)
        while begin and (tokens[begin - 1][0][0].isupper() or tokens[begin - 1][0] in {"of", "de"}):
            begin -= 1
        if begin < len(tokens):
            return tokens[begin:]
        for at in range(len(tokens) - 1, 0, -1):
            if tokens[at][0].lower() in self._words["determiners_en"]:
                return tokens[at:]
        return []

    def _apposed(self, tokens: list[re.Match[str]]) -> tuple[int, int] | None:
        """``X, who or what X is, said``: X."""
        for at in range(len(tokens) - 1, 0, -1):
            if tokens[at][0] in {",", "—", "–", "("} and at + 1 < len(tokens):
                taken: list[re.Match[str]] = []
                back = at - 1
                while back >= 0 and (tokens[back][0][0].isupper() or tokens[back][0] in {"of", "the"}):
                    taken.insert(0, tokens[back])
                    back -= 1
                while taken and (taken[0][0].islower() or self._is_lead(taken[0][0])):
                    taken.pop(0)
                behind = tokens[at + 1][0]
                if taken and (
                    behind[0].islower() or behind[0].isdigit() or behind == "R-" or tokens[at][0] == "("
                ):
                    return self._trimmed(taken)
        return self._phrase(tokens)

    def _related(self, tokens: list[re.Match[str]]) -> tuple[int, int] | None:
        """``X, who said``."""
        while tokens and tokens[-1][0] in {",", "—", "–", ")"}:
            tokens = tokens[:-1]
        taken = self._last_noun([*tokens[:1], *tokens[1:]]) if tokens else []
        return self._trimmed(taken)

    def _starts_name(self, word: str) -> bool:
        return (word[0].isupper() or word.lower() in self._words["determiners_en"]) and not self._is_day(word)

    def _is_day(self, word: str) -> bool:
        return word.lower() in self._words["days"]

    def _is_lead(self, word: str) -> bool:
        return word.lower() in self._words["leads"] or word.lower() in self._words["when"]

    def _ends(self, word: str) -> bool:
        """A full stop that is neither an abbreviation's nor an initial's."""
        if not word.endswith("."):
            return False
        return word[:-1].lower() not in self._words["abbreviated"] and len(word) > 2

    def _trimmed(self, tokens: list[re.Match[str]]) -> tuple[int, int] | None:
        if not tokens:
            return None
        start, end = tokens[0].start(), tokens[-1].end()
        while end > start and not self._text[end - 1].isalnum():
            end -= 1
        return (start, end) if end > start else None
