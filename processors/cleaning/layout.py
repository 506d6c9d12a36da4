"""Lines that their place and form give away, without any phrase: the repeated title, tags, tables of contents,
captions printed twice, posts embedded in another language, a headline alone at the end.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from processors.cleaning.cuts import Draft
from processors.cleaning.headline import headline_like
from processors.cleaning.rules import Rules, bare
from processors.records import RemovedKind

_FOLD = re.compile(r"[\W_]+")
_DASH = re.compile(r"[-–—]+(?:\s|\Z)")
_ENDS = (".", '."', ".”", ".'", "!", "?", '?"', '!"', "?”", "!”", ":", ";", ",", ")", "…")

SAMPLE = 30
"""Lines that tell in which language a story is."""


def mark_layout(draft: Draft, rules: Rules, title: str | None) -> None:
    """Marks them; lines that phrases and shapes know are marked already."""
    if not draft.lines:
        return
    _mark_title(draft, title)
    _mark_contents(draft, rules.contents)
    _mark_doubles(draft)
    _mark_embedded(draft)
    _spare_listicle(draft, rules.photo_credit)
    _mark_tail(draft)


def _mark_title(draft: Draft, title: str | None) -> None:
    """The title at the head of the story: known by the story's title, or by the dash or gap that sets it off."""
    first = next((index for index, kind in enumerate(draft.kinds) if kind is None), None)
    if first is None or first > 2:
        return
    line = draft.line(first)
    if title:
        alike = abs(len(line) - len(title)) < 12 and line[:1].casefold() == title[:1].casefold()
        if alike and _FOLD.sub("", line).casefold() == _FOLD.sub("", title).casefold():
            draft.kinds[first] = RemovedKind.NAV
            return
    if first + 1 < len(draft.lines) and len(line) < 160 and headline_like(line):
        below = draft.line(first + 1)
        gap = "\n\n" in draft.text[draft.lines[first][1] : draft.lines[first + 1][0]]
        if _DASH.match(below) or (gap and not line.endswith(_ENDS)):
            draft.kinds[first] = RemovedKind.NAV


def _mark_contents(draft: Draft, labels: frozenset[str]) -> None:
    """A table of contents: short lines without an end under its label; the numbers of pages under theirs."""
    for index, kind in enumerate(draft.kinds):
        if kind is not RemovedKind.NAV:
            continue
        below = index + 1
        while below < len(draft.lines) and draft.line(below).isdigit():
            draft.kinds[below] = RemovedKind.NAV
            below += 1
        if bare(draft.line(index)) in labels:
            _mark_entries(draft, index)


def _mark_entries(draft: Draft, label: int) -> None:
    for index in range(label + 1, min(label + 25, len(draft.lines))):
        line = draft.line(index)
        sentence = line.endswith((".", ",", ":")) or len(line.split()) > 14
        body = index + 1 < len(draft.lines) and _DASH.match(draft.line(index + 1))
        if draft.kinds[index] is not None or sentence or body:
            return
        draft.kinds[index] = RemovedKind.NAV


def _mark_doubles(draft: Draft) -> None:
    """What pages print twice: a video's title on two lines, a caption twice on one line."""
    kinds = draft.kinds
    for index in range(len(kinds)):
        if kinds[index] is not None:
            continue
        line = draft.line(index)
        again = index + 1 < len(kinds) and kinds[index + 1] is None and line == draft.line(index + 1)
        if again and len(line) < 200 and headline_like(line.rstrip("?!")):
            kinds[index] = kinds[index + 1] = RemovedKind.MEDIA
        elif 40 < len(line) < 900 and _doubled(line):
            kinds[index] = RemovedKind.MEDIA


def _doubled(line: str) -> bool:
    """Whether the line ends with the same words twice, a credit of up to sixty characters aside."""
    tail = line[-16:]
    at = line.rfind(tail, 0, len(line) - 16)
    if at < 0:
        return False
    size = len(line) - (at + 16)  # of the second print, the space before it included
    start = at + 16 - (size - 1)
    return size > 20 and 0 <= start <= 60 and line[start : at + 16] == line[len(line) - size + 1 :]


