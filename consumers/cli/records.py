"""Kafka records for people and for programs."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
from rich.console import Group, RenderableType
from rich.highlighter import JSONHighlighter
from rich.text import Text

if TYPE_CHECKING:
    from aiokafka import ConsumerRecord

# what a terminal would obey: all control characters but tab and newline
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def moment(timestamp_ms: int) -> str:
    """Milliseconds since the epoch as ISO 8601, UTC."""
    return datetime.fromtimestamp(timestamp_ms / 1000, UTC).isoformat(timespec="milliseconds")


def plain(data: bytes | None) -> str | None:
    """Bytes of a key or a header as text; what is not UTF-8 is written as escapes."""
    return None if data is None else data.decode("utf-8", "backslashreplace")


def as_json(record: ConsumerRecord) -> dict[str, Any]:
    """The record as one JSON object.

    `encoding` tells what `value` is: "json" (the value itself), "text", or "base64"; null for a tombstone. A header
    that stands there more than once has a list of values.
    """
    encoding, value = _value(record.value)
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": moment(record.timestamp),
        "key": plain(record.key),
        "headers": _headers(record.headers),
        "encoding": encoding,
        "value": value,
    }


def _value(data: bytes | None) -> tuple[str | None, Any]:
    if data is None:
        return None, None
    try:
        return "json", orjson.loads(data)
    except orjson.JSONDecodeError:
        pass
    try:
        return "text", data.decode("utf-8")
    except UnicodeDecodeError:
        return "base64", base64.b64encode(data).decode("ascii")


def _headers(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, Any]:
    collected: dict[str, list[str | None]] = {}
    for name, value in headers:
        collected.setdefault(name, []).append(plain(value))
    return {name: values[0] if len(values) == 1 else values for name, values in collected.items()}


def pretty(record: ConsumerRecord) -> RenderableType:
    """The record for a terminal, with nothing in it that a terminal would obey."""
    head = Text.assemble(
        (f"{record.topic}[{record.partition}] @{record.offset}", "bold cyan"),
        f"  {moment(record.timestamp)}  ",
        (harmless(plain(record.key) or "no key"), "bold"),
    )
    return Group(head, headers(record), body(record.value), Text())


def headers(record: ConsumerRecord) -> RenderableType:
    """All headers of a record, one a line, in their order."""
    return Group(
        *(
            Text.assemble("  ", (harmless(name), "dim"), " ", harmless(plain(value) or ""))
            for name, value in record.headers
        )
    )


def body(data: bytes | None, limit: int | None = None) -> RenderableType:
    """A value for a terminal.

    Args:
        data: the value; None for a tombstone.
        limit: most bytes to show; None for all. A value that is cut is shown as it stands, not laid out.
    """
    if data is None:
        return Text("  no value (a tombstone)", style="dim")
    encoding, value = _value(data)
    if encoding == "json" and (limit is None or len(data) <= limit):
        return JSONHighlighter()(harmless(json.dumps(value, ensure_ascii=False, indent=2)))
    cut = data if limit is None else data[:limit]
    shown = Text(harmless(cut.decode("utf-8", "backslashreplace")))
    if len(cut) < len(data):
        shown.append(f"\n  ... {len(data) - len(cut)} of {len(data)} bytes more", style="dim")
    return shown


def harmless(text: str) -> str:
    """The text with control characters made visible."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
