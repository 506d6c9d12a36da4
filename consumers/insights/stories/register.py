"""A story's sketch as the table keeps it: a register that only a later record of the story changes."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from struct import Struct
from typing import Any, Self

import numpy as np
import orjson

from consumers.insights.stories.records import Name, SketchRecord, Voice
from consumers.insights.stories.triples import Triples
from processors.records import Label

_HEAD = Struct("<QII")  # offset, at, how many triples


@dataclass(frozen=True, slots=True)
class Register:
    """A story as it is kept. Little of it is looked at, so it stays packed."""

    packed: bytes

    @classmethod
    def of(cls, sketch: SketchRecord, *, at: int) -> Self:
        """The register of a sketch; `at` is when the story first came."""
        raw = b64decode(sketch.triples)
        body = orjson.dumps((sketch.version, sketch.source, sketch.quotes, sketch.entities))
        return cls(_HEAD.pack(sketch.offset, at, len(raw) // 4) + raw + body)

    @property
    def offset(self) -> int:
        """Of the record of `news.articles` that it goes back to."""
        return int(_HEAD.unpack_from(self.packed)[0])

    @property
    def at(self) -> int:
        """When the story first came over the wire, seconds since the epoch."""
        return int(_HEAD.unpack_from(self.packed)[1])

    @property
    def gone(self) -> bool:
        """Kept only to know that what comes late is late."""
        return not _HEAD.unpack_from(self.packed)[2]

    @property
    def triples(self) -> Triples:
        count = _HEAD.unpack_from(self.packed)[2]
        return np.frombuffer(self.packed, np.dtype("<u4"), count, _HEAD.size)

    def told(self) -> tuple[str, str, tuple[Voice, ...], tuple[Name, ...]]:
        """Version, outlet, quotes and entities."""
        count = _HEAD.unpack_from(self.packed)[2]
        version, source, quotes, entities = orjson.loads(self.packed[_HEAD.size + 4 * count :])
        return version, source, _voices(quotes), _names(entities)


def later(one: bytes, other: bytes) -> bytes:
    """Which of two packed registers goes back to the later record; where they are the same, the second."""
    return one if _HEAD.unpack_from(one)[0] > _HEAD.unpack_from(other)[0] else other


def sketch(value: bytes | None) -> SketchRecord:
    """A value of `news.sketches`."""
    record: dict[str, Any] = orjson.loads(value or b"")
    told = {"quotes": _voices(record["quotes"]), "entities": _names(record["entities"])}
    return SketchRecord(**record | told)


def _voices(quotes: list[Any]) -> tuple[Voice, ...]:
    return tuple(Voice(**quote) for quote in quotes)


def _names(entities: list[Any]) -> tuple[Name, ...]:
    return tuple(Name(label=Label(entity["label"]), name=entity["name"]) for entity in entities)
