"""Case records and events as exports write them: enums as text, whole numbers as long, days."""

from __future__ import annotations

import datetime
import io
from dataclasses import replace
from typing import Any

import fastavro
import polars as pl
import pytest

from schemas.avro import Schema, avro_schema
from tests.transforms.avro.test_decode import by_fastavro, decoder, parts
from transforms.avro.decode import Decoder
from transforms.avro.header import read_header
from transforms.avro.quarantined import Unread
from transforms.frames.frame import Frame
from transforms.normalize.records import normalize

CASE, EVENT = avro_schema("case_record"), avro_schema("case_event")
CONVICTION = {"type": "record", "name": "C", "fields": [
    {"name": "grade", "type": ["string", "null"]}, {"name": "sentence_days", "type": "long"},
]}  # fmt: skip
RECORD: Schema = {
    "type": "record",
    "name": "topLevelRecord",
    "fields": [
        {"name": "case_id", "type": "string"},
        {"name": "custody", "type": ["string", "null"]},
        {"name": "arrests", "type": ["long", "null"]},
        {"name": "convictions", "type": [{"type": "array", "items": [CONVICTION, "null"]}, "null"]},
    ],
}
# polars can't decode a union of three types: with one in the file, fastavro does.
WIDE: Any = {"name": "court", "type": ["null", "string", "bytes"]}


def read(row: dict[str, Any], *, wide: bool, event: bool = False) -> list[Frame | Unread]:
    schema = {**RECORD, "fields": [*RECORD["fields"], *([WIDE] if wide else [])]}
    row = {"case_id": "1", "custody": None, "arrests": None, "convictions": None, **row}
    if event:
        schema = {"type": "record", "name": "E", "fields": [{"name": "facts", "type": schema}]}
        row = {"facts": row}
    file = io.BytesIO()
    fastavro.writer(file, schema, [row])
    assert by_fastavro(file.getvalue())
    made = decoder(file.getvalue(), EVENT if event else CASE)
    read = made.read(parts(file.getvalue()))
    return [part for part in read if isinstance(part, Unread) or part.height]


def one(row: dict[str, Any], *, wide: bool, event: bool = False) -> dict[str, Any]:
    [frame] = read(row, wide=wide, event=event)
    assert isinstance(frame, Frame)
    [record] = frame.to_dicts()
    return dict(record["facts"] if event else record)


@pytest.mark.parametrize("event", [False, True], ids=["case", "event"])
@pytest.mark.parametrize("wide", [False, True], ids=["polars", "fastavro"])
@pytest.mark.parametrize(
    ("custody", "symbol", "warned"),
    [
        ("DETAINED", "DETAINED", False),
        ("UNKNOWN", "UNKNOWN", False),
        ("detained", "DETAINED", False),
        (" Never Detained", "NEVER_DETAINED", False),
        ("never-detained", "NEVER_DETAINED", False),
        (None, None, False),
        ("", "UNKNOWN", False),
        ("N/A", "UNKNOWN", False),
        ("in jail", "UNKNOWN", True),
        ("DETAINED?", "DETAINED", False),
    ],
)
def test_reads_text_as_a_symbol_or_as_unknown_with_a_warning(
    custody: str | None, symbol: str | None, warned: bool, wide: bool, event: bool
) -> None:
    record = one({"custody": custody}, wide=wide, event=event)
    assert record["custody"] == symbol
    assert (record["warnings"] or []) == (["custody:UNKNOWN_CODE"] if warned else [])


@pytest.mark.parametrize("wide", [False, True], ids=["polars", "fastavro"])
def test_warns_once_about_symbols_in_lists(wide: bool) -> None:
    grades = ["felony", "crime", None, "offence"]
    convictions = [{"grade": grade, "sentence_days": 5} for grade in grades]
    record = one({"convictions": [*convictions, None]}, wide=wide)
    assert [c and c["grade"] for c in record["convictions"]] == [
        *("FELONY", "UNKNOWN", None, "UNKNOWN", None)
    ]
    assert record["warnings"] == ["convictions.grade:UNKNOWN_CODE"]


