"""Warnings that a record has from an earlier reading."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from schemas.case_record import CaseRecord
from tests.transforms.normalize.test_records import AS_OF, one
from transforms.normalize.case_frame import CASES, to_frame
from transforms.normalize.fields import cells
from transforms.normalize.losses import REASONS
from transforms.normalize.records import normalize

SENTENCE = "convictions.sentence_days:OUT_OF_RANGE"


@pytest.mark.parametrize(
    ("facts", "warning", "stays"),
    [
        ({}, "arrests:OUT_OF_RANGE", True),
        ({"arrests": 2}, "arrests:OUT_OF_RANGE", False),
        ({"custody": "UNKNOWN"}, "custody:UNKNOWN_CODE", True),
        ({"custody": "DETAINED"}, "custody:UNKNOWN_CODE", False),
        ({"convictions": [{"sentence_days": 1}, {}]}, SENTENCE, True),
        ({"convictions": [{"sentence_days": 1}]}, SENTENCE, False),
        # There may be more convictions, but the warning isn't about those.
        ({"convictions": [{"sentence_days": 1}, None]}, SENTENCE, False),
        ({"convictions": []}, SENTENCE, False),
        ({}, SENTENCE, False),
        ({"charges": [{}]}, "charges.code:UNREADABLE_CHARGE", True),
        ({}, "Maria Lopez:BAD_DATE", False),
        ({}, "arrests:Maria Lopez", False),
        ({}, "arrests", False),
    ],
)
def test_a_warning_stays_while_its_field_is_unknown(
    facts: dict[str, Any], warning: str, stays: bool
) -> None:
    _, warnings = one(**facts, warnings=[warning, None])
    assert warnings == ([warning] if stays else [])


def test_old_and_new_warnings_are_one_sorted_list() -> None:
    _, warnings = one(
        court="nowhere", arrests=-1, warnings=["nta_filed:BAD_DATE", "arrests:OUT_OF_RANGE"]
    )
    assert warnings == ["arrests:OUT_OF_RANGE", "court:UNKNOWN_CODE", "nta_filed:BAD_DATE"]


def test_every_reason_for_a_loss_is_known() -> None:
    raw, read = pl.lit("x"), pl.lit("x")
    reasons = {reason for cell in cells(AS_OF).values() for reason in cell.lost(raw, read)}
    assert reasons == set(REASONS)


CASE: dict[str, Any] = {
    "lawful_permanent_resident": True,
    "birth_date": "1970-01-01",
    "updated_at": "2011-01-01",
}
LOST: list[dict[str, Any]] = [
    {"arrests": -1},
    {"arrests_without_disposition": 2_000_000_000},
    {"pending_charges": -5},
    {"months_in_lawful_status": -1},
    {"convictions": [{"sentence_days": -1}]},
    {"charges": [{"code": "junk", "status": "SUSTAINED"}]},
    {"completed_on": "1/1/1900"},
]


@pytest.mark.parametrize("facts", LOST, ids=str)
def test_a_snapshot_keeps_the_warning_about_a_number_out_of_range(facts: dict[str, Any]) -> None:
    first, _ = normalize(to_frame([CaseRecord(case_id="1", **CASE, **facts)]), AS_OF)
    assert first["warnings"].to_list() != [[]]
    for _ in range(3):
        again, _ = normalize(first.select(CASES.names()), AS_OF)
        assert again.equals(first)
