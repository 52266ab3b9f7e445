"""Frames encoded under a declared schema, as fastavro reads them."""

from __future__ import annotations

import io
from typing import Any

import fastavro
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.avro import Schema, avro_schema
from tests.helpers.random_avro import tables, written
from tests.transforms.avro.test_decode import decoded, enum, record
from transforms.avro.encode import (
    BLOCK_ROWS,
    check_encodable,
    encode_blocks,
    sync_marker,
    write_header,
)
from transforms.avro.header import read_header
from transforms.avro.types import polars_schema
from transforms.frames.frame import Frame

Table = tuple[Schema, list[dict[str, Any]]]
NUMBER: Schema = record(("n", ["null", "long"]))


def array(items: Any) -> Schema:
    return {"type": "array", "items": items}


def encoded(frame: Frame, schema: Schema, codec: str = "null") -> bytes:
    return write_header(schema, codec) + encode_blocks(frame, schema, codec)


def by_fastavro(file: bytes) -> list[Any]:
    return list(fastavro.reader(io.BytesIO(file)))


@given(tables(nullable=True, without=["timestamp-micros"]))
def test_fastavro_reads_encoded_frames(table: Table) -> None:
    schema, rows = table
    check_encodable(schema)
    frame = pl.DataFrame(rows, schema=polars_schema(schema))
    file = encoded(frame, schema)
    assert by_fastavro(file) == by_fastavro(written(schema, rows))
    assert decoded(file, schema).equals(frame)


@given(tables(nullable=True, without=["timestamp-micros"]), st.data())
def test_accepts_columns_and_chunks_in_any_order(table: Table, data: st.DataObject) -> None:
    schema, rows = table
    frame = pl.DataFrame(rows, schema=polars_schema(schema))
    cut = data.draw(st.integers(0, len(rows)))
    columns = data.draw(st.permutations(frame.columns))
    parts = pl.concat([frame[:cut], frame[cut:]], rechunk=False)
    shown = parts.select(columns).with_columns(more=pl.lit("not declared"))
    assert encode_blocks(shown, schema) == encode_blocks(frame, schema)


def test_encodes_the_bytes_in_the_specification() -> None:
    schema = record(
        ("s", ["null", "string"]), ("e", ["null", enum("A", "B", "C")]), ("n", ["null", "long"])
    )
    frame = pl.DataFrame({"s": ["ab", None], "e": ["C", "A"], "n": [-2, 64]})
    # A branch's number before each value; the length of text, a symbol's place and a number zigzag.
    rows = b"\x02\x04ab" + b"\x02\x04" + b"\x02\x03" + b"\x00" + b"\x02\x00" + b"\x02\x80\x01"
    marker = sync_marker(schema)
    assert encode_blocks(frame, schema, "null") == b"\x04" + bytes([2 * len(rows)]) + rows + marker
    assert encoded(frame, schema).count(marker) == 2


def test_accepts_enums_as_text_and_numbers_of_another_width() -> None:
    symbols = enum("U", "A", "B")
    schema = record(
        ("e", ["null", symbols]),
        ("l", ["null", array(["null", {**symbols, "name": "F"}])]),
        ("r", ["null", record(("e", ["null", {**symbols, "name": "G"}]), name="S")]),
        ("n", ["null", "int"]),
    )
    rows = [
        {"e": "B", "l": ["A", None, "U"], "r": {"e": "B"}, "n": 1},
        {"e": None, "l": None, "r": None, "n": None},
        {"e": "U", "l": [], "r": {"e": None}, "n": -1},
    ]
    frame = pl.DataFrame(rows)
    assert frame.schema != polars_schema(schema)
    assert by_fastavro(encoded(frame, schema)) == rows


def test_rejects_a_struct_with_reordered_fields() -> None:
    inner = record(("a", ["null", "int"]), ("b", ["null", "int"]), name="Q")
    with pytest.raises(pl.exceptions.PolarsError, match="b vs a"):
        encode_blocks(pl.DataFrame({"r": [{"b": 2, "a": 1}]}), record(("r", ["null", inner])))


