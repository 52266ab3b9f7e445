"""What polars decodes, and which type conversions are left to fastavro."""

from __future__ import annotations

import datetime
import io
from typing import Any

import fastavro
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.avro import Schema
from tests.helpers.random_avro import schemas, tables, values, written
from tests.transforms.avro.test_decode import decoded, decoder, enum, record
from transforms.avro.columns import column_of, same_columns
from transforms.avro.mark import marked, smallest
from transforms.avro.plain import NotPlainError, plain_record
from transforms.avro.types import dtype_of

MICROSECOND = datetime.timedelta(microseconds=1)
DAY = {"type": "int", "logicalType": "date"}
A, B = record(("x", "int"), name="A"), record(("x", "int"), ("y", "int"), name="B")
E, F = enum("P", "Q"), enum("Q", "P", name="F")


def array(items: Any) -> Schema:
    return {"type": "array", "items": items}


def stored(avro: Any, value: Any) -> bytes:
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, avro, value)
    return stream.getvalue()


def read(avro: Any, data: bytes) -> Any:
    """Read a value, which must use all bytes."""
    stream = io.BytesIO(data)
    value = fastavro.schemaless_reader(stream, avro, None)
    assert stream.read() == b""
    return value


@given(schemas(), st.data())
def test_no_value_is_shorter_than_the_smallest_one(schema: Schema, data: st.DataObject) -> None:
    least = smallest(schema)
    read(schema, least)
    assert len(least) <= len(stored(schema, data.draw(values(schema))))


@pytest.mark.parametrize(
    ("avro", "value", "size"),
    [
        ("null", None, 0),
        ("boolean", False, 1),
        ("int", 0, 1),
        ("float", 0.0, 4),
        ("double", 0.0, 8),
        ("string", "", 1),
        ({"type": "fixed", "name": "X", "size": 3}, bytes(3), 3),
        ({"type": "map", "values": "double"}, {}, 1),
        (array("double"), [], 1),
        (E, "P", 1),
        (["null", "double"], None, 1),
        (["double", "null"], None, 1),
        (["double", "string"], "", 2),
        (record(("a", "double"), ("b", A), ("c", ["null", "float"])), ..., 10),
        (record(), {}, 0),
    ],
)
def test_the_smallest_value_is_null_zero_or_empty(avro: Any, value: Any, size: int) -> None:
    least = smallest(avro)
    assert len(least) == size
    assert read(avro, least) == ({"a": 0.0, "b": {"x": 0}, "c": None} if value is ... else value)


@given(schemas(), st.text(max_size=70), st.sampled_from(["string", "bytes"]), st.booleans())
def test_a_marked_record_has_its_text(schema: Schema, text: str, kind: str, last: bool) -> None:
    for avro in (kind, ["null", kind], [kind, "null"]):
        fields = [{"name": "mark", "type": avro}, *schema["fields"]]
        whole = {**schema, "fields": fields[::-1] if last else fields}
        row = read(whole, marked(whole, "mark", text.encode()))
        assert row.pop("mark") == (text if kind == "string" else text.encode())
        assert row == read(schema, smallest(schema))


@given(tables())
def test_equal_columns_need_no_conversion(
    table: tuple[Schema, list[dict[str, Any]]],
) -> None:
    schema, rows = table
    plain = plain_record(schema)
    # A file with the plain schema in its header, but the bytes of the other schema.
    numbers = [
        {f["name"]: _numbers(f["type"], row[f["name"]]) for f in schema["fields"]} for row in rows
    ]
    frame = pl.read_avro(io.BytesIO(written(plain, numbers)))
    for field in schema["fields"]:
        same = same_columns(field["type"], field["type"])
        assert same == (frame.schema[field["name"]] == dtype_of(field["type"]))
        if same:
            assert frame[field["name"]].to_list() == [row[field["name"]] for row in rows]


def _numbers(avro: Any, value: Any) -> Any:
    """Replace symbols, days, and times in a value with their numbers."""
    if isinstance(avro, list):
        avro = next(branch for branch in avro if branch != "null")
    if isinstance(value, datetime.datetime):
        return (value - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)) // MICROSECOND
    if isinstance(value, datetime.date):
        return (value - datetime.date(1970, 1, 1)).days
    if value is None or isinstance(avro, str):
        return value
    if avro["type"] == "enum":
        return avro["symbols"].index(value)
    if avro["type"] == "array":
        return [_numbers(avro["items"], item) for item in value]
    if avro["type"] == "record":
        return {f["name"]: _numbers(f["type"], value[f["name"]]) for f in avro["fields"]}
    return value


@pytest.mark.parametrize(
    ("writer", "reader", "same"),
    [
        ("int", "int", True),
        ("int", ["null", "int"], True),
        (["int", "null"], ["null", "int"], True),
        (["null", "int"], "int", False),
        ("int", "long", False),
        ("int", DAY, False),
        # A decoded day is still a number.
        (DAY, DAY, False),
        (array("int"), array(["null", "int"]), True),
        (array(["null", "int"]), array("int"), False),
        (array("int"), array("long"), False),
        (A, {**A, "name": "Other"}, True),
        (A, B, False),
        (B, {**B, "fields": B["fields"][::-1]}, False),
        (E, E, False),
        (array(E), array(E), False),
    ],
)
def test_tells_which_columns_are_equal(writer: Any, reader: Any, same: bool) -> None:
    assert same_columns(writer, reader) is same


@pytest.mark.parametrize(
    ("writer", "reader", "by_polars"),
    [
        ("int", "double", True),
        ("string", "bytes", False),
        ("bytes", "string", False),
        (["null", "int"], "int", False),
        (["null", "string", "int"], ["null", "string"], False),
        ("int", DAY, True),
        (E, F, True),
        (E, enum("P"), False),
        (E, enum("P", default="P"), True),
        (array(E), array(["null", F]), True),
        (A, B | {"fields": [*A["fields"], {"name": "y", "type": "int", "default": 3}]}, True),
        # Unread fields are cut out first.
        ({"type": "fixed", "name": "X", "size": 3}, None, True),
        ({"type": "map", "values": "int"}, None, True),
        ([E, "string"], None, True),
        ("long", "int", True),
        ("string", F | {"default": "Q"}, True),
        (B, None, True),
    ],
)
def test_chooses_between_polars_and_fastavro(writer: Any, reader: Any, by_polars: bool) -> None:
    header = written(record(("key", "string"), ("v", writer), name="Whole"), [])
    wanted: list[Any] = (
        [("key", "string")] if reader is None else [("key", "string"), ("v", reader)]
    )
    assert (decoder(header, record(*wanted, name="Whole")).plan is not None) is by_polars


def test_reads_a_file_without_text() -> None:
    schema = record(("n", ["null", "int"]), ("m", ["null", "int"]))
    rows = [{"n": number, "m": None} for number in (1, -2, 3)]
    file = written(schema, rows)
    assert decoded(file, schema).to_dicts() == rows
    assert decoded(file, schema, ["n"])["n"].to_list() == [1, -2, 3]


@pytest.mark.parametrize("default", [[], [1]])
def test_leaves_a_nested_default_to_fastavro(default: list[int]) -> None:
    field = {"name": "v", "type": array("int"), "default": default}
    with pytest.raises(NotPlainError):
        column_of(field, None)
    nothing = {"name": "v", "type": ["null", array("int")], "default": None}
    frame = pl.DataFrame({"other": [1, 2]}).select(column_of(nothing, None))
    assert frame.schema == {"v": pl.List(pl.Int32)}
