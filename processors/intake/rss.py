"""RSS 2.0, and RSS 1.0 whose items stand beside the channel: one article an item."""

from __future__ import annotations

from processors.errors import Invalid
from processors.intake.conform import conforming
from processors.intake.identity import identity, language, outlet, web
from processors.intake.markup import Element, every, find, is_html, local, plain, raw, text_at
from processors.intake.moments import moment
from processors.intake.ninjs_schema import Document
from processors.records import Article

_DC = "{http://purl.org/dc/elements/1.1/}"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


def read(root: Element) -> tuple[Article, ...]:
    """All items, in the feed's order.

    Raises:
        Invalid: no item, or one with neither guid nor link.
    """
    channel = find(root, "channel")
    items = [item for item in root.iter() if local(item) == "item"]
    if not items:
        raise Invalid("the feed has no item")
    return tuple(_item(item, channel, number) for number, item in enumerate(items, 1))


def _item(item: Element, channel: Element | None, number: int) -> Article:
    guid, link = _own(item, "guid"), _own(item, "link")
    try:
        uri = identity(guid, link, item.get(_ABOUT))
    except Invalid as error:
        raise Invalid(f"item {number}: {error}") from None
    url = web(link, guid)
    body = raw(find(item, "encoded")) or raw(find(item, "description")) or ""
    summary = plain(raw(find(item, "description"))) if find(item, "encoded") is not None else None
    return Article(
        uri=uri,
        body=body,
        body_type="html" if is_html(body) or "&" in body else "text",
        title=plain(_own(item, "title")),
        byline=plain(text_at(item, "creator") or _own(item, "author")),
        source=outlet(url=url, uri=uri)
        or outlet(url=text_at(channel, "link"), provider=text_at(channel, "title")),
        language=language(
            text_at(item, "language"),
            text_at(channel, "language"),
            None if channel is None else channel.findtext(_DC + "language"),
        ),
        url=url,
        version_created=moment(text_at(item, "updated")) or moment(text_at(item, "modified")),
        published=moment(_own(item, "pubDate")) or moment(text_at(item, "date")),
        carried=conforming(_carried(item, channel, summary)),
    )


def _own(item: Element, name: str) -> str | None:
    """Text of RSS's own element: `media:title` and `atom:link` are others. RSS 1.0 has a namespace, RSS 2.0 none."""
    return raw(item.find(item.tag.removesuffix("item") + name))


def _carried(item: Element, channel: Element | None, summary: str | None) -> Document:
    subjects = [{"name": name} for one in every(item, "category") if (name := plain(raw(one)))]
    found: Document = {
        "subjects": subjects,
        "descriptions": [{"role": "summary", "value": summary}] if summary else [],
        "copyrightNotice": text_at(item, "rights") or text_at(channel, "copyright"),
    }
    return {name: value for name, value in found.items() if value}