@pytest.mark.parametrize("value", ["NEW", "", "a"])
def test_rejects_text_that_is_not_a_symbol(value: str) -> None:
    schema = record(("e", ["null", enum("A", "B")]))
    with pytest.raises(pl.exceptions.PolarsError):
        encode_blocks(pl.DataFrame({"e": ["A", value]}), schema)


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"other": [1]}),
        pl.DataFrame({"n": ["text"]}),
        pl.DataFrame({"n": [1 << 63]}, schema={"n": pl.UInt64}),
    ],
    ids=["missing", "text", "too large"],
)
def test_rejects_a_frame_that_does_not_fit(frame: Frame) -> None:
    with pytest.raises(pl.exceptions.PolarsError):
        encode_blocks(frame, NUMBER)


def test_an_empty_frame_gives_no_blocks() -> None:
    frame = pl.DataFrame(schema={"n": pl.Int64})
    assert encode_blocks(frame, NUMBER) == b""
    assert by_fastavro(encoded(frame, NUMBER)) == []


@pytest.mark.parametrize(
    ("rows", "counts"),
    [
        (1, [1]),
        (BLOCK_ROWS, [BLOCK_ROWS]),
        (2 * BLOCK_ROWS + 1, [BLOCK_ROWS, BLOCK_ROWS, 1]),
    ],
)
def test_limits_the_rows_of_a_block_and_keeps_their_order(rows: int, counts: list[int]) -> None:
    file = encoded(pl.DataFrame({"n": range(rows)}), NUMBER)
    assert [block.num_records for block in fastavro.block_reader(io.BytesIO(file))] == counts
    assert [row["n"] for row in by_fastavro(file)] == list(range(rows))


def test_a_marker_depends_only_on_its_schema() -> None:
    other = record(("n", ["null", "int"]))
    assert sync_marker(NUMBER) == sync_marker(dict(NUMBER)) != sync_marker(other)
    header = read_header(io.BytesIO(write_header(NUMBER)))
    assert (header.sync, header.schema, header.codec) == (sync_marker(NUMBER), NUMBER, "snappy")


@pytest.mark.parametrize(
    ("avro", "message"),
    [
        ("string", "the type of v must be"),
        (["string", "null"], "the type of v must be"),
        (["null", "string", "int"], "the type of v must be"),
        (["null", array("string")], r"the type of v\[\] must be"),
        (["null", record(("a", "int"), name="Q")], r"the type of v\.a must be"),
        (
            ["null", array(["null", record(("a", ["int", "null"]), name="Q")])],
            r"the type of v\[\]\.a must be",
        ),
        (["null", {"type": "map", "values": "int"}], "the type map of v cannot be written"),
        (["null", {"type": "fixed", "name": "X", "size": 3}], "the type fixed of v cannot"),
        (
            ["null", {"type": "long", "logicalType": "timestamp-micros"}],
            "the type timestamp-micros of v cannot be written",
        ),
    ],
)
def test_rejects_an_unsupported_schema_and_names_the_field(avro: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_encodable(record(("k", ["null", "string"]), ("v", avro)))


def test_a_header_marks_the_fields_that_are_confidential_by_law() -> None:
    file = fastavro.reader(io.BytesIO(write_header(avro_schema("case_record"), "null")))
    written_schema = file.writer_schema
    assert isinstance(written_schema, dict)
    marked = {f["name"]: f.get("confidential") for f in written_schema["fields"]}
    assert marked["victimization"] == "8 USC 1367"
    assert marked["applications"] == "8 CFR 208.6; 8 USC 1367"
    assert marked["arrests"] is None
    recommended = {
        f["name"]: f.get("confidential") for f in avro_schema("recommendation")["fields"]
    }
    assert recommended["reasons"] == recommended["missing_facts"] == "8 CFR 208.6; 8 USC 1367"
    assert recommended["route"] is None
