"""A simple validator for the part of JSON Schema that pydantic generates."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}
# Keywords that say nothing about a value.
SILENT = {"title", "description", "default", "$defs"}
CHECKED = {"$ref", "anyOf", "type", "enum", "const", "format", "items", "prefixItems"}
COUNTED = {"minItems", "maxItems", "properties", "required"}


def problems(value: Any, schema: Schema, root: Schema, place: str = "$") -> Iterator[str]:
    """Find what in a JSON value doesn't match its schema.

    Args:
        value: The value.
        schema: Its schema.
        root: The schema that holds the definitions.
        place: Where the value is.

    Raises:
        AssertionError: The schema has a keyword that isn't checked here.
    """
    assert set(schema) <= SILENT | CHECKED | COUNTED, sorted(schema)
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        yield from problems(value, root["$defs"][name], root, place)
    if "anyOf" in schema and all(list(problems(value, one, root)) for one in schema["anyOf"]):
        yield f"{place} is none of the kinds allowed"
    if "const" in schema and value != schema["const"]:
        yield f"{place} is not {schema['const']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place} is none of {schema['enum']}"
    if "type" in schema:
        right = isinstance(value, TYPES[schema["type"]])
        if not right or (schema["type"] == "integer" and isinstance(value, bool)):
            yield f"{place} is no {schema['type']}"
            return
    if schema.get("format") == "date":
        datetime.date.fromisoformat(value)
    if isinstance(value, list):
        yield from _items(value, schema, root, place)
    if isinstance(value, dict) and "properties" in schema:
        fields = schema["properties"]
        yield from (
            f"{place}.{name} is missing" for name in schema.get("required", ()) if name not in value
        )
        yield from (f"{place}.{name} is not declared" for name in value if name not in fields)
        for name in set(value) & set(fields):
            yield from problems(value[name], fields[name], root, f"{place}.{name}")


def _items(value: list[Any], schema: Schema, root: Schema, place: str) -> Iterator[str]:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        yield f"{place} has {len(value)} items"
    first = schema.get("prefixItems", [])
    for number, item in enumerate(value):
        of = first[number] if number < len(first) else schema.get("items", {})
        yield from problems(item, of, root, f"{place}[{number}]")