@cache
def function_words() -> tuple[frozenset[str], frozenset[str]]:
    """Words that tell English and French from Indonesian: (foreign, Indonesian)."""
    text = (files(__package__) / "function_words.txt").read_text("utf-8")
    foreign, native = text.split("---")
    return frozenset(foreign.split()), frozenset(native.split())


def foreign(line: str) -> bool:
    """Whether a line of an Indonesian story is in another language."""
    alien, native = function_words()
    words = [word.strip(".,!?:;\"'“”‘’()").casefold() for word in line.split()]
    return sum(word in alien for word in words) >= 2 and not any(word in native for word in words)


def _mark_embedded(draft: Draft) -> None:
    """The lines of an embedded post that stand before the line that tells it, where the story is in another language."""
    if "pic.twitter.com" not in draft.text:
        return
    kinds = draft.kinds
    story = [index for index, kind in enumerate(kinds) if kind is None][:SAMPLE]
    if 2 * sum(foreign(draft.line(index)) for index in story) > len(story):
        return
    for index, kind in enumerate(kinds):
        if kind is RemovedKind.MEDIA and "pic.twitter.com" in draft.line(index):
            above = index - 1
            while above >= 0 and kinds[above] is None and foreign(draft.line(above)):
                kinds[above] = RemovedKind.MEDIA
                above -= 1


def _spare_listicle(draft: Draft, credit: re.Pattern[str] | None) -> None:
    """Where line after line ends in a photo's credit, the lines are the story: only the credits go."""
    if credit is None:
        return
    found = {}
    for index, kind in enumerate(draft.kinds):
        if kind is RemovedKind.MEDIA:
            start, end = draft.lines[index]
            match = credit.search(draft.text, max(start, end - 90), end)
            if match and match.start() > start:
                found[index] = match.start() + 1
    if len(found) >= 4:
        for index, start in found.items():
            draft.kinds[index] = None
            draft.cut(index, start, draft.lines[index][1], RemovedKind.MEDIA)


def _mark_tail(draft: Draft) -> None:
    """Tags, and the headline of another story, after the story's last sentence."""
    kinds = draft.kinds
    _mark_after_initials(draft)
    last = len(kinds) - 1
    run: list[int] = []
    while last >= 0 and (kinds[last] is not None or _tag(draft.line(last))):
        if kinds[last] is None:
            run.append(last)
        elif run:
            for index in run:
                kinds[index] = RemovedKind.NAV
            run = []
        last -= 1
    end = next((index for index in range(len(kinds) - 1, 0, -1) if kinds[index] is None), None)
    if end is None or end < 3:
        return
    line, closed = draft.line(end), _closes(draft.line(end - 1))
    words = len(line.split())
    if closed and words <= 4 and len(line) < 40 and line.isupper() and not line.endswith(_ENDS):
        kinds[end] = RemovedKind.CREDIT  # a name
    elif closed and words >= 5 and headline_like(line) and not (line.endswith(_ENDS) or line[0].isdigit()):
        kinds[end] = RemovedKind.RELATED


_INITIALS = re.compile(r"\([a-z]{2,5}\d?/[a-z]{2,5}\d?\)\W*\Z")


def _mark_after_initials(draft: Draft) -> None:
    """The reporter's and the editor's initials on a line of their own end a story; tags follow."""
    for index in range(len(draft.kinds) - 1, len(draft.kinds) // 2, -1):
        if draft.kinds[index] is RemovedKind.CREDIT and _INITIALS.match(draft.line(index)):
            for below in range(index + 1, len(draft.kinds)):
                line = draft.line(below)
                if draft.kinds[below] is None and not line.endswith(_ENDS) and len(line) < 130:
                    draft.kinds[below] = RemovedKind.NAV
            return


def _tag(line: str) -> bool:
    return len(line) < 130 and not line.endswith(_ENDS) and line.casefold() == line and not line[0].isdigit()


def _closes(line: str) -> bool:
    return line.endswith((".", '."', ".”", "!", "?", '"', "”"))
