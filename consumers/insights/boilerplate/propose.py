"""What a person might put into an outlet's profile: rules for the pieces that recur over its stories.

Never a dateline (cleaning has taken it off), nor what stories of one matter have in common: see `evidence`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from itertools import zip_longest

import yaml

from consumers.insights.boilerplate.evidence import (
    CLOSED,
    OFTEN,
    Bar,
    Found,
    closed,
    gathered,
    stories_of,
)
from consumers.insights.boilerplate.pieces import Form, Pieces, label, shape, words
from processors.records import RemovedKind

OPENING = 5
"""Words of the longest opening."""
MOST = 200
"""Proposals for one outlet."""
EXAMPLES = 5
"""Stories that are named with a proposal."""
SAMPLES = 3
"""Texts that are shown with it."""
SENTENCE = 5
"""Words of the shortest sentence that is proposed as a whole: shorter ones are how people end a story."""
WHOLE = 80
"""Characters, below which cleaning looks up a whole line as a phrase."""

_INITIALS = re.compile(r"\(\s?[a-z]{2,6}\d?(?:\s?[/-]\s?[a-z]{2,6}\d?)+\s?\)")
INITIALS = r"\( ?[a-z]{2,6}\d?(?: ?[/-] ?[a-z]{2,6}\d?)+ ?\)[^a-z0-9]*$"
_SIGNED = re.compile(r"\(\s?([a-z0-9]+\.(?:com|co\.id|id|net|org))[ /,|-][^()]+\)", re.IGNORECASE)
_AROUND = " :;.,!?>»<«-–—=*•…|\"'“”"
_END = r"[ .!?>=*\"'-]*$"
_SPECIAL = re.compile(r"[.^$*+?{}\[\]\\|()]")
_VARIES = re.compile(r"((?:https?://|www\.)\S+|\d+)")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A rule for a profile, and why.

    Attributes:
        key: where in the profile, dots between: "lines.promo.starts", "inside.credit", "links".
        value: the phrase or pattern.
        kind: what kind of boilerplate it probably is.
        stories: distinct stories that it stands in, of `of` that were looked at; `pieces`: how often in all.
        examples: some of these stories; `samples`: some of their texts.
    """

    key: str
    value: str
    kind: RemovedKind
    stories: int
    of: int
    pieces: int
    examples: tuple[str, ...]
    samples: tuple[str, ...]

    def id_for(self, source: str) -> str:
        """Identity for an outlet: the same rule has the same one, whatever the counts."""
        path = ".".join(part for part in self.key.split(".") if part not in set(RemovedKind))
        told = f"{source}\n{path}\n{self.value.casefold()}"
        return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()


def propose(stories: Mapping[str, Pieces]) -> list[tuple[Proposal, list[Found]]]:
    """Proposals for one outlet with the pieces that each is about, those of most stories first.

    Args:
        stories: by uri; of an outlet whose own rules let these pieces pass.
    """
    bar = Bar(stories)
    made: list[tuple[Proposal, list[Found]]] = []
    for key, value, kind, group in _rules(list(gathered(stories)), bar):
        those = stories_of(group)
        examples = tuple(those)[-EXAMPLES:]
        samples = dict.fromkeys(one.piece.text for one in group if one.story in examples)
        proposal = Proposal(
            key=key,
            value=value,
            kind=kind,
            stories=len(those),
            of=len(stories),
            pieces=len(group),
            examples=examples,
            samples=tuple(samples)[:SAMPLES],
        )
        made.append((proposal, group))
    made.sort(key=lambda pair: (-pair[0].stories, pair[0].key, pair[0].value))
    return made[:MOST]


_Rule = tuple[str, str, RemovedKind, list[Found]]
_Line = tuple[str, int]


def _rules(found: Sequence[Found], bar: Bar) -> Iterator[_Rule]:
    """Key, value, kind and pieces of each rule; a place that one rule is about is left out of those after it."""
    lines = [one for one in found if one.piece.form is Form.LINE]
    inside = [one for one in found if one.piece.form is not Form.LINE]
    labels = dict(_labels(inside, bar))
    for phrase, group in labels.items():
        alike = [one for one in lines if _label(one) == phrase]
        yield "links", _print(group[0].piece.text, phrase), RemovedKind.RELATED, [*alike, *group]
    gone: set[_Line] = set()
    rest = [one for one in lines if _label(one) not in labels]
    for opening, group in _openings(rest, bar):
        gone |= _places(group)
        kind = kind_of(group)
        yield f"lines.{kind}.starts", _phrase(opening), kind, group
    for group in _wholes(_without(rest, gone), bar):
        gone |= _places(group)
        yield _line_rule(group)
    tails = [one for one in inside if one.piece.form is Form.TAIL and _label(one) not in labels]
    yield from _tails(_without(tails, gone), bar)


