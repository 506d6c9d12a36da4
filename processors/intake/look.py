"""What a payload is: what its content type says, unless a look at its first characters says otherwise."""

from __future__ import annotations

import re
from typing import Literal

from processors.errors import UnknownFormat
from processors.intake.vocabulary import mapping, names

Family = Literal["json", "xml", "html", "text"]

_PARAMETER = re.compile(r";\s*charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_JSON = re.compile(r"(application|text)/(.*\+)?(x-)?json")
_XML = re.compile(r"(application|text)/(.*\+)?(xml|vnd\.iptc\.nitf|nitf|rss|atom)(-.*)?")
_HTML = re.compile(r"text/html|application/xhtml(\+xml)?|application/vnd\.wap\.xhtml\+xml")
_TEXT = re.compile(r"text/(plain|markdown|x-.*)")

# "[Update] ..." and "{x}" may begin a text; these may not.
_JSON_START = re.compile(r"[\ufeff\s]*(\{\s*[\"}]|\[\s*[\[{])")
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]{0,60})")
_XML_ENCODING = re.compile(r"""\s*<\?xml[^>]{0,100}?\bencoding\s*=\s*["']([A-Za-z0-9_.:-]{1,40})""")
_HTML_CHARSET = re.compile(
    r"""<meta\b[^>]{0,200}?\bcharset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE
)
# How far into a page its charset is looked for: the HTML standard's figure.
_HEAD = 1_024

XML_ROOTS = mapping("xml_roots")
_HTML_ROOTS = names("html_elements")
# Formats that are neither text nor ours, by their first bytes: to say so rather than to read them as text.
_BINARY = (
    b"%PDF",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"{\\rtf",
    b"\x28\xb5\x2f\xfd",
)


def stated(content_type: str | None) -> tuple[Family | None, str | None]:
    """Family and charset that a content type names; None for each that it doesn't."""
    if not content_type:
        return None, None
    media = content_type.partition(";")[0].strip().lower()
    charset = _PARAMETER.search(content_type)
    family: Family | None = None
    if _HTML.fullmatch(media):
        family = "html"
    elif _JSON.fullmatch(media):
        family = "json"
    elif _XML.fullmatch(media):
        family = "xml"
    elif _TEXT.fullmatch(media):
        family = "text"
    return family, charset[1] if charset else None


def declared_charset(payload: bytes) -> str | None:
    """The charset that XML or HTML states inside itself."""
    head = payload[:_HEAD].decode("latin-1")
    found = _XML_ENCODING.match(head.removeprefix("\xef\xbb\xbf")) or _HTML_CHARSET.search(head)
    return found[1] if found else None


def look(text: str, family: Family | None) -> Family:
    """The family of a document, by its first characters where these are plain, else as stated.

    Raises:
        UnknownFormat: nothing was stated and the text looks like nothing we read.
    """
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if (start == "{" and family in (None, "json")) or _JSON_START.match(text):
        return "json"
    if start == "<":
        root = root_name(text)
        if root.rpartition(":")[2] in XML_ROOTS:
            return "xml"
        if root.lower() in _HTML_ROOTS:
            return "html"
        if family in (None, "json"):
            return "xml"
    if family is not None:
        return family
    if not _is_text(text):
        raise UnknownFormat(
            "neither text nor markup; ninjs, NewsML, NITF, RSS, Atom, HTML, JSON and text are read"
        )
    return "text"


def is_binary(payload: bytes) -> bool:
    return payload.startswith(_BINARY)


def root_name(text: str) -> str:
    """Name of the first element, with its prefix; "" when there is none. Prolog and comments are passed over."""
    at = 0
    while (at := text.find("<", at)) >= 0:
        if text.startswith("<!--", at):
            end = text.find("-->", at + 4)
        elif text.startswith(("<?", "<!"), at):
            end = text.find(">", at)
        else:
            found = _ROOT.match(text, at)
            return found[1] if found else ""
        if end < 0:
            return ""
        at = end
    return ""


def _is_text(text: str) -> bool:
    """Readable characters, with at most one in a hundred that is none."""
    sample = text[:4_096]
    odd = sum(not letter.isprintable() and not letter.isspace() for letter in sample) + sample.count("\ufffd")
    return odd * 100 <= len(sample)
