"""What every format states in its own way: identity, outlet, language, version, state."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from processors.errors import Invalid
from processors.records import State

_LONGEST_URI = 2_048
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
# Both URN forms name the party that gave the id: RFC 3085 and RFC 4151.
_PROVIDER = re.compile(r"(?:urn:newsml:|tag:)([A-Za-z0-9][A-Za-z0-9.-]*)[:,]", re.IGNORECASE)


def identity(*stated: object, key: str | None = None) -> str:
    """The story's uri: the first that the document states, else the record's key.

    Raises:
        Invalid: none is there, or it is no string that can be a Kafka key and a header (1 to 2,048 printable characters).
    """
    for value in (*stated, key):
        if value is None or value == "":
            continue
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            raise Invalid(f"uri must be a string, not {type(value).__name__}")
        uri = value.strip()
        if len(uri) > _LONGEST_URI:
            raise Invalid(f"uri has {len(uri)} characters; at most {_LONGEST_URI} are allowed")
        if not uri.isprintable():
            raise Invalid("uri holds control characters")
        if uri:
            return uri
    raise Invalid("no uri: the document states none and the record has no key")


def outlet(*, url: str | None = None, provider: str | None = None, uri: str | None = None) -> str:
    """Who publishes: the host of the story's page, else the provider's name, else the host in the uri. Lower case."""
    return host(url) or " ".join((provider or "").lower().split()) or host(uri) or _provider(uri)


def host(url: str | None) -> str:
    """Of "https://www.Kompas.com/x": "kompas.com"; "" for what is no web address."""
    if not url or not url[:8].lower().startswith(("http://", "https://")):
        return ""
    try:
        return (urlsplit(url.strip()).hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        return ""


def web(*urls: object) -> str | None:
    """The first that is an address of a page."""
    return next((url.strip() for url in urls if isinstance(url, str) and host(url)), None)


def _provider(uri: str | None) -> str:
    found = _PROVIDER.match(uri or "")
    return found[1].lower() if found else ""


def language(*tags: object) -> str | None:
    """The first well-formed BCP 47 tag, with "id_ID" read as "id-ID"."""
    for tag in tags:
        if isinstance(tag, str) and _LANGUAGE.fullmatch(found := tag.strip().replace("_", "-")):
            return found
    return None


def version(value: object) -> int | None:
    """3 for 3, "3" and " 3 "; None for "1.2", "draft" and what is longer than 18 digits."""
    if isinstance(value, bool):
        return None
    text = str(value).strip() if isinstance(value, (int, str)) else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def state(status: object) -> State:
    """Of a ninjs pubStatus, a NewsML-G2 "stat:canceled", a NITF management-status. Unknown words are usable."""
    word = re.split(r"[:/#]", status.strip().lower())[-1] if isinstance(status, str) else ""
    if word in ("canceled", "cancelled"):
        return State.CANCELED
    return State.WITHHELD if word == "withheld" else State.USABLE


def state_under(status: object, *, endless: bool) -> State:
    """The state of a story whose embargo may have no end: then a usable story is withheld."""
    named = state(status)
    return State.WITHHELD if endless and named is State.USABLE else named


def urgency(value: object) -> int | None:
    """1 (now) to 9; None for anything else."""
    number = version(value)
    return number if number is not None and 1 <= number <= 9 else None


def one_line(value: str | None) -> str | None:
    """White space folded; None for nothing."""
    return " ".join(value.split()) or None if value else None
