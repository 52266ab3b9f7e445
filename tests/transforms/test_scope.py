from __future__ import annotations

import datetime
from typing import Any

import apache_beam as beam
import polars as pl
import pytest

from schemas.rulebooks import load
from tests.random_records import frame
from transforms.scope import InScope, completed, in_scope

DAY = datetime.date(2011, 11, 17)
PILOT = load("ice-2011-11-17").scopes["pilot-2011"]


@pytest.mark.parametrize(
    ("record", "inside"),
    [
        ({"court": "BAL", "custody": "RELEASED"}, True),
        ({"court": "BAL", "custody": "DETAINED"}, False),
        ({"court": "BAL", "custody": "UNKNOWN"}, None),
        ({"court": None, "custody": "RELEASED"}, None),
        ({"court": None, "custody": "DETAINED"}, False),
        ({"court": "LOS"}, False),
    ],
)
def test_a_scope_is_true_false_or_unknown(record: dict[str, Any], inside: bool | None) -> None:
    assert in_scope(frame([record]), PILOT, None).to_list() == [inside]


def test_courts_narrow_a_scope() -> None:
    records = frame([{"court": "BAL", "custody": "RELEASED"}, {"court": "DEN"}, {}])
    assert in_scope(records, None, None).to_list() == [True, True, True]
    assert in_scope(records, None, ("DEN",)).to_list() == [False, True, None]
    assert in_scope(records, PILOT, ("DEN",)).to_list() == [False, None, None]


def test_a_case_is_completed_from_its_day_on() -> None:
    days = ["2011-11-16", "2011-11-17", "2011-11-18", None]
    records = frame([{"completed_on": day} for day in days])
    assert completed(records, DAY).to_list() == [True, True, False, False]


def test_a_frame_is_parted_and_marked() -> None:
    records = frame(
        [
            {"case_id": "in", "court": "BAL", "custody": "RELEASED"},
            {"case_id": "perhaps", "court": "BAL"},
            {"case_id": "out", "court": "LOS"},
            {"case_id": "done", "court": "BAL", "completed_on": "2011-01-01"},
        ]
    )
    inside, outside = InScope(DAY, PILOT, None).part(records)
    assert isinstance(inside, pl.DataFrame)
    assert isinstance(outside, beam.pvalue.TaggedOutput)
    assert inside.select("case_id", "scope_unknown").rows() == [("in", False), ("perhaps", True)]
    assert outside.value.select("case_id", "completed").rows() == [("out", False), ("done", True)]
    assert len(InScope(DAY, None, None).part(records[:2])) == 1
