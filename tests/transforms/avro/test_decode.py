from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import fastavro
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.avro import Schema, avro_schema
from schemas.errors import DecodeError, SchemaMismatchError
from tests.helpers.random_avro import schemas, tables, values, written
from transforms.avro.blocks import Block, blocks
from transforms.avro.codecs import CODECS, compress
from transforms.avro.decode import Decoder
from transforms.avro.header import read_header
from transforms.avro.types import polars_schema
from transforms.frames.frame import Frame


def record(*fields: tuple[str, Any] | tuple[str, Any, dict[str, Any]], name: str = "R") -> Schema:
    return {
        "type": "record",
        "name": name,
        "fields": [{"name": f[0], "type": f[1], **(f[2] if len(f) > 2 else {})} for f in fields],
    }


def enum(*symbols: str, name: str = "E", **more: str) -> Schema:
    return {"type": "enum", "name": name, "symbols": list(symbols), **more}


def parts(file: bytes) -> list[Block]:
    stream = io.BytesIO(file)
    found = list(blocks(stream, read_header(stream), 0, len(file)))
    assert all(isinstance(block, Block) for block in found)
    return [block for block in found if isinstance(block, Block)]


def decoder(file: bytes, reader: Schema, columns: list[str] | None = None) -> Decoder:
    return Decoder.of(read_header(io.BytesIO(file)), reader, columns)


def decoded(file: bytes, reader: Schema, columns: list[str] | None = None) -> Frame:
    return decoder(file, reader, columns).decode(parts(file))


def one_way(made: Decoder, slow: bool) -> Decoder:
    """The decoder, or one that lets fastavro read each record."""
    return replace(made, plan=None) if slow else made


def by_fastavro(file: bytes, reader: Schema | None = None) -> list[Any]:
    return list(fastavro.reader(io.BytesIO(file), reader))


@given(tables(), st.sampled_from(sorted(CODECS)))
def test_reads_what_fastavro_writes(table: tuple[Schema, list[dict[str, Any]]], codec: str) -> None:
    schema, rows = table
    frame = decoded(written(schema, rows, codec), schema)
    assert frame.schema == polars_schema(schema)
    assert frame.to_dicts() == by_fastavro(written(schema, rows))


@given(tables(), st.data())
def test_selected_columns_equal_those_of_the_whole_frame(
    table: tuple[Schema, list[dict[str, Any]]], data: st.DataObject
) -> None:
    schema, rows = table
    names = [field["name"] for field in schema["fields"]]
    columns = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    file = written(schema, rows)
    assert decoded(file, schema, columns).equals(decoded(file, schema).select(columns))


@given(tables(), tables(), st.randoms())
def test_fields_may_be_added_dropped_and_moved(
    kept: tuple[Schema, list[dict[str, Any]]],
    dropped: tuple[Schema, list[dict[str, Any]]],
    random: Any,
) -> None:
    schema, rows = kept
    old = [{**field, "name": f"old_{field['name']}"} for field in dropped[0]["fields"]]
    extra = [{f"old_{name}": value for name, value in row.items()} for row in dropped[1]]
    renamed = _renamed({**dropped[0], "fields": old}, "Old")
    writer = {**schema, "fields": [*renamed["fields"], *schema["fields"]]}
    moved = list(schema["fields"])
    random.shuffle(moved)
    new = {"name": "new", "type": ["null", "string"], "default": None}
    reader = {**schema, "fields": [*moved, new]}
    both = [{**a, **b} for a, b in zip(extra, rows, strict=False)]
    file = written(writer, both)
    assert decoded(file, reader).to_dicts() == by_fastavro(file, reader)


def _renamed(avro: Any, prefix: str) -> Any:
    if isinstance(avro, list):
        return [_renamed(branch, prefix) for branch in avro]
    if isinstance(avro, dict):
        again = {key: _renamed(value, prefix) for key, value in avro.items()}
        return (
            {**again, "name": prefix + avro["name"]} if avro.get("name", "")[:1] == "N" else again
        )
    return avro


