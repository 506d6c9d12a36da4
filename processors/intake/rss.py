"""RSS 2.0, and RSS 1.0 whose items stand beside the channel: one article an item."""

from __future__ import annotations

from dataclasses import dataclass

from processors.errors import Invalid
from processors.intake.conform import conforming
from processors.intake.identity import identity, language, outlet, web
from processors.intake.limits import within
from processors.intake.markup import Element, every, find, is_html, local, plain, raw, text_at
from processors.intake.moments import moment
from processors.intake.ninjs_schema import Document
from processors.records import Article

# Dates in free words take milliseconds: more of them than this are not worth holding up the other lanes.
_SLOW_DATES = 100
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


@dataclass(frozen=True, slots=True)
class _Channel:
    """What holds for all items that don't say it themselves; read once: a channel may have 20,000 children."""

    source: str
    language: str | None
    notice: str | None


def read(root: Element) -> tuple[Article, ...]:
    """All items, in the feed's order.

    Raises:
        Invalid: no item, or one with neither guid nor link.
    """
    items = [item for item in root.iter() if local(item) == "item"]
    if not items:
        raise Invalid("the feed has no item")
    channel = _channel(find(root, "channel"))
    return tuple(_item(item, channel, number) for number, item in enumerate(within(items), 1))


def _channel(channel: Element | None) -> _Channel:
    return _Channel(
        source=outlet(url=text_at(channel, "link"), provider=text_at(channel, "title")),
        language=language(text_at(channel, "language")),
        notice=text_at(channel, "copyright") or text_at(channel, "rights"),
    )


def _item(item: Element, channel: _Channel, number: int) -> Article:
    guid, link = _own(item, "guid"), _own(item, "link")
    try:
        uri = identity(guid, link, item.get(_ABOUT))
    except Invalid as error:
        raise Invalid(f"item {number}: {error}") from None
    url = web(link, guid)
    whole, summary = raw(find(item, "encoded")), raw(_element(item, "description"))
    body = whole or summary or ""
    return Article(
        uri=uri,
        body=body,
        body_type="html" if is_html(body) or "&" in body else "text",
        title=plain(_own(item, "title")),
        byline=plain(text_at(item, "creator") or _own(item, "author")),
        source=outlet(url=url, uri=uri) or channel.source,
        language=language(text_at(item, "language")) or channel.language,
        url=url,
        version_created=moment(text_at(item, "updated")) or moment(text_at(item, "modified")),
        published=moment(_own(item, "pubDate"), words=number <= _SLOW_DATES) or moment(text_at(item, "date")),
        carried=conforming(_carried(item, channel, plain(summary) if whole else None)),
    )


def _element(item: Element, name: str) -> Element | None:
    """RSS's own: `media:title` and `atom:link` are others. RSS 1.0 has a namespace, RSS 2.0 none."""
    return item.find(item.tag.removesuffix("item") + name)


def _own(item: Element, name: str) -> str | None:
    return raw(_element(item, name))


def _carried(item: Element, channel: _Channel, summary: str | None) -> Document:
    subjects = [{"name": name} for one in every(item, "category") if (name := plain(raw(one)))]
    found: Document = {
        "subjects": subjects,
        "descriptions": [{"role": "summary", "value": summary}] if summary else [],
        "copyrightNotice": text_at(item, "rights") or channel.notice,
    }
    return {name: value for name, value in found.items() if value}
