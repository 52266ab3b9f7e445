"""Records that polars can't decode, read one by one by fastavro into the same frames."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import fastavro
import polars as pl

from schemas.errors import DecodeError
from transforms.avro.columns import columns_of, readable
from transforms.avro.resolve import Resolved
from transforms.avro.types import polars_schema
from transforms.avro.values import WARNINGS
from transforms.avro.varint import varint
from transforms.frames.frame import Frame


def read_rows(schemas: Resolved, count: int, data: bytes) -> Frame:
    """Decode records.

    Args:
        schemas: The writer's schema and the reader's.
        count: The number of records.
        data: Their bytes.

    Returns:
        Every column of the reader's schema.

    Raises:
        DecodeError: They can't be decoded, or hold another number of records.
    """
    # Read as the only block of an array, whose end shows whether all records were whole.
    array = varint(count) + data + b"\0" if count else data + b"\0"
    stream = io.BytesIO(array)
    try:
        rows = fastavro.schemaless_reader(
            stream,
            {"type": "array", "items": schemas.writer},
            {"type": "array", "items": readable(schemas.writer, schemas.reader)},
        )
    except Exception:
        # On damaged bytes, fastavro may raise nearly anything; its docs don't say what.
        raise DecodeError("its records are damaged") from None
    if stream.tell() != len(array) or len(rows) != count:
        raise DecodeError("a different number of records than it says")
    return _columns(rows, schemas)


def _columns(rows: Sequence[Any], schemas: Resolved) -> Frame:
    reader, read = schemas.reader, readable(schemas.writer, schemas.reader, read=True)
    theirs = {field["name"]: field["type"] for field in read["fields"]}
    try:
        frame = pl.DataFrame(rows, schema=polars_schema(read))
        if read != reader:
            names = [
                field["name"]
                for field in reader["fields"]
                if field["type"] != theirs[field["name"]] or field["name"] == WARNINGS
            ]
            frame = columns_of(read, reader, names).of(frame)
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError):
        raise DecodeError("a value outside its type") from None
    return frame
