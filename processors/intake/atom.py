"""Atom (RFC 4287): one article an entry; an RFC 6721 tombstone kills the story it names."""

from __future__ import annotations

from dataclasses import dataclass

from processors.errors import Invalid
from processors.intake.conform import conforming
from processors.intake.identity import identity, language, outlet, web
from processors.intake.limits import within
from processors.intake.markup import (
    Element,
    every,
    find,
    inner_html,
    is_html,
    lang,
    local,
    plain,
    raw,
    text_at,
)
from processors.intake.moments import moment
from processors.intake.ninjs_schema import Document
from processors.records import Article, State


@dataclass(frozen=True, slots=True)
class _Feed:
    """What holds for all entries that don't say it themselves; read once."""

    source: str
    language: str | None
    authors: str | None
    rights: str | None


def read(root: Element) -> tuple[Article, ...]:
    """All entries and tombstones, in the feed's order.

    Raises:
        Invalid: no entry, or one without id.
    """
    found = [child for child in root if local(child) in ("entry", "deleted-entry")]
    if not found:
        raise Invalid("the feed has no entry")
    feed = _Feed(
        source=outlet(url=_link(root), provider=text_at(root, "title")),
        language=lang(root),
        authors=_authors(root),
        rights=text_at(root, "rights"),
    )
    return tuple(
        _tombstone(one, number) if local(one) == "deleted-entry" else _entry(one, feed, number)
        for number, one in enumerate(within(found), 1)
    )


def _tombstone(one: Element, number: int) -> Article:
    uri = _identity(number, one.get("ref"))
    return Article(
        uri=uri, source=outlet(uri=uri), version_created=moment(one.get("when")), state=State.CANCELED
    )


def _entry(entry: Element, feed: _Feed, number: int) -> Article:
    link = _link(entry)
    uri = _identity(number, text_at(entry, "id"), link)
    body, is_markup = _text(find(entry, "content"))
    summary, summary_is_markup = _text(find(entry, "summary"))
    return Article(
        uri=uri,
        body=body or summary,
        body_type="html" if (is_markup if body else summary_is_markup) else "text",
        title=plain(_text(find(entry, "title"))[0]),
        byline=_authors(entry) or feed.authors,
        source=outlet(url=link, uri=uri) or feed.source,
        language=language(lang(entry), lang(find(entry, "content")), feed.language),
        url=web(link),
        version_created=moment(text_at(entry, "updated")),
        published=moment(text_at(entry, "published")),
        carried=conforming(_carried(entry, feed, plain(summary) if body else None)),
    )


def _identity(number: int, *stated: str | None) -> str:
    try:
        return identity(*stated)
    except Invalid as error:
        raise Invalid(f"entry {number}: {error}") from None


def _link(element: Element) -> str | None:
    """The address of the page itself: of relation "alternate", which is also meant when none is given."""
    links = [link for link in every(element, "link") if link.get("rel", "alternate") == "alternate"]
    page = next((link for link in links if "html" in link.get("type", "html")), None)
    return None if page is None else page.get("href")


def _text(element: Element | None) -> tuple[str, bool]:
    """An Atom text construct, and whether it is HTML."""
    if element is None:
        return "", False
    kind = element.get("type", "text")
    if kind in ("xhtml", "application/xhtml+xml") and len(element):
        inner = find(element, "div")
        return inner_html(element if inner is None else inner), True
    text = raw(element) or ""
    return text, "html" in kind or is_html(text)


def _authors(element: Element) -> str | None:
    return ", ".join(name for one in every(element, "author") if (name := text_at(one, "name"))) or None


def _carried(entry: Element, feed: _Feed, summary: str | None) -> Document:
    subjects = [
        {
            part: value
            for part, value in (("name", one.get("label") or one.get("term")), ("literal", one.get("term")))
            if value
        }
        for one in every(entry, "category")
    ]
    found: Document = {
        "subjects": [subject for subject in subjects if subject],
        "descriptions": [{"role": "summary", "value": summary}] if summary else [],
        "copyrightNotice": text_at(entry, "rights") or feed.rights,
    }
    return {name: value for name, value in found.items() if value}
