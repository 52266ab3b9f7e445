from __future__ import annotations

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.case_record import CaseRecord
from transforms.avro.quarantined import KEPT_BYTES, QUARANTINED, Unread, unreadable, unreadable_file
from transforms.normalize.case_frame import CASES
from transforms.normalize.quarantine import quarantined_records
from transforms.testing import case_frame

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
# A line end for Python's splitlines, but not for JSON.
BREAKS = st.sampled_from(["\x85", "\u2028", "\x1c", "\x0b", "a\nb", "\r"])


@given(st.lists(TEXT | BREAKS | st.none(), max_size=4))
def test_keeps_each_record_whole(names: list[str | None]) -> None:
    records = case_frame({"case_id": name, "court": "BAL"} for name in names)
    quarantined = quarantined_records(
        records, "normalize", pl.lit("WHY"), pl.lit("court"), "what is wrong"
    )
    assert quarantined.schema == QUARANTINED
    rows = quarantined.to_dicts()
    assert [row["case_id"] for row in rows] == names
    assert [CaseRecord.model_validate_json(row["raw"]).case_id for row in rows] == names
    for row in rows:
        assert set(json.loads(row["raw"])) == set(CASES)
        assert (row["stage"], row["reason"], row["field"]) == ("normalize", "WHY", "court")
        assert (row["detail"], row["record_count"]) == ("what is wrong", 1)
        assert (row["source_file"], row["offset"]) == (None, None)


@pytest.mark.parametrize("size", [0, 3, KEPT_BYTES, KEPT_BYTES + 1])
def test_keeps_unreadable_bytes_unless_they_are_huge(size: int) -> None:
    raw = bytes(size)
    frame = unreadable("a.avro", [Unread(70, "UNREADABLE_RECORD", 1, "a", "is damaged", raw)])
    assert frame.schema == QUARANTINED
    [row] = frame.to_dicts()
    assert (row["stage"], row["reason"], row["field"]) == ("read", "UNREADABLE_RECORD", "a")
    assert (row["source_file"], row["offset"], row["record_count"]) == ("a.avro", 70, 1)
    assert row["raw"] == (raw if size <= KEPT_BYTES else None)
    assert row["case_id"] is None


def test_an_unreadable_file_holds_an_unknown_number_of_records() -> None:
    [row] = unreadable_file("a.avro", "is not an Avro file").to_dicts()
    assert (row["reason"], row["detail"]) == ("UNREADABLE_FILE", "is not an Avro file")
    assert (row["source_file"], row["offset"], row["record_count"]) == ("a.avro", 0, None)