@pytest.mark.parametrize("wide", [False, True], ids=["polars", "fastavro"])
@pytest.mark.parametrize("number", [0, 7, -(2**31), 2**31 - 1, 2**31, -(2**31) - 1, 2**40])
def test_reads_a_long_that_fits_or_makes_it_unknown_with_a_warning(number: int, wide: bool) -> None:
    fits = -(2**31) <= number < 2**31
    alone = one({"arrests": number}, wide=wide)
    assert alone["arrests"] == (number if fits else None)
    assert (alone["warnings"] or []) == ([] if fits else ["arrests:OUT_OF_RANGE"])
    listed = one({"convictions": [{"grade": None, "sentence_days": number}]}, wide=wide)
    assert [c["sentence_days"] for c in listed["convictions"]] == [number if fits else None]
    says = [] if fits else ["convictions.sentence_days:OUT_OF_RANGE"]
    assert (listed["warnings"] or []) == says


@pytest.mark.parametrize("wide", [False, True], ids=["polars", "fastavro"])
def test_without_warnings_a_long_that_does_not_fit_loses_its_record(
    wide: bool,
) -> None:
    fields: list[Any] = [{"name": "n", "type": "long"}, *([WIDE] if wide else [])]
    schema = {"type": "record", "name": "R", "fields": fields}
    file = io.BytesIO()
    fastavro.writer(file, schema, [{"n": 1}, {"n": 2**31}, {"n": 3}])
    reader = {**schema, "fields": [{"name": "n", "type": "int"}]}
    found = list(decoder(file.getvalue(), reader).read(parts(file.getvalue())))
    frames = [part for part in found if not isinstance(part, Unread)]
    assert pl.concat(frames)["n"].to_list() == [1, 3]
    [bad] = [part for part in found if isinstance(part, Unread)]
    assert (bad.reason, bad.count) == ("UNREADABLE_RECORD", 1)


DAYS = {"type": "int", "logicalType": "date"}
MICROS = {"type": "long", "logicalType": "timestamp-micros"}
MILLIS = {"type": "long", "logicalType": "timestamp-millis"}
LOCAL = {"type": "long", "logicalType": "local-timestamp-millis"}
MOMENTS: list[tuple[Any, int, str]] = [
    (DAYS, 0, "1970-01-01"),
    (DAYS, 15_295, "2011-11-17"),
    (DAYS, -719_162, "0001-01-01"),
    (DAYS, 2_932_896, "9999-12-31"),
    (DAYS, -719_163, "-719163 since 1970"),
    (DAYS, 2_932_897, "2932897 since 1970"),
    (DAYS, 20_111_117, "20111117 since 1970"),
    (DAYS, 2**31 - 1, "2147483647 since 1970"),
    (MICROS, 1, "1970-01-01T00:00:00Z"),
    (MICROS, -1, "1969-12-31T23:59:59Z"),
    (MICROS, 2**62, f"{2**62} since 1970"),
    (MILLIS, 1_321_488_000_000, "2011-11-17T00:00:00Z"),
    (LOCAL, 1_000, "1970-01-01T00:00:01"),
]


@pytest.mark.parametrize("wide", [False, True], ids=["polars", "fastavro"])
@pytest.mark.parametrize(("avro", "number", "text"), MOMENTS, ids=str)
def test_reads_days_and_times_as_text(avro: Any, number: int, text: str, wide: bool) -> None:
    more = [WIDE] if wide else []
    plain, named = (
        {
            "type": "record",
            "name": "R",
            "fields": [{"name": "birth_date", "type": [of, "null"]}, *more],
        }
        for of in (avro["type"], avro)
    )
    file = io.BytesIO()
    # Numbers beyond what Python has for dates can only be written as numbers.
    fastavro.writer(file, plain, [{"birth_date": number}, {"birth_date": None}])
    header = replace(read_header(io.BytesIO(file.getvalue())), schema=named)
    frame = Decoder.of(header, CASE).decode(parts(file.getvalue()))
    assert frame["birth_date"].to_list() == [text, None]
    normal, _ = normalize(frame.with_columns(case_id=pl.lit("1")), datetime.date(2011, 11, 17))
    date = text[:10] if "1900" < text[:4] < "2012" and "since" not in text else None
    assert normal["birth_date"].to_list() == [date, None]
