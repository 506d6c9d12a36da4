"""What newsrooms send, read: bytes of any of the formats of the trade to articles.

The format is what the content type says, unless the bytes say otherwise. Nothing is fetched, no entity expanded;
any bytes give articles or a `StoryError`, quickly.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from processors.errors import (
    EmptyPayload,
    Invalid,
    Malformed,
    ProcessorFailed,
    StoryError,
    TooLarge,
    UnknownFormat,
)
from processors.intake import atom, markup, newsml_1, newsml_g2, ninjs, nitf, page, plain, rss, superdesk
from processors.intake.identity import identity, outlet, state, version
from processors.intake.limits import within
from processors.intake.look import XML_ROOTS, declared_charset, is_binary, look, root_name, stated
from processors.intake.moments import moment
from processors.intake.payload import decode
from processors.records import Article, State

__all__ = ["read"]

# Half of a surrogate pair, escaped: what is left of an emoji that a script has cut through.
_ESCAPES = re.compile(
    r"\\(?:[^u]|u(?:[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|([dD][89a-fA-F][0-9a-fA-F]{2}))?)"
)


def read(
    payload: bytes | None,
    *,
    content_type: str | None = None,
    key: bytes | None = None,
    max_bytes: int = 2_000_000,
) -> tuple[Article, ...]:
    """The articles of one record: one, or all of a feed or a news message.

    Args:
        payload: the record's value.
        content_type: the header of that name, with parameters; believed unless the bytes contradict it.
        key: the record's key, the story's uri for documents that have no identity of their own.
        max_bytes: largest payload that is looked at.

    Raises:
        EmptyPayload: no bytes, or white space alone.
        TooLarge: more than `max_bytes`, or more than 1,000 stories.
        UnknownFormat: nothing that we read.
        Malformed: broken JSON or XML.
        Invalid: well-formed, but not a story of its format.
        ProcessorFailed: a defect of ours.
    """
    if not payload or not payload.strip():
        raise EmptyPayload("the record has no value")
    if len(payload) > max_bytes:
        raise TooLarge(f"the payload has {len(payload)} bytes; {max_bytes} are allowed")
    try:
        return _read(payload, content_type, _key(key))
    except StoryError:
        raise
    except RecursionError:
        raise Malformed("nested too deeply") from None
    except Exception as error:  # a defect must cost one story, not the lane that reads it
        raise ProcessorFailed(f"{type(error).__name__} while reading the payload", stage="intake") from error


def _read(payload: bytes, content_type: str | None, key: str | None) -> tuple[Article, ...]:
    if is_binary(payload):
        raise UnknownFormat("a binary format; ninjs, NewsML, NITF, RSS, Atom, HTML, JSON and text are read")
    family, charset = stated(content_type)
    if payload.startswith(b"{") and family in (None, "json"):
        try:
            return _json(orjson.loads(payload), key)
        except orjson.JSONDecodeError:
            pass  # another charset, perhaps
    text = decode(payload, charset or declared_charset(payload))
    match look(text, family):
        case "json":
            return _json(_parsed(text), key)
        case "xml":
            return _xml(text, key)
        case "html":
            return (page.read(text, key=key),)
        case _:
            return (plain.read_text(text, key=key),)


def _key(key: bytes | None) -> str | None:
    try:
        return (key or b"").decode("utf-8").strip() or None
    except UnicodeDecodeError:
        return None


def _parsed(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        fault = error
    try:
        return orjson.loads(_ESCAPES.sub(lambda found: "\\ufffd" if found[1] else found[0], text))
    except orjson.JSONDecodeError:
        raise Malformed(f"JSON is broken at line {fault.lineno}, column {fault.colno}") from None


def _json(data: Any, key: str | None) -> tuple[Article, ...]:
    if isinstance(data, dict):
        return (_document(data, key),)
    if not isinstance(data, list) or not data:
        raise Invalid("a JSON story is an object, or an array of objects")
    return tuple(_numbered(number, one) for number, one in enumerate(within(data)))


def _numbered(number: int, data: Any) -> Article:
    if not isinstance(data, dict):
        raise Invalid(f"[{number}] must be an object")
    try:
        return _document(data, None)
    except Invalid as error:
        raise Invalid(f"[{number}]: {error}", uri=error.uri) from None


def _document(document: dict[str, Any], key: str | None) -> Article:
    status = next((document[name] for name in ("pubStatus", "pubstatus", "status") if name in document), None)
    if state(status) is State.CANCELED:
        return _kill(document, key)
    if plain.is_plain(document):
        return plain.read_json(document, key=key)
    if superdesk.is_superdesk(document):
        return superdesk.read(document, key=key)
    return ninjs.read(document)


def _kill(document: dict[str, Any], key: str | None) -> Article:
    """A kill must work whatever else is wrong with the document: it needs only a uri."""
    uri = identity(document.get("uri"), document.get("guid"), document.get("id"), key)
    created = next(
        (document[name] for name in ("versionCreated", "versioncreated") if name in document), None
    )
    return Article(
        uri=uri,
        source=outlet(uri=uri),
        version=version(document.get("version")),
        version_created=moment(created),
        state=State.CANCELED,
    )


def _xml(text: str, key: str | None) -> tuple[Article, ...]:
    root = markup.parse(text)
    match XML_ROOTS.get(markup.local(root)):
        case "g2":
            return newsml_g2.read(root, key=key)
        case "newsml1":
            return newsml_1.read(root, key=key)
        case "nitf":
            return (nitf.read(root, key=key),)
        case "rss":
            return rss.read(root)
        case "atom":
            return atom.read(root)
    raise UnknownFormat(
        f"XML that begins with {root_name(text)!r}; known are {', '.join(XML_ROOTS)}, and HTML"
    )
