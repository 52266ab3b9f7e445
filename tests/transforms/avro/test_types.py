from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tests.transforms.avro.test_decode import enum, record
from transforms.avro.types import is_nullable, kind_of, logical_of, polars_schema, value_type

DAY = {"type": "int", "logicalType": "date"}
MICROS = {"type": "long", "logicalType": "timestamp-micros"}


def array(items: Any) -> Any:
    return {"type": "array", "items": items}


@pytest.mark.parametrize(
    ("avro", "dtype"),
    [
        ("boolean", pl.Boolean()),
        ("int", pl.Int32()),
        ("long", pl.Int64()),
        ("float", pl.Float32()),
        ("double", pl.Float64()),
        ("string", pl.String()),
        ("bytes", pl.Binary()),
        (DAY, pl.Date()),
        (MICROS, pl.Datetime("us", "UTC")),
        # A logical type that frames don't have is read as its stored type.
        ({"type": "string", "logicalType": "uuid"}, pl.String()),
        ({"type": "long", "logicalType": "timestamp-millis"}, pl.Int64()),
        (enum("A", "B"), pl.Enum(["A", "B"])),
        (array(["null", DAY]), pl.List(pl.Date())),
        (
            record(("a", array(array("int"))), ("b", enum("A"))),
            pl.Struct({"a": pl.List(pl.List(pl.Int32())), "b": pl.Enum(["A"])}),
        ),
    ],
)
def test_gives_the_dtype_of_nullable_and_other_types(avro: Any, dtype: pl.DataType) -> None:
    for whole in (avro, ["null", avro], [avro, "null"]):
        assert polars_schema(record(("v", whole), name="Whole")) == {"v": dtype}


def test_a_named_type_is_the_declared_one() -> None:
    schema = record(("a", enum("A", "B")), ("b", ["null", "E"]), ("c", array("E")), name="Whole")
    dtype = pl.Enum(["A", "B"])
    assert polars_schema(schema) == {"a": dtype, "b": dtype, "c": pl.List(dtype)}


@pytest.mark.parametrize(
    ("avro", "kind", "logical", "value", "nullable"),
    [
        ("null", "null", "", "null", True),
        ("int", "int", "", "int", False),
        (DAY, "int", "date", DAY, False),
        (["null", DAY], "union", "", DAY, True),
        ([DAY, "null"], "union", "", DAY, True),
        (["string"], "union", "", "string", False),
        (["string", "int"], "union", "", ["string", "int"], False),
        (["string", "null", "int"], "union", "", ["string", "null", "int"], True),
        (["null"], "union", "", ["null"], True),
    ],
)
def test_describes_types(avro: Any, kind: str, logical: str, value: Any, nullable: bool) -> None:
    assert (kind_of(avro), logical_of(avro)) == (kind, logical)
    assert value_type(avro) == value
    assert is_nullable(avro) is nullable
