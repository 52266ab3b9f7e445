from __future__ import annotations

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.case_record import CaseRecord
from transforms.avro.blocks import Block, Gap
from transforms.normalize.case_frame import CASES, to_frame
from transforms.normalize.quarantine import KEPT_BYTES, QUARANTINED, set_aside, unreadable

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
# What Python's splitlines, though not JSON, counts as the end of a line.
BREAKS = st.sampled_from(["\x85", "\u2028", "\x1c", "\x0b", "a\nb", "\r"])


@given(st.lists(TEXT | BREAKS | st.none(), max_size=4))
def test_each_record_is_kept_whole(names: list[str | None]) -> None:
    records = to_frame([CaseRecord(case_id=name, court="BAL") for name in names])
    aside = set_aside(records, "normalize", pl.lit("WHY"), pl.lit("court"), "what is wrong")
    assert aside.schema == QUARANTINED
    rows = aside.to_dicts()
    assert [row["case_id"] for row in rows] == names
    assert [CaseRecord.model_validate_json(row["raw"]).case_id for row in rows] == names
    for row in rows:
        assert set(json.loads(row["raw"])) == set(CASES)
        assert (row["stage"], row["reason"], row["field"]) == ("normalize", "WHY", "court")
        assert (row["detail"], row["record_count"]) == ("what is wrong", 1)
        assert (row["source_file"], row["offset"]) == (None, None)


@pytest.mark.parametrize("size", [0, 3, KEPT_BYTES, KEPT_BYTES + 1])
def test_what_could_not_be_read_is_kept_unless_it_is_huge(size: int) -> None:
    raw = bytes(size)
    for place in (Block(70, 5, raw), Gap(70, 5, "UNREADABLE_BLOCK", raw)):
        frame = unreadable("a.avro", place, "UNREADABLE_BLOCK", "does not decompress")
        assert frame.schema == QUARANTINED
        [row] = frame.to_dicts()
        assert (row["source_file"], row["offset"], row["record_count"]) == ("a.avro", 70, 5)
        assert row["raw"] == (raw if size <= KEPT_BYTES else None)
        assert row["case_id"] is None
