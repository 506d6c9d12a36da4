"""XML without its dangers, and pieces of it as HTML or plain text.

lxml directly, not newsmlg2 or feedparser: this runs in the consumer's event loop, so a document must be read in
well under a millisecond, and no library reads more than one of the formats. No entity is ever expanded, no DTD
loaded and no address fetched; documents that declare entities are refused before they are parsed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import lru_cache

from lxml import etree

from processors.errors import Malformed

Element = etree._Element  # noqa: SLF001 - lxml's own name for what it returns

_BEFORE = "\ufeff \t\r\n"
_DECLARATION = re.compile(r"<\?xml[^>]{0,200}\?>")
_REFERENCE = re.compile(r"&(#\d{1,7};|#x[0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)?")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_XML_OWN = frozenset(("&amp;", "&lt;", "&gt;", "&quot;", "&apos;"))
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_DOCUMENT = re.compile(r"\s*<(!doctype|html|head|body)\b", re.IGNORECASE)
_BODY = re.compile(r"<body\b[^<>]*+>", re.IGNORECASE)
_DROPPED = "dropped"
_HTML_SIGN = re.compile(
    r"</?(?:p|br|div|a|h[1-6]|ul|ol|li|table|blockquote|section|article|body|html|em|strong|b|i|span|figure|img)\b",
    re.IGNORECASE,
)


def parse(text: str) -> Element:
    """The root of an XML document. What feeds get wrong most is mended: a bare "&", HTML's entities, control
    characters.

    Raises:
        Malformed: not well-formed, nested deeper than 256, or with entities of its own.
    """
    if "<!ENTITY" in text and "<!DOCTYPE" in text:
        raise Malformed("XML that declares entities is not read")
    body = text.lstrip(_BEFORE)
    if declaration := _DECLARATION.match(body):
        body = body[declaration.end() :].lstrip(_BEFORE)
    try:
        root = _strict(body)
        if next(root.iter(etree.Entity), None) is None:
            return root
    except etree.XMLSyntaxError:
        pass
    try:
        return _strict(_mend(body))
    except etree.XMLSyntaxError as error:
        raise Malformed(f"XML is not well-formed: {_fault(error)}") from None


def _strict(text: str) -> Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    return etree.fromstring(text.encode("utf-8", "replace"), parser)


def _fault(error: etree.XMLSyntaxError) -> str:
    """libxml2's name of the fault and its place; its message may quote the document."""
    names = [entry.type_name for entry in error.error_log]  # type: ignore[attr-defined]  # it is, lxml-stubs lacks it
    name = names[-1].removeprefix("ERR_").replace("_", " ").lower() if names else "no element"
    return f"{name} at line {error.lineno}, column {error.offset}"


def _mend(text: str) -> str:
    """References outside CDATA made such that XML knows them; forbidden characters dropped."""
    pieces, at = [], 0
    text = _FORBIDDEN.sub("", text)
    while (start := text.find("<![CDATA[", at)) >= 0 and (end := text.find("]]>", start)) >= 0:
        pieces += [_REFERENCE.sub(_known, text[at:start]), text[start:end]]
        at = end
    pieces.append(_REFERENCE.sub(_known, text[at:]))
    return "".join(pieces)


def _known(reference: re.Match[str]) -> str:
    return _meaning(reference[0])


@lru_cache(maxsize=4_096)
def _meaning(written: str) -> str:
    if written in _XML_OWN:
        return written
    meant = html.unescape(written)
    if meant == written or not meant or _FORBIDDEN.search(meant):
        return "&amp;" + written[1:]
    return html.escape(meant)


def local(element: Element) -> str:
    """Name without namespace; "" for an entity."""
    tag: object = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def find(element: Element | None, path: str) -> Element | None:
    """First element at a path of local names ("itemMeta/provider"), whatever their namespace."""
    return None if element is None else element.find(_any(path))


def every(element: Element | None, path: str) -> Iterator[Element]:
    """All elements at a path of local names; ".//x" finds at any depth."""
    return iter(()) if element is None else element.iterfind(_any(path))


def _any(path: str) -> str:
    return "/".join(step if step in ("", ".", "*") else "{*}" + step for step in path.split("/"))


def words(element: Element | None) -> str | None:
    """All text inside, white space folded; None for nothing."""
    text = raw(element)
    return " ".join(text.split()) if text else None


def raw(element: Element | None) -> str | None:
    """All text inside as it stands, without white space around it; None for nothing."""
    return None if element is None else "".join(map(str, element.itertext())).strip() or None


def text_at(element: Element | None, path: str) -> str | None:
    return words(find(element, path))


def lang(element: Element | None) -> str | None:
    return None if element is None else element.get("{http://www.w3.org/XML/1998/namespace}lang")


def inner_html(element: Element, rename: Callable[[str], str | None] | None = None) -> str:
    """What an element holds, as an HTML fragment without namespaces.

    Args:
        element: its own tag is left out.
        rename: from local name to HTML's name; None drops the element with what it holds.
    """
    copy = deepcopy(element)
    for inner in list(copy.iter()):
        name = local(inner).lower()
        if inner is copy or not name:
            continue
        new = rename(name) if rename else name
        inner.tag = new or _DROPPED
    etree.strip_elements(copy, _DROPPED, with_tail=False)
    copy.tag = "div"
    copy.attrib.clear()
    copy.tail = None
    etree.cleanup_namespaces(copy)
    # Namespaces in scope are written on the outermost tag, which goes.
    whole: str = etree.tostring(copy, encoding="unicode", method="html")
    return whole[whole.index(">") + 1 : whole.rindex("<")].strip()


def inside_body(text: str) -> str:
    """Of HTML that is a document of its own, what its body holds: the title is told elsewhere."""
    if not _DOCUMENT.match(text):
        return text
    start, end = _BODY.search(text), text.rfind("</body")
    return text[start.end() : end if end > start.end() else None].strip() if start else text


def is_html(text: str) -> bool:
    """Whether a string holds mark-up rather than plain text."""
    return "<" in text and _HTML_SIGN.search(text) is not None


def plain(text: str | None) -> str | None:
    """A headline without mark-up and entities, on one line; None for nothing."""
    if not text:
        return None
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    return " ".join(text.split()) or None
