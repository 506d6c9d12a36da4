"""ninjs 1.x and 2.x written as ninjs 3.1, so that one reader serves all versions.

Argument and result are documents that keep their version's schema; the result need not be valid 3.1 in every
detail (a uri may be none): `conforming` sees to that for what goes out.
"""

from __future__ import annotations

from typing import Any

from processors.intake.ninjs_schema import Document, spelling
from processors.intake.vocabulary import mapping

_LISTS = mapping("ninjs_1_lists")
_RENAMED = {"byline": "by", "embargoed": "embargoedUntil"}
# In ninjs 1 the form of a text is the end of its property's name: body_xhtml.
_FORMS = mapping("ninjs_1_forms")
_TEXTS = {"headline": "headlines", "description": "descriptions", "body": "bodies"}
_REPRESENTATION = {"complete": "full", "incomplete": "partial"}
_DROPPED = frozenset(("$standard", "standard", "mimetype", "charcount", "wordcount"))


def upgrade(document: Document, generation: int) -> Document:
    """The document with the properties of ninjs 3.1."""
    if generation == 1:
        return _from_1(document)
    return _from_2(document) if generation == 2 else document


def _from_2(document: Document) -> Document:
    renamed: Document = _spelled(document)
    if "embargoed" in renamed:
        renamed["embargoedUntil"] = renamed.pop("embargoed")
    return renamed


def _from_1(document: Document) -> Document:
    """Keys of maps (renditions, associations, alternative ids) become names in lists."""
    names = spelling()
    new: Document = {}
    for name, value in document.items():
        stem, _, suffix = name.partition("_")
        if stem in _TEXTS and isinstance(value, str):
            new.setdefault(_TEXTS[stem], []).append(_text(suffix, value))
        elif name in _LISTS:
            new[_LISTS[name]] = [_term(name, term) for term in value]
        elif name == "renditions":
            new[name] = [{"name": key, **_rendition(rendition)} for key, rendition in value.items()]
        elif name == "associations":
            # What is embedded in something embedded is not looked at: no story needs it, and it may nest without end.
            new[name] = [{"name": key, **_from_1(_alone(item))} for key, item in value.items()]
        elif name == "altids":
            new["altIds"] = [
                {"role": role, "value": str(known)}
                for role, known in value.items()
                if isinstance(known, (str, int))
            ]
        elif name == "representationtype":
            new["representationType"] = _REPRESENTATION.get(value, value)
        elif name not in _DROPPED:
            new[_RENAMED.get(name) or names.get(name, name)] = _spelled(value)
    return new


def _rendition(rendition: Document) -> Document:
    spelled: Document = _spelled(rendition)
    if "mimetype" in spelled:
        spelled["contentType"] = spelled.pop("mimetype")
    return spelled


def _alone(item: Document) -> Document:
    return {name: value for name, value in item.items() if name != "associations"}


def _text(suffix: str, value: str) -> dict[str, str]:
    """`headline` is the main one; `body_caption_xhtml` has role "caption" and a content type."""
    role, _, form = suffix.rpartition("_")
    if form not in _FORMS:
        return {"role": suffix or "main", "value": value}
    return {"role": role or form, "contentType": _FORMS[form], "value": value}


def _term(name: str, term: Any) -> Any:
    """`scheme` and `code` together are the uri of ninjs 3; the code alone is the literal."""
    if not isinstance(term, dict):
        return term
    new = {key: value for key, value in _spelled(term).items() if key not in ("scheme", "code")}
    scheme, code = term.get("scheme"), term.get("code")
    uri = _joined(scheme, code)
    if name == "trustindicator":
        return {**new, "role": uri} if uri else new
    if name in ("infosource", "genre") and "rel" in new:
        rel = new.pop("rel")
        new |= {"role": rel} if name == "infosource" else {}
    if uri:
        new["uri"] = uri
    if isinstance(code, str):
        new["literal"] = code
    return new


def _joined(scheme: Any, code: Any) -> str | None:
    if not isinstance(scheme, str) or not isinstance(code, str) or ":" not in scheme:
        return None
    return scheme + code if scheme.endswith(("/", "#", ":", "=")) else f"{scheme}/{code}"


def _spelled(value: Any) -> Any:
    """Property names in the camel case of ninjs 3, at every depth but inside GeoJSON."""
    names = spelling()
    if isinstance(value, dict):
        return {
            names.get(name, name): inner if name == "geojson" else _spelled(inner)
            for name, inner in value.items()
        }
    return [_spelled(item) for item in value] if isinstance(value, list) else value
