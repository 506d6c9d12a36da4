"""The output document: a valid ninjs 3.1 object of a story, and the records of a story that may not be shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from processors.intake.conform import conforming
from processors.intake.moments import stamp
from processors.intake.ninjs_schema import kind
from processors.records import (
    Article,
    ArticleRecord,
    Enriched,
    Enrichment,
    EntitiesRecord,
    Entity,
    Label,
    Model,
    QuotesRecord,
    State,
)

STANDARD = {
    "name": "ninjs",
    "version": "3.1",
    "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json",
}

# Where ninjs puts things that a story names. Nationalities, laws, dates and amounts have no place of their own.
_PLACES_OF = {
    Label.PERSON: "people",
    Label.ORG: "organisations",
    Label.GPE: "places",
    Label.LOC: "places",
    Label.FAC: "places",
    Label.EVENT: "events",
    Label.PRODUCT: "objects",
    Label.WORK_OF_ART: "objects",
}
# What the document says itself, whatever the newsroom's own properties say.
_OURS = frozenset(
    [
        "uri",
        "standard",
        "type",
        "version",
        "versionCreated",
        "firstCreated",
        "embargoedUntil",
        "pubStatus",
        "urgency",
        "language",
        "by",
        "bodies",
    ]
)
# RFC 3986 without IP literals in brackets, which no story's identity has.
_SAFE = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
_URI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*:"
    rf"(?://(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{{2}})*@)?"
    rf"(?://)?{_SAFE}*(?:\?(?:{_SAFE}|\?)*)?(?:#(?:{_SAFE}|\?)*)?"
)
_AUTHORITY = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://(?:[A-Za-z0-9._~!$&'()*+,;=:%-]*@)?[A-Za-z0-9._~!$&'()*+,;=%-]*(?::[0-9]*)?(?=[/?#]|$)"
)


def document(
    article: Article, *, text: str, language: str | None, entities: tuple[Entity, ...]
) -> dict[str, Any]:
    """A valid ninjs 3.1 document, formats included.

    Args:
        article: the story as it came; what it carried goes along where ninjs allows it.
        text: the clean text; the document has one body, with role "clean", unless it is empty.
        language: of the text; None: what the newsroom stated.
        entities: those of `text`; people, organisations, places, events and objects stand with rel "mentions",
            after those that the newsroom named itself.
    """
    carried = conforming({name: value for name, value in article.carried.items() if name not in _OURS})
    main = [{"role": "main", "value": article.title}] if article.title else []
    sources = [{"name": article.source, "role": "provider"}] if article.source else []
    found = {
        **_frame(article, article.state),
        "urgency": article.urgency,
        "language": language or article.language,
        "firstCreated": stamp(article.published) if article.published else None,
        "by": article.byline,
        "bodies": [_body(text)] if text else None,
        **carried,
        "headlines": main + carried.get("headlines", []),
        "infoSources": _with(carried.get("infoSources", []), sources),
        "altIds": _alternatives(article) + carried.get("altIds", []),
    }
    for label, place in _PLACES_OF.items():
        mentioned = ({"name": entity.name, "rel": "mentions"} for entity in entities if entity.label is label)
        found[place] = _with(found.get(place, []), mentioned)
    return {name: value for name, value in found.items() if value not in (None, [], "")}


def bodyless(article: Article, *, model: Model) -> Enriched:
    """The three records of a story that may not be shown: killed, withheld, or still under embargo.

    They say that there is such a story and in which state; no headline, no text, no entity, no address of a page. A
    story that is usable as such (an embargo's) is shown as withheld.
    """
    state = State.CANCELED if article.state is State.CANCELED else State.WITHHELD
    said: dict[str, Any] = {
        "uri": article.uri,
        "version": article.version_name(),
        "state": state,
        "source": article.source,
        "language": article.language,
        "model": model,
    }
    return Enriched(
        article=ArticleRecord(article=_frame(article, state), enrichment=Enrichment(**said)),
        entities=EntitiesRecord(**said),
        quotes=QuotesRecord(**said),
    )


def as_uri(name: str) -> str:
    """A story's identity as ninjs wants it, a URI: itself when it is one, else inside a URN of our own."""
    return name if _is_uri(name) else f"urn:kawat:{quote(name, safe='._~-')}"


def _is_uri(name: str) -> bool:
    if not _URI.fullmatch(name):
        return False
    return "://" not in name[: name.find(":") + 3] or _AUTHORITY.match(name) is not None


def _frame(article: Article, state: State) -> dict[str, Any]:
    """What every document says, a kill's too: nothing of it comes from the story's content."""
    uri = as_uri(article.uri)
    frame: dict[str, Any] = {
        "uri": uri,
        "standard": dict(STANDARD),
        "type": kind(article.type),
        "version": article.version_name(),
        "pubStatus": state.value,
    }
    if article.version_created:
        frame["versionCreated"] = stamp(article.version_created)
    if article.embargoed:
        frame["embargoedUntil"] = stamp(article.embargoed)
    if uri != article.uri:
        frame["altIds"] = [{"role": "uri", "value": article.uri}]
    return frame


def _alternatives(article: Article) -> list[dict[str, str]]:
    """The identity as it came, where the document had to write it differently, and the page's address: ninjs has no
    property for it.
    """
    own = [{"role": "uri", "value": article.uri}] if as_uri(article.uri) != article.uri else []
    return own + ([{"role": "url", "value": article.url}] if article.url else [])


def _body(text: str) -> dict[str, Any]:
    return {
        "role": "clean",
        "contentType": "text/plain",
        "charCount": len(text),
        "wordCount": len(text.split()),
        "value": text,
    }


def _with(known: list[dict[str, Any]], more: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Known things first, and of the others those whose name is new."""
    names = {str(one.get("name")).casefold() for one in known}
    both = list(known)
    for one in more:
        name = one["name"].casefold()
        if name not in names:
            names.add(name)
            both.append(one)
    return both
