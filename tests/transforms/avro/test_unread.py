"""Fields that nothing reads, and the fields that were probably meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.avro import Schema, avro_schema
from tests.helpers.random_avro import written
from tests.transforms.avro.test_decode import enum, record
from transforms.avro.read import expand_inputs
from transforms.avro.unread import UnreadField, unread_fields, unread_in_files

CASE = avro_schema("case_record")
CONVICTION = record(("Date", ["null", "string"]), ("sentence_days", "int"), name="C")
ENTRY = record(("date", "string"), ("port", "string"), name="E")


def unread(*fields: tuple[str, Any]) -> list[tuple[str, str | None]]:
    return [(found.field, found.meant) for found in unread_fields(record(*fields), CASE)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("COURT", "court"),
        ("Convictions", "convictions"),
        ("CaseId", "case_id"),
        ("birthDate", "birth_date"),
        ("nationalty", "nationality"),
        ("conviction", "convictions"),
        ("shoe_size", None),
        ("x", None),
    ],
)
def test_reports_an_unknown_field_with_the_similar_one(written: str, meant: str | None) -> None:
    assert unread(("custody", "string"), (written, "string")) == [(written, meant)]


def test_never_suggests_a_field_that_the_file_already_has() -> None:
    assert unread(("court", "string"), ("COURT", "string")) == [("COURT", None)]


def test_reports_fields_within_lists_and_records() -> None:
    fields: list[tuple[str, Any]] = [
        ("convictions", ["null", {"type": "array", "items": ["null", CONVICTION]}]),
        ("entries", {"type": "array", "items": ENTRY}),
    ]
    assert unread(*fields) == [("convictions.Date", "convictions.date"), ("entries.port", None)]
    event = record(("facts", record(*fields, name="F")))
    assert [one.field for one in unread_fields(event, avro_schema("case_event"))] == [
        "facts.convictions.Date",
        "facts.entries.port",
    ]


def test_does_not_report_an_alias_of_the_schema() -> None:
    reader = record(("new", "string", {"aliases": ["old"]}), ("e", enum("A")))
    assert unread_fields(record(("old", "string"), ("e", enum("B"))), reader) == ()


@pytest.mark.parametrize("schema", [{"type": "fixed", "name": "F", "size": -1}, {}, "nonsense"])
def test_reports_nothing_for_an_invalid_schema(schema: Any) -> None:
    assert unread_fields(schema, CASE) == ()


NAMES = [field["name"] for field in CASE["fields"]]


@given(st.lists(st.sampled_from([*NAMES, *map(str.upper, NAMES)]), unique=True, min_size=1))
def test_every_field_is_read_or_reported(names: list[str]) -> None:
    reported = {found for found, _ in unread(*((name, "string") for name in names))}
    assert reported == set(names) - set(NAMES)


def test_reports_each_field_once_with_its_files(tmp_path: Path) -> None:
    schemas: dict[str, Schema] = {
        "a": record(("case_id", "string"), ("other", "string")),
        "b": record(("case_id", "string"), ("COURT", "string"), ("other", "string")),
        "c": record(("case_id", "string"), ("COURT", "string")),
        "d": record(("case_id", "string"), ("court", "string")),
    }
    for name, schema in schemas.items():
        (tmp_path / f"{name}.avro").write_bytes(written(schema, []))
    files = expand_inputs([str(tmp_path)], CASE).files
    (tmp_path / "d.avro").unlink()
    assert unread_in_files(files, CASE) == [
        (UnreadField("COURT", "court"), 2, f"{tmp_path}/b.avro"),
        (UnreadField("other", None), 2, f"{tmp_path}/a.avro"),
    ]
