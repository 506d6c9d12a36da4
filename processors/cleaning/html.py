"""HTML to lines of text: whole pages by their main content, fragments by their paragraphs."""

from __future__ import annotations

import re

from lxml import etree, html

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "iframe",
        "object",
        "embed",
        "svg",
        "math",
        "template",
        "head",
        "title",
        "nav",
        "form",
        "button",
        "select",
        "textarea",
        "figure",
        "figcaption",
        "audio",
        "video",
        "canvas",
    ]
)
_SPACES = re.compile(r" {2,}")


SHORT = 2_000
"""Characters of a page's text below which a second, more generous look is worth its time."""
ENOUGH = 0.6
"""Share of the generous text's sentences that the precise one must have to be believed."""

_SENTENCES = re.compile(r"(?m)^.{60,}[.!?][\"”’')]*\s*$")


def page_text(page: str) -> str:
    """The main text of a whole page, a paragraph a line; empty if there is none."""
    import trafilatura  # noqa: PLC0415 - heavy, and most stories are no pages

    found: str = trafilatura.extract(page, include_comments=False, favor_precision=True) or ""
    if len(found) < SHORT:
        # precision now and then throws a story away with its surroundings; of a gallery it keeps what there is
        more: str = trafilatura.extract(page, include_comments=False) or ""
        if not _prose(found) or _prose(found) < ENOUGH * _prose(more):
            return more
    return found


def _prose(text: str) -> int:
    """Characters of the lines that end like sentences: menus and lists of headlines have none."""
    return sum(len(line) for line in _SENTENCES.findall(text))


def fragment_text(fragment: str) -> str:
    """The text of a fragment, a block a line. Pictures with their captions, scripts and forms are left out."""
    if not fragment.strip():
        return ""
    root = html.fromstring(f"<div>{fragment}</div>", parser=html.HTMLParser(huge_tree=True))
    parts: list[str] = []
    skipped = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            if not skipped and element.tail:
                parts.append(_flat(element.tail))
            continue
        tag = element.tag
        if event == "start":
            skipped += tag in SKIPPED
            if tag in BLOCKS:
                parts.append("\n")
            if not skipped and element.text:
                parts.append(_flat(element.text))
        else:
            skipped -= tag in SKIPPED
            if tag in BLOCKS:
                parts.append("\n")
            if not skipped and element.tail and element is not root:
                parts.append(_flat(element.tail))
    lines = (_SPACES.sub(" ", line).strip(" ") for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _flat(text: str) -> str:
    """Line breaks in HTML are spaces."""
    return text.replace("\r", " ").replace("\n", " ").replace("\t", " ")
