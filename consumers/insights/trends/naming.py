"""Which names of a record of `news.entities` trends are about."""

from __future__ import annotations

import orjson

from consumers.insights.naming import LABELS, Naming, NotARecord
from consumers.insights.trends.records import key_of
from processors.records import State

_WANTED = {label.value: label for label in LABELS}


def parse(value: bytes | None) -> Naming:
    """What one record names; nothing unless its story is usable.

    Raises:
        NotARecord: the value is no record of entities.
    """
    try:
        record = orjson.loads(value or b"")
        usable = record["state"] == State.USABLE.value
        entities = record["entities"] if usable else []
        wanted = [entity for entity in entities if entity["label"] in _WANTED]
        names = {key_of(_WANTED[entity["label"]], entity["name"]): str(entity["name"]) for entity in wanted}
        return Naming(str(record["uri"]), names)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise NotARecord(f"no record of entities: {type(error).__name__}") from None
