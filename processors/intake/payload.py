"""Bytes to text: byte order marks, the stated charset, and what to do when the statement is wrong.

UTF-8 is tried before a stated charset: text of another charset that has non-ASCII bytes is hardly ever valid UTF-8,
while feeds that are UTF-8 and say iso-8859-1 are common.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Charsets that text comes in. Python has text codecs that are none (unicode_escape, punycode): those stay out.
_CHARSETS = re.compile(
    r"(utf-(8|16|32)(-[lb]e)?|ascii|iso8859-\d+|cp\d+|koi8-[rtu]|mac-\w+|gbk|gb2312|gb18030|big5|big5hkscs"
    r"|shift_jis|euc_jp|euc_kr|tis-620)"
)
# A few bad bytes in a text that is UTF-8 otherwise are mended one by one; with more the text is no UTF-8.
_MOST_BAD_BYTES = 2_000


def decode(payload: bytes, declared: str | None = None) -> str:
    """The payload as text, without byte order mark; never fails.

    Args:
        payload: any bytes.
        declared: charset that the content type or the document itself states.
    """
    for mark, charset in _MARKS:
        if payload.startswith(mark):
            return payload[len(mark) :].decode(charset, "replace")
    if wide := _unmarked_utf16(payload):
        return payload.decode(wide, "replace")
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        pass
    stated = _charset(declared)
    if stated is not None and stated != "utf-8":
        try:
            return payload.decode(stated)
        except UnicodeDecodeError:
            pass
    return _mended(payload)


def _charset(name: str | None) -> str | None:
    try:
        found = codecs.lookup(name.strip().lower()).name if name else None
    except (LookupError, ValueError):
        return None
    if found == "iso8859-1":
        return "cp1252"  # what browsers do: 0x80-0x9F are curly quotes and dashes, not control characters
    return found if found and _CHARSETS.fullmatch(found) else None


def _unmarked_utf16(payload: bytes) -> str | None:
    """UTF-16 without a mark shows by the NUL beside the first, ASCII, character: "<" or "{"."""
    if len(payload) % 2 or payload[:2].count(0) != 1 or payload[2:4].count(0) != 1:
        return None
    return "utf-16-le" if payload[1] == 0 else "utf-16-be"


def _mended(payload: bytes) -> str:
    """Bytes that are not UTF-8 read as windows-1252: all of them, or only those that break UTF-8."""
    text = payload.decode("utf-8", "replace")
    has_utf8 = not payload.decode("utf-8", "ignore").isascii()
    if has_utf8 and text.count("\ufffd") <= _MOST_BAD_BYTES:
        return payload.decode("utf-8", _WINDOWS)
    return payload.decode("cp1252", "replace")


def _windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return bad.decode("cp1252", "replace"), error.end


_WINDOWS = "kawat.windows-1252"
codecs.register_error(_WINDOWS, _windows)
