"""What of the properties that a newsroom sent fits the output document, a valid ninjs 3.1 with its formats."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import Any

import jsonschema_rs
import orjson

from processors.intake.ninjs_schema import Document, load, registry

# A property that is still not right after so many rounds, or a list longer than this, is no metadata of a story.
_ROUNDS, _MOST_ERRORS, _LONGEST_LIST = 8, 200, 500


def conforming(properties: Document) -> Document:
    """What of ninjs 3.1 properties is valid 3.1, formats included: the invalid parts are left out, the smallest
    parts that make it valid; lists are cut at 500. The argument is not changed.
    """
    if _output().is_valid({"uri": "urn:x", **properties}):
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
    if _output().is_valid(document):
        return document
    copy: Document = {
        name: value[:_LONGEST_LIST] if isinstance(value, list) else value for name, value in document.items()
    }
    copy = orjson.loads(orjson.dumps(copy))
    for _ in range(_ROUNDS):
        errors = list(islice(_output().iter_errors(copy), _MOST_ERRORS))
        if not errors:
            return copy
        # From the end, so that places in lists stay right.
        for error in sorted(errors, key=lambda error: _order(error.instance_path), reverse=True):
            _cut(copy, list(error.instance_path), getattr(error.kind, "unexpected", None))
    return {}


def _order(path: list[str | int]) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (-1, step) for step in path]


def _cut(document: Document, path: list[str | int], unexpected: list[str] | None) -> None:
    """Take out what stands at a path, or the unexpected properties of it."""
    node: Any = document
    try:
        for step in path if unexpected else path[:-1]:
            node = node[step]
        for step in unexpected or path[-1:]:
            del node[step]
    except (KeyError, IndexError, TypeError):
        return  # already gone with something around it


@cache
def _output() -> Any:
    return jsonschema_rs.validator_for(load("ninjs-schema_3.1"), registry=registry(), validate_formats=True)
