"""The two formats that need no standard: a flat JSON object, and text alone."""

from __future__ import annotations

import re
from typing import Any

from processors.errors import Invalid
from processors.intake.identity import identity, language, outlet, state_under, urgency, version, web
from processors.intake.markup import plain
from processors.intake.moments import embargo, moment
from processors.intake.ninjs_schema import Document, kind
from processors.intake.vocabulary import names
from processors.records import Article

_OURS = names("plain_only")
_NINJS = names("ninjs_only")
_WHOLE_PAGE = re.compile(r"\s*(<!doctype\b|<html\b)", re.IGNORECASE)
_TEXTS = names("plain_strings")


def is_plain(document: Document) -> bool:
    """Whether a JSON object is this format rather than ninjs. Superdesk's items have a `guid` and no `text`."""
    if not _NINJS.isdisjoint(document) or any(name.startswith("body_") for name in document):
        return False
    if "guid" in document:
        return "text" in document or "html" in document
    return not _OURS.isdisjoint(document)


def read_json(document: Document, *, key: str | None = None) -> Article:
    """`{uri|id|guid, url, title, text|html, source, language, version, published}`; the rest is optional or passed over.

    Also known: `updated`, `author`, `embargoed`, `pubStatus`, `type`, `urgency`.

    Raises:
        Invalid: neither identity nor key, neither text nor html, or a property of a wrong type.
    """
    url = document.get("url")
    uri = identity(document.get("uri"), document.get("id"), document.get("guid"), key or url)
    for name in _TEXTS:
        if document.get(name) is not None and not isinstance(document[name], str):
            raise Invalid(f"{name} must be a string, not {type(document[name]).__name__}", uri=uri)
    markup, text = document.get("html"), document.get("text")
    if text is None and markup is None:
        raise Invalid("neither text nor html", uri=uri)
    until, endless = embargo(document.get("embargoed"))
    return Article(
        uri=uri,
        body=markup or text or "",
        body_type="html" if markup else "text",
        page=bool(markup and is_page(markup)),
        title=plain(_first(document, "title", "headline")),
        byline=plain(_first(document, "author", "byline")),
        source=outlet(provider=document.get("source")) or outlet(url=url, uri=uri),
        language=language(document.get("language")),
        url=web(url, uri),
        version=version(document.get("version")),
        version_created=moment(_first(document, "updated", "version_created"), words=True),
        published=moment(document.get("published"), words=True),
        embargoed=until,
        state=state_under(_first(document, "pubStatus", "pubstatus", "status"), endless=endless),
        urgency=urgency(document.get("urgency")),
        type=kind(document.get("type")),
    )


def read_text(text: str, *, key: str | None = None) -> Article:
    """The text is the story; its identity can only be the record's key.

    Raises:
        Invalid: the record has no key.
    """
    if not key:
        raise Invalid("plain text has no identity of its own: the record needs the story's uri as its key")
    uri = identity(key)
    return Article(uri=uri, body=text, source=outlet(uri=uri), url=web(uri))


def is_page(markup: str) -> bool:
    """A whole page, with what stands around the story, rather than a fragment."""
    return _WHOLE_PAGE.match(markup) is not None


def _first(document: Document, *names: str) -> Any:
    return next((document[name] for name in names if document.get(name) is not None), None)
