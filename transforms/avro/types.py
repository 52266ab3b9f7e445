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
    """Columns and dtypes of a frame of an Avro record schema.

    Args:
        schema: A record schema of primitives, enums, dates, arrays and records, each maybe
            nullable.

    Returns:
        An enum as Enum of its symbols, an array as List, a record as Struct.
    """
    return pl.Schema({f["name"]: dtype_of(f["type"]) for f in expand_schema(schema)["fields"]})


def dtype_of(avro: Any) -> pl.DataType:
    """The dtype of an Avro type in which every name is spelt out."""
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
    """`string`, `array`, `union` and so on."""
    if isinstance(avro, list):
        return "union"
    return avro if isinstance(avro, str) else str(avro["type"])


def logical_of(avro: Any) -> str:
    """The logical type of a primitive, or nothing."""
    return str(avro.get("logicalType", "")) if isinstance(avro, dict) else ""


def value_type(avro: Any) -> Any:
    """The type of the values that are not null, where there is one such type; else the union."""
    if isinstance(avro, list):
        values = [branch for branch in avro if branch != "null"]
        if len(values) == 1:
            return values[0]
    return avro


def is_nullable(avro: Any) -> bool:
    """Whether a value may be null."""
    return avro == "null" or (isinstance(avro, list) and "null" in avro)
