"""What of the properties that a newsroom sent fits the output document, a valid ninjs 3.1 with its formats."""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema_rs
import orjson

from processors.intake.ninjs_schema import Document, cut, first_error, load, registry, written

# A property with more errors than this, or a list that is longer, is no metadata of a story.
_MOST_ERRORS, _LONGEST_LIST = 200, 500


def conforming(properties: Document) -> Document:
    """What of ninjs 3.1 properties is valid 3.1, formats included, and can be written as JSON: the invalid parts are
    left out, the smallest parts that make it valid; lists are cut at 500. The argument is not changed.
    """
    if _output().is_valid({"uri": "urn:x", **properties}) and written(properties):
        return properties
    kept: Document = {}
    for name, value in properties.items():
        alone = _pruned({"uri": "urn:x", name: value})
        if alone.get(name):
            kept[name] = alone[name]
    return kept


def is_conforming(document: Document) -> bool:
    """Whether it is a valid ninjs 3.1 document, formats included."""
    return bool(_output().is_valid(document))


def _pruned(document: Document) -> Document:
    """A copy without what is wrong in it; an empty one when that is too much."""
    cropped = {
        name: value[:_LONGEST_LIST] if isinstance(value, list) else value for name, value in document.items()
    }
    json = written(cropped)
    if json is None:
        return {}
    copy: Document = orjson.loads(json)
    for _ in range(_MOST_ERRORS):
        error = first_error(_output(), copy)
        if error is None:
            return copy
        cut(copy, error)
    return {}


@cache
def _output() -> Any:
    return jsonschema_rs.validator_for(load("ninjs-schema_3.1"), registry=registry(), validate_formats=True)