OLD_TO_NEW = {
    "int to long": ("int", "long", 7, 7),
    "int to double": ("int", "double", 7, 7.0),
    "long to float": ("long", "float", 7, 7.0),
    "float to double": ("float", "double", 0.5, 0.5),
    "string to bytes": ("string", "bytes", "é", "é".encode()),
    "bytes to string": ("bytes", "string", "é".encode(), "é"),
    "to nullable": ("int", ["null", "int"], 7, 7),
    "from nullable": (["null", "int"], "int", 7, 7),
    "null first to null last": (["null", "int"], ["int", "null"], None, None),
    "always null": ("null", ["null", "string"], None, None),
    "wide union": (["null", "int", "string"], ["null", "string"], "a", "a"),
    "uuid is text": (
        {"type": "string", "logicalType": "uuid"},
        "string",
        "7b0c5b0a-0000-4000-8000-000000000000",
        "7b0c5b0a-0000-4000-8000-000000000000",
    ),
    "number is a day": ("int", {"type": "int", "logicalType": "date"}, 0, "1970-01-01"),
    "more symbols": (enum("A"), enum("B", "A"), "A", "A"),
    "unknown symbol": (enum("A", "NEW"), enum("A", "U", default="U"), "NEW", "U"),
    "promoted in a list": (
        {"type": "array", "items": "int"},
        {"type": "array", "items": ["null", "long"]},
        [1, 2],
        [1, 2],
    ),
    "field added in a list": (
        {"type": "array", "items": record(("a", "int"), ("x", "int"), name="Q")},
        {
            "type": "array",
            "items": record(
                ("b", ["null", enum("A")], {"default": None}), ("a", "long"), name="Other"
            ),
        },
        [{"a": 1, "x": 2}],
        [{"b": None, "a": 1}],
    ),
    "field added in an empty list": (
        {"type": "array", "items": record(("x", "int"), name="Q")},
        {
            "type": "array",
            "items": record(("x", "int"), ("b", ["null", "string"], {"default": None}), name="Q"),
        },
        [],
        [],
    ),
}


@pytest.mark.parametrize("case", OLD_TO_NEW)
@pytest.mark.parametrize("slow", [False, True], ids=["polars", "fastavro"])
def test_older_and_newer_schemas_resolve(case: str, slow: bool) -> None:
    old, new, value, expected = OLD_TO_NEW[case]
    file = written(record(("key", "string"), ("v", old)), [{"key": "k", "v": value}])
    made = one_way(decoder(file, record(("key", "string"), ("v", new))), slow)
    frame = made.decode(parts(file))
    assert frame.schema == polars_schema(record(("key", "string"), ("v", new)))
    got = frame["v"][0]
    got = got.to_list() if isinstance(got, pl.Series) else got
    assert (str(got) if case == "number is a day" else got) == expected


@pytest.mark.parametrize("codec", sorted(CODECS))
def test_finds_a_field_by_its_alias_and_fills_in_a_missing_one(codec: str) -> None:
    file = written(record(("old", "string")), [{"old": "a"}, {"old": "b"}], codec)
    reader = record(
        ("new", "string", {"aliases": ["older", "old"]}),
        ("n", "int", {"default": 3}),
        ("e", enum("A", "B"), {"default": "B"}),
        ("l", ["null", {"type": "array", "items": "string"}], {"default": None}),
    )
    assert decoded(file, reader).to_dicts() == [
        {"new": "a", "n": 3, "e": "B", "l": None},
        {"new": "b", "n": 3, "e": "B", "l": None},
    ]
    assert decoded(file, reader, ["n"]).to_dicts() == [{"n": 3}, {"n": 3}]


def test_a_list_may_be_a_default() -> None:
    reader = record(("a", "string"), ("l", {"type": "array", "items": "string"}, {"default": []}))
    assert decoded(written(record(("a", "string")), [{"a": "x"}]), reader).to_dicts() == [
        {"a": "x", "l": []}
    ]


@pytest.mark.parametrize(
    ("writer", "reader", "message"),
    [
        (record(("a", "string")), record(("a", "int")), "has string in the field a"),
        (record(("a", ["null", "string"])), record(("a", ["null", "int"])), "in the field a"),
        (record(("a", "double")), record(("a", "int")), "has double in the field a, but int"),
        (record(("a", "string")), record(("b", "string")), "no field matches"),
        (record(("a", "int")), record(("a", "int"), ("b", "int")), "has no field b"),
        (
            record(("a", {"type": "array", "items": record(("x", "int"), name="Q")})),
            record(("a", {"type": "array", "items": record(("y", "int"), name="Q")})),
            "has no field a[].y",
        ),
        (
            record(("a", {"type": "long", "logicalType": "timestamp-millis"})),
            record(("a", {"type": "long", "logicalType": "timestamp-micros"})),
            "has timestamp-millis long in the field a",
        ),
        (
            record(("a", "int"), ("next", ["null", "string", "R"])),
            record(("a", "int"), ("next", ["null", "string"])),
            "contain themselves, in the field next",
        ),
        (record(("a", "Nowhere")), record(("a", "int")), "schema that is not valid"),
    ],
)
def test_rejects_schemas_that_do_not_resolve_and_names_the_field(
    writer: Schema, reader: Schema, message: str
) -> None:
    header = read_header(io.BytesIO(written(record(("a", "int")), [])))
    object.__setattr__(header, "schema", writer)
    with pytest.raises(SchemaMismatchError, match=message.replace("[", r"\[")):
        Decoder.of(header, reader)


