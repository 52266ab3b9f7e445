"""The names of the declared Avro schemas, which show what a file holds."""

from __future__ import annotations

import functools
from pathlib import Path

from schemas.avro import Schema, avro_schema


def fullname(schema: Schema) -> str:
    """Return a record schema's name with its namespace, as Avro spells it."""
    name, space = str(schema.get("name", "")), schema.get("namespace")
    return f"{space}.{name}" if space and "." not in name else name


@functools.cache
def declared_names() -> frozenset[str]:
    """Return the full names of all declared schemas."""
    files = Path(__file__).parent.glob("*.avsc")
    return frozenset(fullname(avro_schema(file.stem)) for file in files)
