"""Superdesk's dialect of ninjs 1: `guid` for `uri`, codes without schemes, and properties of its own.

No schema is official, and each installation adds to it: what is not known is passed over, what is needed must have
its type.
"""

from __future__ import annotations

from typing import Any

from processors.errors import Invalid
from processors.intake import ninjs
from processors.intake.ninjs_schema import Document, kind
from processors.intake.ninjs_upgrade import upgrade
from processors.intake.vocabulary import names
from processors.records import Article

_STRINGS = names("superdesk_strings")
_TERMS = names("superdesk_terms")


def is_superdesk(document: Document) -> bool:
    return "guid" in document and "uri" not in document


def read(document: Document, *, key: str | None = None) -> Article:
    """The story of one item as Superdesk publishes it.

    Raises:
        Invalid: no guid, or a property that makes the story has a wrong type.
    """
    known: Document = {}
    for name in _STRINGS:
        value = document.get(name)
        if value is not None and not isinstance(value, str):
            raise Invalid(f"{name} must be of type string", uri=_uri(document))
        if value:
            known[name] = value
    known["uri"] = known.pop("guid", None)
    known["byline"] = known.get("byline") or _authors(document)
    for name in ("version", "urgency"):
        known[name] = document.get(name)
    known["type"] = kind(document.get("type"))
    for name in _TERMS:
        if terms := _terms(document.get(name)):
            known[name] = terms
    if source := known.pop("source", None):
        known["infosource"] = [{"name": source, "rel": "provider"}]
    known["renditions"] = _maps(document.get("renditions"))
    known["associations"] = _associations(document.get("associations"))
    return ninjs.article(upgrade({name: value for name, value in known.items() if value}, 1), key=key)


def _uri(document: Document) -> str | None:
    guid = document.get("guid")
    return guid if isinstance(guid, str) else None


def _terms(terms: Any) -> list[Document]:
    """`[{"name": ..., "code": ..., "scheme": ...}]`, where a scheme is the name of a vocabulary and no address."""
    found = [term for term in terms if isinstance(term, dict)] if isinstance(terms, list) else []
    return [
        {part: term[part] for part in ("name", "code", "scheme") if isinstance(term.get(part), str)}
        for term in found
    ]


def _authors(document: Document) -> str | None:
    authors = document.get("authors")
    names = [one.get("name") for one in authors if isinstance(one, dict)] if isinstance(authors, list) else []
    return ", ".join(name for name in names if isinstance(name, str)) or None


def _maps(maps: Any) -> dict[str, Document]:
    return (
        {name: one for name, one in maps.items() if isinstance(one, dict)} if isinstance(maps, dict) else {}
    )


def _associations(associations: Any) -> dict[str, Document]:
    """Embedded items, by their guid."""
    found = {}
    for name, item in _maps(associations).items():
        known: Document = {part: item[part] for part in _STRINGS if isinstance(item.get(part), str)}
        guid = known.pop("guid", None)
        if guid:
            found[name] = {
                "uri": guid,
                "type": kind(item.get("type")),
                **known,
                "renditions": _maps(item.get("renditions")),
            }
    return found
