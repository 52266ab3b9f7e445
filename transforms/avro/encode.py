"""Encode frames as blocks of Avro files with a declared schema.

polars encodes every value, including list items, as a union with null. The declared schemas do the
same, so the encoded blocks fit the declared header as they are. Enums are encoded as the numbers of
their symbols, which is how Avro stores them.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import polars as pl
from fastavro.schema import expand_schema

from schemas.avro import Schema
from transforms.avro import header as avro_header
from transforms.avro.blocks import write_block
from transforms.avro.codecs import compress
from transforms.avro.header import MARKER
from transforms.avro.native import encode_records
from transforms.avro.types import PRIMITIVES, kind_of, logical_of, polars_schema
from transforms.frames.frame import Frame

DEFAULT_CODEC = "snappy"
BLOCK_ROWS = 2_048


def sync_marker(schema: Schema) -> bytes:
    """Derive a file's marker from its schema, so that equal content has equal bytes."""
    return hashlib.sha256(json.dumps(schema).encode()).digest()[:MARKER]


def write_header(schema: Schema, codec: str = DEFAULT_CODEC) -> bytes:
    """Make the header of a file with a declared schema."""
    return avro_header.write_header(schema, sync_marker(schema), codec)


def check_encodable(schema: Schema) -> None:
    """Check that frames can be encoded under a schema without loss.

    Raises:
        ValueError: A value isn't a union of null (first) and one type; the message names the field.
    """
    for field in expand_schema(schema)["fields"]:
        _check_type(field["type"], field["name"])


def _check_type(avro: Any, place: str) -> None:
    if not isinstance(avro, list) or len(avro) != 2 or avro[0] != "null":
        raise ValueError(f'the type of {place} must be ["null", ...], or frames cannot be written')
    kind, logical = kind_of(avro[1]), logical_of(avro[1])
    if kind == "array":
        _check_type(avro[1]["items"], f"{place}[]")
    elif kind == "record":
        for field in avro[1]["fields"]:
            _check_type(field["type"], f"{place}.{field['name']}")
    elif kind != "enum" and (kind not in PRIMITIVES or logical == "timestamp-micros"):
        # polars reads times but doesn't write them.
        raise ValueError(f"the type {logical or kind} of {place} cannot be written from frames")


def encode_blocks(frame: Frame, schema: Schema, codec: str = DEFAULT_CODEC) -> bytes:
    """Encode a frame as blocks of a file with a declared schema.

    Args:
        frame: The columns of the schema, in any order; enums as Enum or String.
        schema: A declared schema that `check_encodable` accepts.
        codec: One of `transforms.avro.codecs.CODECS`.

    Returns:
        The blocks' bytes; empty for an empty frame.

    Raises:
        polars.exceptions.PolarsError: A column is missing or doesn't fit its declared type.
    """
    dtypes = polars_schema(schema)
    sync = sync_marker(schema)
    declared = frame.select(dtypes.names()).cast(dtypes)
    plain = declared.select(_numbers(pl.col(name), dtype) for name, dtype in dtypes.items())
    encoded = []
    for part in plain.iter_slices(BLOCK_ROWS):
        count, data = encode_records(part)
        encoded.append(write_block(count, compress(codec, data), sync))
    return b"".join(encoded)


def _numbers(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Replace the symbols of a column's enums with their numbers."""
    if isinstance(dtype, pl.Enum):
        return column.to_physical().cast(pl.Int32)
    if isinstance(dtype, pl.List) and _has_enum(dtype):
        return column.list.eval(_numbers(pl.element(), _inner(dtype)))
    if isinstance(dtype, pl.Struct) and _has_enum(dtype):
        return column.struct.with_fields(
            _numbers(pl.field(field.name), field.dtype).alias(field.name)
            for field in dtype.fields
            if isinstance(field.dtype, pl.DataType)
        )
    return column


def _has_enum(dtype: object) -> bool:
    if isinstance(dtype, pl.List):
        return _has_enum(dtype.inner)
    if isinstance(dtype, pl.Struct):
        return any(_has_enum(field.dtype) for field in dtype.fields)
    return isinstance(dtype, pl.Enum)


def _inner(dtype: pl.List) -> pl.DataType:
    assert isinstance(dtype.inner, pl.DataType)
    return dtype.inner
