"""The declared Avro schemas, by name."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

Schema = dict[str, Any]


@functools.cache
def avro_schema(name: str) -> Schema:
    """The schema in `schemas/NAME.avsc`, as JSON objects.

    Args:
        name: `case_record`, `recommendation` or `quarantined`.

    Returns:
        The record schema; not to be changed.
    """
    schema: Schema = json.loads(Path(__file__).with_name(f"{name}.avsc").read_text("utf-8"))
    return schema


def fullname(schema: Schema) -> str:
    """The name of a record schema with its namespace, as Avro spells it."""
    name, space = str(schema.get("name", "")), schema.get("namespace")
    return f"{space}.{name}" if space and "." not in name else name


@functools.cache
def declared_names() -> frozenset[str]:
    """The full names of all declared schemas."""
    files = Path(__file__).parent.glob("*.avsc")
    return frozenset(fullname(avro_schema(file.stem)) for file in files)
