"""What the page is told of a record, as JSON: what it shows and no more."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
from aiokafka import ConsumerRecord

from processors.records import State


class Unreadable(Exception):
    """A record that is none of ours; the message holds nothing of it."""


def story(record: ConsumerRecord) -> tuple[str, bytes]:
    """A story's uri, and what the page is told of it.

    Offsets stay code points of the text. Of a story that is not usable nothing is told but that it is so, whatever
    else the record holds; a tombstone tells the same as a kill.

    Raises:
        Unreadable: not a value of `news.articles`.
    """
    try:
        if record.value is None:
            uri = record.key.decode()
            return uri, orjson.dumps({"uri": uri, "state": State.CANCELED, "at": record.timestamp})
        value = orjson.loads(record.value)
        enrichment = value["enrichment"]
        uri = str(enrichment["uri"])
        told: dict[str, Any] = {name: enrichment[name] for name in ("uri", "version", "source", "language")}
        told["state"] = State(enrichment["state"])
        told["at"] = came(record)
        if told["state"] is State.USABLE:
            told |= _document(value["article"]) | _content(enrichment)
        return uri, orjson.dumps(told)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(type(error).__name__) from None


def _document(article: dict[str, Any]) -> dict[str, Any]:
    headlines = article.get("headlines") or [{}]
    addresses = (one.get("value", "") for one in article.get("altIds", ()) if one.get("role") == "url")
    return {
        "title": headlines[0].get("value"),
        "byline": article.get("by"),
        "url": next(filter(_is_web, addresses), None),
        "published": article.get("firstCreated") or article.get("versionCreated"),
    }


def _content(enrichment: dict[str, Any]) -> dict[str, Any]:
    dateline = enrichment["dateline"]
    return {
        "text": enrichment["text"],
        "dateline": dateline and dateline["text"],
        "removed": [{"kind": one["kind"], "text": one["text"]} for one in enrichment["removed"]],
        "entities": [
            {"label": one["label"], "name": one["name"], "mentions": [_range(at) for at in one["mentions"]]}
            for one in enrichment["entities"]
        ],
        "quotes": [_quote(one) for one in enrichment["quotes"]],
    }


def _quote(quote: dict[str, Any]) -> dict[str, Any]:
    speaker, cue = quote["speaker"], quote["cue"]
    return {
        "kind": quote["kind"],
        "at": _range(quote),
        "speaker": speaker and speaker["name"],
        "role": speaker and speaker["role"],
        "cue": cue and _range(cue),
        "confidence": quote["confidence"],
    }


def _range(span: dict[str, Any]) -> tuple[int, int]:
    return span["start"], span["end"]


def _is_web(address: str) -> bool:
    """Only such an address may become a link: `javascript:` is one, too."""
    try:
        return urlsplit(address).scheme in {"http", "https"}
    except ValueError:
        return False


def came(record: ConsumerRecord) -> int:
    """When the story came over the wire, milliseconds since the epoch: `ce_time`, else the record's own stamp."""
    stamp = dict(record.headers or ()).get("ce_time", b"")
    try:
        return round(datetime.fromisoformat(stamp.decode()).timestamp() * 1_000)
    except ValueError:
        return int(record.timestamp)


def trend(record: ConsumerRecord) -> tuple[str, bytes]:
    """An entity's key, and what the page is told of its trend.

    Raises:
        Unreadable: not a value of `news.trends`.
    """
    try:
        value = orjson.loads(record.value)
        key = record.key.decode()
        told = {name: value[name] for name in ("label", "name", "state", "at", "since", "windows")}
        return key, orjson.dumps({"key": key, **told})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(type(error).__name__) from None
