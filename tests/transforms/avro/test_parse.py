"""Schemas as types: what affects the bytes is read, and the rest is ignored."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given

from schemas.avro import Schema
from tests.helpers.random_avro import schemas
from tests.transforms.avro.test_decode import enum, record
from transforms.avro.bounds import DEPTH, TYPES
from transforms.avro.parse import SchemaError, parse


def nested(depth: int) -> Any:
    avro: Any = "int"
    for _ in range(depth):
        avro = {"type": "array", "items": avro}
    return avro


def doubling(levels: int) -> Schema:
    """Each record holds the previous one twice: the text is short, but values are enormous."""
    avro: Any = record(("x", "int"), name="R0")
    for level in range(1, levels):
        avro = record(("a", avro), ("b", f"R{level - 1}"), name=f"R{level}")
    return record(("case_id", "string"), ("more", ["null", avro]), name="Top")


def fixed(size: Any) -> Any:
    return {"type": "fixed", "name": "F", "size": size}


@pytest.mark.parametrize(
    ("avro", "says"),
    [
        (fixed(-5), "a fixed without a valid size, in the field f"),
        (fixed("5"), "a fixed without a valid size"),
        (fixed(True), "a fixed without a valid size"),
        (fixed(None), "a fixed without a valid size"),
        (nested(500), f"nests its types more than {DEPTH} deep"),
        (["int"] * (TYPES + 1), f"more than {TYPES:,} types"),
        ("Nobody", "names a type that it doesn't define, in the field f"),
        (["null", ["int", "string"]], "a union within a union"),
        (7, "something that isn't a type"),
        (None, "something that isn't a type"),
        ({}, "something that isn't a type"),
        ({"type": "array"}, "something that isn't a type"),
        ({"type": "record", "name": "I"}, "a record without fields"),
        ({"type": "record", "name": "I", "fields": [7]}, "a field without a type or a name"),
        (record(("a", "int"), ("a", "int"), name="I"), "a field without a type or a name"),
        (record(("a", "int"), name="R"), "one name for two types"),
        (record(("a", "int"), name="int"), "one name for two types"),
        ({**record(("a", "int")), "name": 7}, "a name that isn't text"),
        ({"type": "enum", "name": "E"}, "an enum without symbols"),
        ({"type": "enum", "name": "E", "symbols": ["A", 7]}, "an enum without symbols"),
        (enum("A", "A"), "an enum that repeats a symbol"),
    ],
)
def test_rejects_invalid_schemas_and_names_the_field(avro: Any, says: str) -> None:
    with pytest.raises(SchemaError) as raised:
        parse(record(("f", avro)))
    assert says in str(raised.value)


@pytest.mark.parametrize(
    ("avro", "kind", "logical"),
    [
        ({"type": "int", "logicalType": "date"}, "int", "date"),
        ({"type": "long", "logicalType": "date"}, "long", ""),
        ({"type": "string", "logicalType": "timestamp-micros"}, "string", ""),
        ({"type": "int", "logicalType": "phase of the moon"}, "int", ""),
        ({"type": "int", "logicalType": ["date"]}, "int", ""),
        ({"type": {"type": "long", "logicalType": "timestamp-micros"}}, "long", "timestamp-micros"),
        ({"type": "bytes", "logicalType": "decimal", "precision": -3, "scale": "x"}, "bytes", ""),
    ],
)
def test_ignores_a_logical_type_that_does_not_fit(avro: Any, kind: str, logical: str) -> None:
    [field] = parse(record(("f", avro))).fields
    assert (field.type.kind, field.type.logical) == (kind, logical)


def test_reads_the_deepest_allowed_schema() -> None:
    # The record is one level, and its field is another.
    assert parse(record(("f", nested(DEPTH - 1)))).fields[0].type.kind == "array"
    with pytest.raises(SchemaError):
        parse(record(("f", nested(DEPTH))))


def test_finds_a_name_in_its_namespace() -> None:
    inner = {"type": "fixed", "name": "F", "namespace": "a.b", "size": 3}
    outer = {**record(("x", inner), ("y", "a.b.F")), "namespace": "c"}
    first, second = parse(outer).fields
    assert first.type is second.type
    with pytest.raises(SchemaError):
        parse({**outer, "fields": [outer["fields"][0], {"name": "y", "type": "F"}]})


def test_a_recursive_type_is_a_cycle() -> None:
    avro = record(("next", ["null", "R"]))
    parsed = parse(avro)
    assert parsed.fields[0].type.value is parsed


def test_exponentially_nested_names_take_no_more_than_their_text() -> None:
    begun = time.process_time()
    assert parse(doubling(30)).fields[1].type.nullable
    assert time.process_time() - begun < 5


@given(schemas())
def test_reads_every_valid_schema(schema: Schema) -> None:
    names = [field["name"] for field in schema["fields"]]
    assert [field.name for field in parse(schema).fields] == names
