"""The official ninjs schemas: which version a document is, and whether it is valid.

jsonschema-rs checks a 3 kB story in about 3 microseconds. Formats ("uri", "date-time") are annotations in the schemas,
and the IPTC's test suite has valid documents whose uri is no URI: they are not asserted on the way in, only on the way
out (`conform`).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from processors.errors import Invalid, Malformed

_FOLDER = Path(__file__).with_name("schemas")
_NEWEST = {3: "3.1", 2: "2.2", 1: "1.6"}
_DECLARED = re.compile(r"ninjs-schema_(\d{1,3})\.(\d{1,3})")
_VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})")
_NAME = re.compile(r"[$A-Za-z_][\w$.-]{0,39}")
GEOJSON = "https://geojson.org/schema/GeoJSON.json"
UNKNOWN = frozenset(("additionalProperties", "unevaluatedProperties"))
_DRAFTS = ("advices",)
_MOST_ERRORS = 200

Document = dict[str, Any]


def checked(document: Document) -> tuple[int, Document]:
    """The generation (1, 2 or 3) whose schema the document keeps, and the document without "$schema" and drafts.

    A document that declares its version must keep that version's schema; one that doesn't must keep any. Properties
    that nobody knows are forgiven only to a document that declares a minor version newer than our schemas.

    Raises:
        Invalid: no schema is kept; the message names the first property that breaks it, never its value.
    """
    declared = _declared(document)
    document = _without_drafts(document)
    if declared is None:
        for generation in _NEWEST:
            if _validator(generation).is_valid(document):
                return generation, document
        closest = max(_NEWEST, key=lambda generation: sum(name in _names(generation) for name in document))
        raise Invalid(_first_error(closest, document))
    generation, newer = declared
    if newer:
        document = without_unknown(_validator(generation), document)
    if not _validator(generation).is_valid(document):
        raise Invalid(_first_error(generation, document))
    return generation, document


def first_error(validator: Any, document: Document) -> jsonschema_rs.ValidationError | None:
    """None for a valid document. To list all errors takes jsonschema-rs quadratic time; the first comes at once."""
    try:
        validator.validate(document)
    except jsonschema_rs.ValidationError as error:
        return error
    return None


def written(document: Document) -> bytes | None:
    """As JSON; None for what orjson reads and doesn't write: values nested deeper than 254."""
    try:
        return orjson.dumps(document)
    except TypeError:
        return None


def without_unknown(validator: Any, document: Document) -> Document:
    """A copy without the properties that the schema doesn't know, as far as these are the first errors."""
    json = written(document)
    if json is None:
        raise Malformed("nested too deeply")
    copy: Document = orjson.loads(json)
    for _ in range(_MOST_ERRORS):
        error = first_error(validator, copy)
        if error is None or error.kind.name not in UNKNOWN:
            break
        cut(copy, error)
    return copy


def cut(document: Document, error: jsonschema_rs.ValidationError) -> None:
    """Take out of a document what an error complains of: the unknown properties, else what stands at its place."""
    unknown: list[str] = error.kind.as_dict()["unexpected"] if error.kind.name in UNKNOWN else []
    node: Any = document
    for step in error.instance_path if unknown else error.instance_path[:-1]:
        node = node[step]
    for step in unknown or error.instance_path[-1:]:
        del node[step]


@cache
def types() -> frozenset[str]:
    """The types of news object of ninjs 3.1."""
    return frozenset(load("ninjs-schema_3.1")["$defs"]["newsObjectType"]["enum"])


def kind(value: object) -> str:
    """The type of news object that a document states; "text" for what ninjs 3.1 doesn't know."""
    return value if isinstance(value, str) and value in types() else "text"


