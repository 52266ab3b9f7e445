"""How polars encodes and decodes records; any failure is one kind of error."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given

from schemas.avro import Schema
from tests.helpers.random_avro import tables, written
from tests.transforms.avro.test_decode import by_fastavro, parts, record
from transforms.avro.native import NativeError, decode_records, encode_records
from transforms.avro.varint import varint

SCHEMA = record(("name", ["null", "string"]), ("is", ["null", "boolean"]), ("n", ["null", "int"]))
FRAME = pl.DataFrame(
    {"name": ["a", None, ""], "is": [True, None, False], "n": [-1, 1 << 20, None]},
    schema_overrides={"n": pl.Int32},
)
DATA = (
    b"\2\2a\2\1\2\1"
    b"\0\0\2\x80\x80\x80\1"
    b"\2\0\2\0\0"
)  # fmt: skip


def test_encodes_records_as_these_bytes() -> None:
    assert encode_records(FRAME) == (3, DATA)
    assert decode_records(SCHEMA, 3, [DATA]).equals(FRAME)
    assert decode_records(SCHEMA, 3, [DATA], ["n"]).equals(FRAME.select("n"))


@given(tables(nullable=True, without=["date", "timestamp-micros", "bytes"]))
def test_reads_and_rewrites_what_fastavro_writes(
    table: tuple[Schema, list[dict[str, Any]]],
) -> None:
    schema, rows = table
    plain = _numbers(schema)
    file = written(schema, rows)
    data = b"".join(block.data for block in parts(file))
    if rows:
        frame = decode_records(plain, len(rows), [data])
        assert frame.height == len(by_fastavro(file))
        assert encode_records(frame) == (len(rows), data)


def _numbers(avro: Any) -> Any:
    """Replace a schema's enums with ints."""
    if isinstance(avro, list):
        return [_numbers(branch) for branch in avro]
    if isinstance(avro, dict) and avro["type"] == "enum":
        return "int"
    if isinstance(avro, dict) and avro["type"] == "array":
        return {**avro, "items": _numbers(avro["items"])}
    if isinstance(avro, dict) and avro["type"] == "record":
        fields = [{**field, "type": _numbers(field["type"])} for field in avro["fields"]]
        return {**avro, "fields": fields}
    return avro


@pytest.mark.parametrize(
    ("count", "data"),
    [
        (4, DATA),
        (1, b""),
        (1, b"\2" + varint(100_000)),
        (1, b"\2" + varint(-1)),
        (1, b"\2\2\xff\0\0"),
        (1, b"\2\2a\2"),
        (1, b"\xff" * 20),
    ],
)
def test_damaged_bytes_raise_one_kind_of_error(count: int, data: bytes) -> None:
    with pytest.raises(NativeError):
        decode_records(SCHEMA, count, [data])


def test_encodes_a_frame_in_unaligned_chunks() -> None:
    whole = pl.concat([FRAME, FRAME], rechunk=False)
    split = pl.concat([FRAME[:1], FRAME[1:], FRAME[:2], FRAME[2:]], rechunk=False)
    assert encode_records(split) == encode_records(whole) == (6, DATA * 2)
