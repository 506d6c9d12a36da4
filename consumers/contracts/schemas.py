"""JSON Schemas (2020-12) of the values on the topics, generated from the records' dataclasses and docstrings."""

from __future__ import annotations

import dataclasses
import inspect
import re
from typing import Any

from pydantic import TypeAdapter

from consumers.insights.boilerplate.records import BoilerplateRecord, LinesRecord
from consumers.insights.speakers.records import SayingRecord, SpeakerRecord
from consumers.insights.stories.records import ClusterRecord, SketchRecord
from consumers.insights.trends.records import MentionRecord, TrendRecord
from consumers.lanes.ledger import Entry
from processors import records

NINJS = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"
"""The official `$id` of IPTC ninjs 3.1: referred to, not copied."""

RECORDS: dict[str, type] = {
    "article": records.ArticleRecord,
    "entities": records.EntitiesRecord,
    "quotes": records.QuotesRecord,
    "ledger": Entry,
    "mention": MentionRecord,
    "trend": TrendRecord,
    "saying": SayingRecord,
    "speaker": SpeakerRecord,
    "sketch": SketchRecord,
    "cluster": ClusterRecord,
    "lines": LinesRecord,
    "boilerplate": BoilerplateRecord,
}
"""The record of each schema that `config.topics` names."""

_SHARE = {"minimum": 0, "maximum": 1}
_OFFSET = {"minimum": 0}
_BOUNDS: dict[tuple[str, str], dict[str, Any]] = {
    ("Span", "start"): _OFFSET,
    ("Span", "end"): _OFFSET,
    ("Quote", "start"): _OFFSET,
    ("Quote", "end"): _OFFSET,
    ("Quote", "confidence"): _SHARE,
    ("Entity", "salience"): _SHARE,
    ("Entity", "mentions"): {"minItems": 1},
    ("Entry", "offset"): _OFFSET,
    ("Entry", "digest"): {"pattern": "^[0-9a-f]{32}$"},
    ("EntitiesRecord", "schema"): {"const": records.SCHEMA},
    ("QuotesRecord", "schema"): {"const": records.SCHEMA},
    ("Enrichment", "schema"): {"const": records.SCHEMA},
    ("TrendRecord", "schema"): {"const": records.SCHEMA},
    ("Said", "start"): _OFFSET,
    ("Said", "end"): _OFFSET,
    ("Said", "confidence"): _SHARE,
    ("SpeakerRecord", "schema"): {"const": records.SCHEMA},
    ("BoilerplateRecord", "schema"): {"const": records.SCHEMA},
    ("ClusterRecord", "schema"): {"const": records.SCHEMA},
    ("ClusterStory", "shared"): _SHARE,
}
"""What holds of a property beyond its type."""


def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema of one of `RECORDS`.

    A record is written whole, so every property is required. Objects stay open: a reader that ignores what it
    does not know keeps working when a property is added.
    """
    record = RECORDS[name]
    generated = TypeAdapter(record).json_schema(mode="serialization", ref_template="#/$defs/{model}")
    defined = generated.pop("$defs", {})
    classes = {kind.__name__: kind for kind in _dataclasses(record)}
    for title, definition in defined.items():
        _annotate(definition, classes.get(title))
    _annotate(generated, record)
    if record is records.ArticleRecord:
        generated["properties"]["article"] = {
            "$ref": NINJS,
            "description": "The story as the newsroom sent it: an IPTC ninjs 3.1 document.",
        }
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:kawat:schema:1:{name}",
    }
    return head | generated | ({"$defs": defined} if defined else {})


def _dataclasses(kind: type) -> set[type]:
    """A dataclass and those that its fields hold, at any depth."""
    found: set[type] = set()
    ahead: list[Any] = [kind]
    while ahead:
        here = ahead.pop()
        ahead.extend(getattr(here, "__args__", ()))
        if dataclasses.is_dataclass(here) and isinstance(here, type) and here not in found:
            found.add(here)
            ahead.extend(inspect.get_annotations(here, eval_str=True).values())
    return found


def _annotate(definition: dict[str, Any], kind: type | None) -> None:
    """Descriptions from the class's docstring; every property of a dataclass required; no derived titles."""
    definition.pop("title", None)
    if kind is None:
        return
    about, attributes = _documented(inspect.getdoc(kind) or "")
    definition["description"] = about
    definition["required"] = list(definition["properties"])
    for name, schema in definition["properties"].items():
        schema.pop("title", None)
        schema.pop("default", None)
        _fold_null(schema)
        schema.update(_BOUNDS.get((kind.__name__, name), {}))
        if name in attributes:
            schema["description"] = attributes[name]


def _fold_null(schema: dict[str, Any]) -> None:
    """`{"anyOf": [{"type": "string"}, {"type": "null"}]}` says `{"type": ["string", "null"]}` at length."""
    choices = schema.get("anyOf", ())
    if len(choices) == 2 and choices[1] == {"type": "null"} and "type" in choices[0]:
        del schema["anyOf"]
        schema |= {**choices[0], "type": [choices[0]["type"], "null"]}


def _documented(docstring: str) -> tuple[str, dict[str, str]]:
    """What a Google-style docstring says of the class, and of each attribute. An entry may name several."""
    about, _, section = docstring.partition("\nAttributes:\n")
    attributes: dict[str, str] = {}
    for entry in re.split(r"\n(?=    \S)", section.rstrip()):
        names, colon, text = entry.strip().partition(": ")
        if colon:
            attributes |= dict.fromkeys(names.split(", "), _prose(text))
    return _prose(about), attributes


def _prose(text: str) -> str:
    """One line, with JSON's word for nothing."""
    return re.sub(r"\bNone\b", "null", " ".join(text.split()))
