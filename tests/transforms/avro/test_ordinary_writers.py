"""Case records as Spark, BigQuery, Java, and pandas write them: at full speed, every value read."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from schemas.avro import Schema, avro_schema
from tests.helpers.random_avro import written
from tests.transforms.avro.test_decode import decoder, enum, one_way, parts
from transforms.sample.backlog import sample_block

CASE = avro_schema("case_record")

# The type written, the value, the field, what is read, and the reason of the warning.
VALUES: list[tuple[Any, Any, str, Any, str | None]] = [
    ("long", 3, "arrests", 3, None),
    ("long", -1, "arrests", -1, None),
    ("long", 2**31, "arrests", None, "OUT_OF_RANGE"),
    ("double", 3.0, "arrests", 3, None),
    ("double", -0.0, "arrests", 0, None),
    ("double", 2.5, "arrests", None, "BAD_NUMBER"),
    ("double", 1e12, "arrests", None, "OUT_OF_RANGE"),
    ("double", math.inf, "arrests", None, "BAD_NUMBER"),
    ("double", math.nan, "arrests", None, None),
    ("float", 3.0, "arrests", 3, None),
    ("string", "3", "arrests", 3, None),
    ("string", " +3 ", "arrests", 3, None),
    ("string", "-1", "arrests", -1, None),
    ("string", "3.0", "arrests", 3, None),
    ("string", "0", "arrests", 0, None),
    ("string", "", "arrests", None, None),
    ("string", "N/A", "arrests", None, None),
    ("string", "three", "arrests", None, "BAD_NUMBER"),
    ("string", "1e3", "arrests", None, "BAD_NUMBER"),
    ("string", "2.5", "arrests", None, "BAD_NUMBER"),
    ("string", "1,000", "arrests", None, "BAD_NUMBER"),
    ("string", "2147483648", "arrests", None, "OUT_OF_RANGE"),
    ("string", "9" * 30, "arrests", None, "OUT_OF_RANGE"),
    ("string", "true", "gang_member", True, None),
    ("string", " YES ", "gang_member", True, None),
    ("string", "n", "gang_member", False, None),
    ("string", "0", "gang_member", False, None),
    ("string", "unknown", "gang_member", None, None),
    ("string", "maybe", "gang_member", None, "UNKNOWN_CODE"),
    ("int", 1, "gang_member", True, None),
    ("long", 0, "gang_member", False, None),
    ("long", 2, "gang_member", None, "OUT_OF_RANGE"),
    ("double", 1.0, "gang_member", True, None),
    ("double", math.nan, "gang_member", None, None),
    ("long", 123, "source", "123", None),
    ("int", 0, "source", "0", None),
    # It mustn't be taken for an A-number.
    ("double", 12345678.0, "a_number", "12345678.0", None),
    ("double", math.nan, "source", None, None),
    ("boolean", True, "source", "true", None),
    (enum("BAL", "DEN"), "DEN", "court", "DEN", None),
    ("string", "detained", "custody", "DETAINED", None),
    ("string", "in jail", "custody", "UNKNOWN", "UNKNOWN_CODE"),
    ({"type": "int", "logicalType": "date"}, 0, "birth_date", "1970-01-01", None),
    ({"type": "bytes"}, b"BAL", "court", "BAL", None),
]


@pytest.mark.parametrize("slow", [False, True], ids=["polars", "fastavro"])
@pytest.mark.parametrize("union", ["alone", "null first", "null last"])
@pytest.mark.parametrize(("avro", "value", "field", "expected", "reason"), VALUES, ids=str)
def test_reads_a_value_or_makes_it_unknown_with_a_warning(
    avro: Any, value: Any, field: str, expected: Any, reason: str | None, union: str, slow: bool
) -> None:
    unions = {"alone": avro, "null first": ["null", avro], "null last": [avro, "null"]}
    fields = [{"name": "case_id", "type": "string"}, {"name": field, "type": unions[union]}]
    file = written({"type": "record", "name": "R", "fields": fields},
                   [{"case_id": "1", field: value}])  # fmt: skip
    frame = one_way(decoder(file, CASE), slow).decode(parts(file))
    assert frame[field].to_list() == [expected]
    assert frame["warnings"].drop_nulls().explode().to_list() == (
        [] if reason is None else [f"{field}:{reason}"]
    )


@pytest.mark.parametrize("slow", [False, True], ids=["polars", "fastavro"])
def test_warns_once_about_values_in_lists(slow: bool) -> None:
    conviction = {"type": "record", "name": "C", "fields": [
        {"name": "sentence_days", "type": ["double", "null"]},
        {"name": "violent", "type": "string"},
    ]}  # fmt: skip
    fields: list[Any] = [{"name": "case_id", "type": "long"},
              {"name": "convictions", "type": {"type": "array", "items": conviction}}]  # fmt: skip
    rows = [
        {"case_id": 1, "convictions": []},
        {"case_id": 2, "convictions": [
            {"sentence_days": days, "violent": violent}
            for days, violent in ((30.0, "Y"), (0.5, "?"), (None, "N"), (0.25, "maybe"))
        ]},
    ]  # fmt: skip
    file = written({"type": "record", "name": "R", "fields": fields}, rows)
    frame = one_way(decoder(file, CASE), slow).decode(parts(file))
    assert frame["case_id"].to_list() == ["1", "2"]
    [none, some] = frame["convictions"].to_list()
    assert none == []
    assert [(one["sentence_days"], one["violent"]) for one in some] == [
        (30, True),
        (None, None),
        (None, False),
        (None, None),
    ]
    assert sorted(frame["warnings"][1]) == [
        "convictions.sentence_days:BAD_NUMBER",
        "convictions.violent:UNKNOWN_CODE",
    ]


def like(avro: Any, union: Callable[[Any], Any], kinds: dict[str, str]) -> Any:
    """A schema with other unions and kinds."""
    if isinstance(avro, list):
        return union(like(avro[1], union, kinds))
    if isinstance(avro, str):
        return kinds.get(avro, avro)
    if avro["type"] == "array":
        return {"type": "array", "items": like(avro["items"], union, kinds)}
    if avro["type"] == "record":
        fields = [
            {"name": f["name"], "type": like(f["type"], union, kinds)} for f in avro["fields"]
        ]
        return {"type": "record", "name": avro["name"], "fields": fields}
    return kinds.get(avro["type"], avro)


def last(avro: Any) -> Any:
    return [avro, "null"]


def first(avro: Any) -> Any:
    return ["null", avro]


WRITERS: dict[str, Schema] = {
    "spark": like(CASE, last, {"enum": "string", "int": "long"}),
    "bigquery": like(CASE, first, {"enum": "string", "int": "long"}),
    "java": like(CASE, last, {}),
    "pandas": like(CASE, first, {"enum": "string", "int": "double", "boolean": "double"}),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_reads_a_whole_record_unchanged_without_fastavro(writer: str) -> None:
    cases = sample_block(2011, 0).drop("_number").head(200)
    kept = cases.with_columns(warnings=pl.lit(None, cases.schema["warnings"]))
    schema = WRITERS[writer]
    # Another writer's field, which isn't read.
    more = {"name": "more", "type": {"type": "map", "values": "string"}}
    schema = {**schema, "fields": [*schema["fields"], more]}
    rows = [{**numbers(row, writer == "pandas"), "more": {"a": "b"}} for row in kept.to_dicts()]
    file = written(schema, rows, "snappy", block_rows=100)
    made = decoder(file, CASE)
    frame = made.decode(parts(file))
    assert frame.drop("warnings").equals(kept.drop("warnings"))
    assert frame["warnings"].drop_nulls().list.len().sum() == 0
    # Unproven bytes are decoded the slow way, with the same result.
    assert made.plan is not None
    [block] = parts(written(schema, rows, "null", block_rows=200))
    assert made.plan.decode(block.count, [block.data], checked=False).height == kept.height


def numbers(value: Any, wanted: bool) -> Any:
    """Replace true and false with 1.0 and 0.0, if wanted."""
    if isinstance(value, dict):
        return {name: numbers(one, wanted) for name, one in value.items()}
    if isinstance(value, list):
        return [numbers(one, wanted) for one in value]
    return float(value) if wanted and isinstance(value, bool) else value
