"""The right kind of cell reads every field of a case record."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import polars as pl

from schemas.avro import avro_schema
from schemas.codes import number_ranges
from transforms.normalize.fields import cells

CELLS = cells(datetime.date(2011, 11, 17))
# Enums define their own values; for the others, the reason why no cell reads them.
WITHOUT = {
    "case_id": "the key, read before all others (case_key)",
    "convictions.offense": "words as they are written",
    "warnings": "made by reading; transforms.normalize.losses skips other text",
}


def fields(schema: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any, str]]:
    """Yield the name, Avro type, and doc of each field with a value, including lists' fields."""
    for field in schema["fields"]:
        (avro,) = [branch for branch in field["type"] if branch != "null"]
        if isinstance(avro, dict) and avro["type"] == "array":
            (item,) = [branch for branch in avro["items"] if branch != "null"]
            if item == "string":
                yield prefix + field["name"], item, field["doc"]
            else:
                yield from fields(item, f"{field['name']}.")
        else:
            yield prefix + field["name"], avro, field["doc"]


FIELDS = list(fields(avro_schema("case_record")))


def test_every_text_field_has_a_cell() -> None:
    texts = {name for name, avro, _ in FIELDS if avro == "string"}
    assert texts - set(CELLS) == set(WITHOUT)


def test_every_date_field_recognizes_placeholders() -> None:
    dates = [name for name, _, doc in FIELDS if "A date as the agency wrote it" in doc]
    assert len(dates) > 15
    frame = pl.DataFrame({"read": ["1900-01-01", "9999-12-31", "2005-05-05"]})
    for name in dates:
        kept = frame.select(CELLS[name].kept(pl.col("read")))["read"].to_list()
        assert kept == [None, None, "2005-05-05"], name


def test_every_whole_number_has_bounds() -> None:
    numbers = {name for name, avro, _ in FIELDS if avro == "int"}
    assert numbers == set(number_ranges())
    for least, most in number_ranges().values():
        assert 0 == least < most < 2**31