def _label(one: Found) -> str:
    return (label(one.piece.text) or "").casefold()


def _places(group: Iterable[Found]) -> set[_Line]:
    return {(one.story, one.piece.line) for one in group}


def _without(found: Iterable[Found], gone: set[_Line]) -> list[Found]:
    return [one for one in found if (one.story, one.piece.line) not in gone]


def _labels(inside: Sequence[Found], bar: Bar) -> Iterator[tuple[str, list[Found]]]:
    """Labels before what runs into a line of the story, "Baca juga: ...", by the label, folded."""
    groups: defaultdict[str, list[Found]] = defaultdict(list)
    for one in inside:
        marked = label(one.piece.text)
        if marked and words(marked) and marked[0].isupper() and len(one.piece.text) > len(marked) + 8:
            groups[marked.casefold()].append(one)
    for marked, group in groups.items():
        known = opens(marked)
        if len(marked.split()) > 1 and bar.passed(group, first=len(words(marked)), known=known):
            yield marked, group


def _openings(lines: Sequence[Found], bar: Bar) -> Iterator[tuple[str, list[Found]]]:
    """Openings of pieces that go on in different ways, the shortest that will do, each with its pieces."""
    groups: defaultdict[tuple[str, ...], list[Found]] = defaultdict(list)
    for one in lines:
        told = _tokens(one.piece.text)
        for length in range(1, min(OPENING, len(told) - 1) + 1):
            groups[told[:length]].append(one)
    taken: set[_Line] = set()
    often = (opening for opening, group in groups.items() if bar.recurs(group))
    for opening in sorted(often, key=lambda opening: (len(opening), opening)):
        group = _without(groups[opening], taken)
        if bar.recurs(group) and _may_open(opening, group):
            head = " ".join(opening)
            known = kind_of(group) is not RemovedKind.OTHER
            if bar.passed(group, first=len(words(head)), known=known):
                taken |= _places(group)
                yield " ".join(_longest(opening, group)), group


def _may_open(opening: tuple[str, ...], group: Sequence[Found]) -> bool:
    """Whether an opening may be a label: of two words or with a colon, before what is no sentence, unless its words
    are those of boilerplate.
    """
    head = " ".join(opening)
    if opening[0][:1].isdigit() or not words(head) or (len(opening) == 1 and not head.endswith(":")):
        return False
    if len({shape(one.piece.text) for one in group}) < 2:
        return False
    return closed(group) <= CLOSED or opens(head)


def _longest(opening: tuple[str, ...], group: Sequence[Found]) -> tuple[str, ...]:
    """The opening with the words after it that are the same in all of the group."""
    told = [_tokens(one.piece.text) for one in group]
    shortest = min(len(each) for each in told)
    while len(opening) < min(shortest, OPENING + 1):
        longer = {each[: len(opening) + 1] for each in told}
        if len(longer) > 1:
            break
        opening = next(iter(longer))
    return opening


def _wholes(found: Sequence[Found], bar: Bar) -> Iterator[list[Found]]:
    """Pieces that are the same but for numbers and addresses; of pieces that hold one another, the longest."""
    groups: defaultdict[str, list[Found]] = defaultdict(list)
    for one in found:
        groups[shape(one.piece.text)].append(one)
    taken: set[_Line] = set()
    often = (told for told, group in groups.items() if bar.recurs(group))
    for told in sorted(often, key=lambda told: (-len(told), told)):
        group = _without(groups[told], taken)
        if not bar.recurs(group) or not words(told):
            continue
        letters = sum(any(map(str.isalpha, word)) for word in told.split())
        sentence = closed(group) > CLOSED
        known = kind_of(group) is not RemovedKind.OTHER
        short = letters < (SENTENCE if sentence else 2 if "0" in told else 1)
        if (short and not (sentence and opens(told))) or _fragment(group[0].piece.text):
            continue
        # few words that nobody knows may be a name, or what a broken line left
        enough = known or letters >= SENTENCE or len(stories_of(group)) >= OFTEN * bar.of
        if enough and bar.passed(group, sentence=sentence, known=known):
            taken |= _places(group)
            yield group


