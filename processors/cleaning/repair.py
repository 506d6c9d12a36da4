"""Mends what transport and templates broke in a text: mojibake, zero-width characters, odd spaces, quotation marks
that became question marks, sentences and words joined without a space.

Text that is in order comes back as it is. What is mended is traced, so that offsets lead back to the source.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from unicodedata import is_normalized, normalize

from processors.cleaning.borders import joined_words
from processors.cleaning.sourcemap import Traced

_NON_ASCII = re.compile(r"[^\x00-\x7f]+")
_MARKS = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")
_FINE = frozenset("“”‘’–—…•«»éÉ°")
# a text without any others beyond ASCII has nothing to mend there: none of these begins a character in UTF-8's bytes
_PLAIN = "“”‘’–—…•«»°"
_ASCII = bytes(range(0x80))

_SPACES = dict.fromkeys(map(ord, "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"), " ")  # fmt: skip
_BREAKS = dict.fromkeys(map(ord, "\u2028\u2029"), "\n")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad\u200e\u200f\ufffe"), "")
_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"), "")
_HALVES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")  # of surrogate pairs: no text that can be encoded
_SWEEP = _SPACES | _BREAKS | _INVISIBLE | _HALVES


def _byte(char: str) -> int:
    """The byte that Windows-1252 shows as `char`; bytes without a character there stand for themselves."""
    try:
        return char.encode("cp1252")[0]
    except UnicodeEncodeError:
        return ord(char)


_C1 = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
_BYTES = {chr(code): code for code in range(0x80, 0x100)} | {
    char: _byte(char) for char in _C1.values() if char
}


def repair(text: Traced) -> Traced:
    """The text mended. Lines stay lines; nothing is judged as boilerplate here."""
    source = text
    data = text.text.encode("utf-8", "surrogatepass")
    if not data.isascii() and data.translate(None, _ASCII).decode("utf-8", "surrogatepass").strip(_PLAIN):
        text = text.edit(_foreign_edits(text.text))
        if not is_normalized("NFC", text.text):
            text = text.edit(_normal_edits(text.text))
    if b"  " in data or data.translate(None, _NO_ODD) or text is not source:
        text = text.edit(_space_edits(text.text))
    if "?" in text.text:
        text = text.edit(_quote_edits(text.text))
    spaces = {*_joints(text.text), *joined_words(text.text)}
    return text.edit([(at, at, " ") for at in sorted(spaces)])


def _foreign_edits(text: str) -> list[tuple[int, int, str]]:
    edits = []
    for match in _NON_ASCII.finditer(text):
        run = match.group()
        if run in _FINE:
            continue
        mended = _mend(run)
        if mended == "Â" and _orphan(text, match.start(), match.end()):
            mended = ""
        if mended != run:
            edits.append((match.start(), match.end(), mended))
    return edits


def _mend(run: str) -> str:
    """A run of characters beyond ASCII, with its encoding mended, odd spaces plain, invisible characters gone."""
    for _ in range(3):  # text that went through the mill twice has two layers
        decoded = _decode(run)
        if decoded is None:
            break
        run = decoded
    run = _MISREAD.sub("", run)
    run = run.translate(_C1).translate(_SWEEP)
    # a joiner is needed inside emoji and Arabic, and is litter between Latin letters
    return run.translate(_JOINERS) if run.translate(_JOINERS) == "" else run


# beside marks that are in order: the sign behind it is itself
_MISREAD = re.compile("Â(?=[\u00a0-\u00bf])")
# our news has none of these scripts: what looks like them is a letter with an accent before a mark, as in “KAFÉ”
_FOREIGN = re.compile("[\u0180-\u02af\u0800-\u1dff\u3000-\ud7ff]")


def _decode(run: str) -> str | None:
    """UTF-8 that was read as Windows-1252 or Latin-1; None if the run is not that."""
    if len(run) < 2 or run.isascii():
        return None
    try:
        decoded = bytes([_BYTES[char] for char in run]).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return None
    return None if _FOREIGN.search(decoded) else decoded


def _orphan(text: str, start: int, end: int) -> bool:
    """Whether an `Â` is what is left of a no-break space: white space or the end follows, no capital precedes."""
    return (end == len(text) or text[end].isspace()) and not (start and text[start - 1].isupper())


def _normal_edits(text: str) -> list[tuple[int, int, str]]:
    edits = []
    for match in _MARKS.finditer(text):
        composed = normalize("NFC", match.group())
        if composed != match.group():
            edits.append((match.start(), match.end(), composed))
    return edits


# control characters, line ends of other systems, tabs and runs of spaces (those around a line fall away with it)
_ODD = re.compile(r"\r\n?|[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]|  +")
_NO_ODD = bytes(code for code in range(0x100) if code == 0x0A or (code >= 0x20 and code != 0x7F))


def _space_edits(text: str) -> list[tuple[int, int, str]]:
    edits = []
    for match in _ODD.finditer(text):
        start, end = match.span()
        first = text[start]
        new = "\n" if first == "\r" else " " if first in " \t\v\f" else ""
        edits.append((start, end, new))
    return edits


# A question mark that opens a word is never punctuation: it stands for a lost opening quotation mark.
_LOST_OPEN = re.compile(r"\?{1,2}(?=[A-Za-z0-9])")
_LOST_CLOSE = re.compile(r"\?{1,2}(?=[\s,.;:)]|\Z)")


def _quote_edits(text: str) -> list[tuple[int, int, str]]:
    edits: list[tuple[int, int, str]] = []
    openings = [m for m in _LOST_OPEN.finditer(text) if not m.start() or text[m.start() - 1] in " \n(\t"]
    for index, opening in enumerate(openings):
        limit = openings[index + 1].start() if index + 1 < len(openings) else len(text)
        stop = text.find("\n", opening.end(), limit)
        stop = limit if stop < 0 else stop
        edits.append((opening.start(), opening.end(), '"'))
        closings = list(_LOST_CLOSE.finditer(text, opening.end(), stop))
        if closings:
            # a question inside the speech keeps its mark: the speech ends where a comma or a full stop precedes
            closing = next((c for c in closings if text[c.start() - 1] in ",."), closings[-1])
            edits.append((closing.start(), closing.end(), '"'))
    return edits


# "dilakukan.Dia": the word before is long and small, the word after is one of a sentence
_JOINT = re.compile(r"\.(?=[A-Z][a-z]*(?:\s|\Z))")
_WORD_BEFORE = re.compile(r"(?:\A|[\s(\"'“‘-])([A-Za-z][a-z]{2,})\Z")
_DOMAINS = re.compile(r"(?:Com|Co|Id|Net|Org|News|Tv|My|Go|Ac)\b")


@cache
def abbreviations() -> frozenset[str]:
    """Words that a full stop abbreviates: no sentence ends there."""
    return frozenset((files(__package__) / "abbreviations.txt").read_text("utf-8").split())


def _joints(text: str) -> list[int]:
    """Where a space is missing between two sentences."""
    found = []
    for match in _JOINT.finditer(text):
        before = _WORD_BEFORE.search(text, max(0, match.start() - 30), match.start())
        if before is None or _DOMAINS.match(text, match.end()):
            continue
        word = before.group(1)
        if word.lower() not in abbreviations() and (len(word) > 3 or word.islower()):
            found.append(match.end())
    return found
