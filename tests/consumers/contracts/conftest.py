from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from consumers.contracts.schemas import schema_of
from processors import intake

NINJS_FILE = Path(intake.__file__).parent / "schemas/ninjs-schema_3.1.json"


@pytest.fixture(scope="session")
def validator() -> Callable[..., Draft202012Validator]:
    """A validator of one of our schemas; `closed` refuses properties that the schema does not name."""
    ninjs = json.loads(NINJS_FILE.read_bytes())
    registry = Resource.from_contents(ninjs) @ Registry()

    def make(name: str, *, closed: bool = True) -> Draft202012Validator:
        schema = schema_of(name)
        if closed:
            for definition in [schema, *schema.get("$defs", {}).values()]:
                if definition.get("type") == "object":
                    definition["additionalProperties"] = False
        return Draft202012Validator(schema, registry=registry, format_checker=FormatChecker())

    return make