def _fragment(text: str) -> bool:
    """Whether a line is a part of a sentence, or a dateline that was torn off."""
    return text[0] in ",;" or text[-1] in ",;" or text.endswith((" -", " –", " —"))


def _line_rule(group: list[Found]) -> _Rule:
    kind = kind_of(group)
    text = _SPACE.sub(" ", group[0].piece.text)
    if len({" ".join(one.piece.text.casefold().split()) for one in group}) > 1:  # numbers or addresses differ
        return f"lines.{kind}.shapes", pattern(text.strip(_AROUND)), kind, group
    return f"lines.{kind}.{'whole' if len(text) < WHOLE else 'starts'}", _phrase(text), kind, group


def _tails(tails: Sequence[Found], bar: Bar) -> Iterator[_Rule]:
    """What stands at the ends of lines: initials, an outlet's name with a reporter's, sentences that recur."""
    initials = [one for one in tails if _INITIALS.match(one.piece.text)]
    if bar.recurs(initials):
        yield f"inside.{RemovedKind.CREDIT}", INITIALS, RemovedKind.CREDIT, initials
    signed: defaultdict[str, list[Found]] = defaultdict(list)
    rest = []
    for one in tails:
        found = _SIGNED.match(one.piece.text)
        if found:
            signed[found.group(1).casefold()].append(one)
        elif not _INITIALS.match(one.piece.text):
            rest.append(one)
    for name, group in signed.items():
        if bar.recurs(group):
            value = rf"\( ?{re.escape(name)}[ /,|-][^()]+\)[^a-z0-9]*$"
            yield f"inside.{RemovedKind.CREDIT}", value, RemovedKind.CREDIT, group
    gone: set[_Line] = set()
    for group in _wholes(rest, bar):
        gone |= _places(group)
        kind = kind_of(group)
        yield f"inside.{kind}", pattern(group[0].piece.text.strip(_AROUND)) + _END, kind, group
    last = [one for one in _without(rest, gone) if not one.piece.text.startswith("(")]
    for opening, group in _openings(last, bar):
        kind = kind_of(group)
        yield f"inside.{kind}", rf"\b{pattern(opening.strip(_AROUND))}\b.*$", kind, group


def _tokens(text: str) -> tuple[str, ...]:
    """Words with a colon as they end with one, folded, numbers as 0."""
    return tuple(shape(text).replace(" :", ":").replace(":", ": ").split())


def _phrase(text: str) -> str:
    """A phrase as profiles have it: marks at its ends don't count."""
    return _SPACE.sub(" ", text).strip(_AROUND)


def _print(text: str, phrase: str) -> str:
    """The phrase as the text prints it."""
    at = text.casefold().find(phrase)
    return text[at : at + len(phrase)] if at >= 0 else phrase


def pattern(text: str) -> str:
    """A pattern in RE2's syntax for a text, whatever its numbers and addresses."""
    parts = _VARIES.split(_SPACE.sub(" ", text).strip())
    varying = (r"\d+" if part.isdigit() else "[^ ]+" for part in parts[1::2])
    steady = [_SPECIAL.sub(r"\\\g<0>", part) for part in parts[0::2]]
    return "".join(part for pair in zip_longest(steady, varying, fillvalue="") for part in pair)


@cache
def _words() -> tuple[re.Pattern[str], tuple[tuple[RemovedKind, re.Pattern[str]], ...]]:
    told = yaml.safe_load((files(__package__) / "words.yaml").read_text("utf-8"))
    kinds = tuple((RemovedKind(kind), _any_of(each)) for kind, each in told["kinds"].items())
    return _any_of(told["opens"]), kinds


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, phrases)) + r")(?!\w)", re.IGNORECASE)


def opens(text: str) -> bool:
    """Whether a text begins with words of boilerplate."""
    return _words()[0].match(text) is not None


def kind_of(group: Sequence[Found]) -> RemovedKind:
    """What kind of boilerplate the pieces probably are, by their words."""
    if all(one.piece.text.startswith("(") for one in group):
        return RemovedKind.CREDIT
    text = " ".join(dict.fromkeys(one.piece.text for one in group[:SAMPLES]))
    return next((kind for kind, told in _words()[1] if told.search(text)), RemovedKind.OTHER)