@cache
def spelling() -> dict[str, str]:
    """From lower case, as ninjs 2 writes property names, to the camel case of ninjs 3."""
    names: dict[str, str] = {}
    todo: list[Any] = [load("ninjs-schema_3.1")]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            properties = node.get("properties")
            if isinstance(properties, dict):
                names.update((name.lower(), name) for name in properties if name != name.lower())
            todo += node.values()
        elif isinstance(node, list):
            todo += node
    return names


def _without_drafts(document: Document) -> Document:
    drafts = {name: document[name] for name in _DRAFTS if name in document}
    if drafts:
        error = first_error(_drafts(), drafts)
        if error is not None:
            raise Invalid(_message(error))
    elif "$schema" not in document:
        return document
    return {name: value for name, value in document.items() if name not in drafts and name != "$schema"}


def _declared(document: Document) -> tuple[int, bool] | None:
    """Generation, and whether the declared minor version is newer than our schema."""
    for place in ("standard", "$standard"):
        standard = document.get(place)
        if standard is None:
            continue
        if not isinstance(standard, dict):
            raise Invalid(f"{place} must be an object")
        found = _DECLARED.search(str(standard.get("schema"))) or _VERSION.match(str(standard.get("version")))
        # A ninjs 1 says "$standard"; what contradicts its own form (1.2 under "standard") is judged by its form.
        if found and (int(found[1]) == 1) == (place == "$standard") and int(found[1]) in _NEWEST:
            generation = int(found[1])
            return _newer(generation, found[2])
    schema = document.get("$schema")
    found = _DECLARED.search(schema) if isinstance(schema, str) else None
    return _newer(int(found[1]), found[2]) if found and int(found[1]) in _NEWEST else None


def _newer(generation: int, minor: str) -> tuple[int, bool]:
    return generation, int(minor) > int(_NEWEST[generation].partition(".")[2])


def _first_error(generation: int, document: Document) -> str:
    error = first_error(_validator(generation), document)
    return f"no valid ninjs {_NEWEST[generation]}: {_message(error) if error else 'unknown'}"


def _message(error: jsonschema_rs.ValidationError) -> str:
    """What is wrong and what is allowed, without the value: jsonschema-rs's own message quotes it."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{_named(step)}" for step in error.instance_path)
    place = "".join(steps).lstrip(".") or "the document"
    return f"{place} {_fault(error.kind.name, error.kind.as_dict())}"


def _fault(rule: str, facts: Document) -> str:
    if rule in UNKNOWN:
        return f"has properties that are not known: {', '.join(map(_named, facts['unexpected'][:5]))}"
    known = {
        "required": "lacks {property}",
        "type": "must be of type {types}",
        "enum": "must be one of {options}",
        "minimum": "must be at least {limit}",
        "maximum": "must be at most {limit}",
        "oneOf": "has none of the forms that are allowed, or more than one",
        "anyOf": "has none of the forms that are allowed",
        "pattern": "is not written as the schema demands",
    }.get(rule, f"breaks the rule {rule!r}")
    return known.format_map(
        {name: ", ".join(map(str, fact)) if isinstance(fact, list) else fact for name, fact in facts.items()}
    )


def _named(name: str) -> str:
    """A property's name; it stands for itself only when it can't be a piece of text."""
    return name if _NAME.fullmatch(name) else f"(a name of {len(name)} characters)"


def load(name: str) -> Any:
    return orjson.loads((_FOLDER / f"{name}.json").read_bytes())


@cache
def registry() -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry([(GEOJSON, load("geojson"))])


@cache
def _validator(generation: int) -> Any:
    schema = load(f"ninjs-schema_{_NEWEST[generation]}")
    return jsonschema_rs.validator_for(schema, registry=registry(), validate_formats=False)


@cache
def _drafts() -> Any:
    return jsonschema_rs.validator_for(load("drafts"))


@cache
def _names(generation: int) -> frozenset[str]:
    schema = load(f"ninjs-schema_{_NEWEST[generation]}")
    return frozenset(schema.get("properties") or schema["$defs"]["ninjsType"]["properties"])