@pytest.mark.parametrize("slow", [False, True], ids=["polars", "fastavro"])
@pytest.mark.parametrize(
    ("writer", "reader", "value"),
    [
        (["null", "int"], "int", None),
        (["null", "int", "string"], ["null", "string"], 5),
        (enum("A", "NEW"), enum("A"), "NEW"),
    ],
)
def test_quarantines_a_record_whose_value_does_not_resolve(
    writer: Any, reader: Any, value: Any, slow: bool
) -> None:
    file = written(record(("k", "string"), ("v", writer)), [{"k": "", "v": value}])
    made = one_way(decoder(file, record(("k", "string"), ("v", reader))), slow)
    with pytest.raises(DecodeError):
        made.decode(parts(file))


@pytest.mark.parametrize("slow", [False, True], ids=["polars", "fastavro"])
@pytest.mark.parametrize("codec", sorted(CODECS))
@pytest.mark.parametrize("off", [-3, -1, 1, 100])
def test_rejects_a_block_with_a_wrong_number_of_records(slow: bool, codec: str, off: int) -> None:
    schema = record(("k", ["null", "string"]), ("v", "int"))
    rows: list[dict[str, Any]] = [{"k": None, "v": 0} for _ in range(5)]
    file = written(schema, rows, codec)
    [block] = parts(file)
    wrong = Block(block.offset, block.count + off, block.data)
    made = one_way(decoder(file, schema), slow)
    assert made.decode([block]).height == 5
    with pytest.raises(DecodeError):
        made.decode([wrong])


@pytest.mark.parametrize("number", [b"\x01", b"\x04", b"\xfe\xff\xff\xff\x0f"])
@pytest.mark.parametrize("symbols", [("A", "B"), ("B", "A", "C")])
def test_rejects_a_number_without_a_symbol(number: bytes, symbols: tuple[str, ...]) -> None:
    schema = record(("k", ["null", "string"]), ("e", enum("A", "B")))
    file = written(schema, [{"k": None, "e": "A"}])
    with pytest.raises(DecodeError, match="symbol"):
        decoder(
            file, {**schema, "fields": [schema["fields"][0], {"name": "e", "type": enum(*symbols)}]}
        ).decode([Block(0, 1, b"\x00" + number)])


@given(st.data())
def test_rejects_damaged_bytes_or_decodes_as_many_records(data: st.DataObject) -> None:
    schema = data.draw(schemas())
    rows = data.draw(st.lists(values(schema), min_size=1, max_size=5))
    codec = data.draw(st.sampled_from(sorted(CODECS)))
    file = written(schema, rows, codec)
    [block] = parts(file)
    damaged = bytearray(block.data)
    for _ in range(data.draw(st.integers(1, 3))):
        if damaged:
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(0, len(damaged)))])
    for content in (bytes(damaged), cut):
        try:
            frame = decoder(file, schema).decode([Block(block.offset, block.count, content)])
        except DecodeError:
            continue
        assert frame.height == len(rows)
        assert frame.schema == polars_schema(schema)


def test_decodes_the_case_record_without_fastavro() -> None:
    schema = avro_schema("case_record")
    file = written(schema, [])
    assert decoder(file, schema).plan is not None
    assert decoder(file, schema, ["case_id"]).plan is not None
    assert decoded(file, schema).schema == polars_schema(schema)


def test_reads_a_frame_written_by_polars() -> None:
    frame = pl.DataFrame({"a": ["x", None], "l": [[{"n": 1}], None]})
    buffer = io.BytesIO()
    frame.write_avro(buffer)
    schema = record(
        ("a", ["null", "string"]),
        (
            "l",
            [
                "null",
                {"type": "array", "items": ["null", record(("n", ["null", "long"]), name="Q")]},
            ],
        ),
        name="Declared",
    )
    assert decoded(buffer.getvalue(), schema).to_dicts() == frame.to_dicts()


def test_rejects_data_compressed_twice() -> None:
    schema = record(("k", "string"))
    file = written(schema, [{"k": "a"}], "deflate")
    [block] = parts(file)
    with pytest.raises(DecodeError):
        decoder(file, schema).decode([Block(0, 1, compress("deflate", block.data))])
