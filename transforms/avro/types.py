"""Avro types as dtypes of frames."""

from __future__ import annotations

from typing import Any

import polars as pl
from fastavro.schema import expand_schema

from schemas.avro import Schema

PRIMITIVES: dict[str, pl.DataType] = {
    "boolean": pl.Boolean(),
    "int": pl.Int32(),
    "long": pl.Int64(),
    "float": pl.Float32(),
    "double": pl.Float64(),
    "string": pl.String(),
    "bytes": pl.Binary(),
}
LOGICAL: dict[tuple[str, str], pl.DataType] = {
    ("int", "date"): pl.Date(),
    ("long", "timestamp-micros"): pl.Datetime("us", "UTC"),
}

MOMENTS = {
    ("int", "date"): 86_400_000_000,
    ("long", "timestamp-millis"): 1_000,
    ("long", "timestamp-micros"): 1,
    ("long", "local-timestamp-millis"): 1_000,
    ("long", "local-timestamp-micros"): 1,
}
"""Numbers that are days or times since 1970, and how many microseconds their unit has."""


def polars_schema(schema: Schema) -> pl.Schema:
    """Return the columns and dtypes of a frame for an Avro record schema.

    Args:
        schema: A record schema of primitives, enums, dates, arrays, and records, each possibly
            nullable.

    Returns:
        Columns and dtypes: an enum is an Enum of its symbols, an array a List, a record a Struct.
    """
    return pl.Schema({f["name"]: dtype_of(f["type"]) for f in expand_schema(schema)["fields"]})


def dtype_of(avro: Any) -> pl.DataType:
    """Return the dtype of an Avro type in which every name is spelled out."""
    avro = value_type(avro)
    kind = kind_of(avro)
    if kind == "enum":
        return pl.Enum(avro["symbols"])
    if kind == "array":
        return pl.List(dtype_of(avro["items"]))
    if kind == "record":
        return pl.Struct({f["name"]: dtype_of(f["type"]) for f in avro["fields"]})
    return LOGICAL.get((kind, logical_of(avro)), PRIMITIVES[kind])


def kind_of(avro: Any) -> str:
    """Return the kind of a type: `string`, `array`, `union`, and so on."""
    if isinstance(avro, list):
        return "union"
    return avro if isinstance(avro, str) else str(avro["type"])


def logical_of(avro: Any) -> str:
    """Return the logical type of a primitive, or nothing."""
    return str(avro.get("logicalType", "")) if isinstance(avro, dict) else ""


def value_type(avro: Any) -> Any:
    """Return the type of values that aren't null, if there is only one; otherwise, the union."""
    if isinstance(avro, list):
        values = [branch for branch in avro if branch != "null"]
        if len(values) == 1:
            return values[0]
    return avro


def is_nullable(avro: Any) -> bool:
    """Tell whether a value may be null."""
    return avro == "null" or (isinstance(avro, list) and "null" in avro)
