from __future__ import annotations

import datetime
from typing import Any

import pytest

from schemas.rulebook.condition import Names
from schemas.rulebook.conditions import compile_condition
from schemas.rulebook.model import CountedConvictions
from schemas.rulebooks import load
from tests.helpers.random_records import frame
from transforms.score.facts import derive_facts
from transforms.score.scope import completed, in_scope, mark

DAY = datetime.date(2011, 11, 17)
COUNTED = CountedConvictions()
SCOPES = load("ice-2011-11-17").scopes
PILOT = SCOPES["pilot-2011"]
# The notice is filed with the court; a merits hearing of a person who isn't detained.
MERITS = {
    "nta_filed_with_court": True,
    "calendar_type": "INDIVIDUAL",
    "custody": "RELEASED",
    "moved_from_detained_docket": False,
}


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
    assert in_scope(derive_facts(frame([record]), COUNTED), PILOT, None).to_list() == [inside]


@pytest.mark.parametrize(
    ("record", "inside"),
    [
        (MERITS | {"next_hearing": "2011-11-16"}, False),
        (MERITS | {"next_hearing": "2011-11-17"}, True),
        (MERITS | {"next_hearing": "2012-06-17"}, True),
        (MERITS | {"next_hearing": "2012-06-18"}, False),
        (MERITS | {"next_hearing": None}, None),
        (MERITS | {"next_hearing": "2012-06-17", "custody": "DETAINED"}, False),
        (MERITS | {"next_hearing": "2012-06-17", "custody": "UNKNOWN"}, None),
        (MERITS | {"next_hearing": "2012-06-18", "custody": "UNKNOWN"}, False),
        (MERITS | {"next_hearing": "2012-06-18", "calendar_type": "MASTER"}, True),
        (MERITS | {"calendar_type": "MASTER", "custody": "DETAINED"}, True),
        (MERITS | {"next_hearing": "2012-06-18", "nta_filed_with_court": False}, True),
        (MERITS | {"next_hearing": "2012-06-18", "nta_filed_with_court": None}, None),
        (MERITS | {"next_hearing": "2012-06-18", "moved_from_detained_docket": True}, True),
        (MERITS | {"next_hearing": "2012-06-18", "moved_from_detained_docket": None}, None),
    ],
)
def test_the_review_of_2011_begins_on_its_day_and_ends_after_seven_months(
    record: dict[str, Any], inside: bool | None
) -> None:
    assert in_scope(
        derive_facts(frame([record]), COUNTED), SCOPES["vincent-2011"], None
    ).to_list() == [inside]


@pytest.mark.parametrize(
    ("record", "inside"),
    [
        *(
            ({"court": court, "custody": "RELEASED"}, True)
            for court in ("DET", "NOL", "ORL", "SEA", "NYC", "SFR", "LOS")
        ),
        ({"court": "BAL", "custody": "RELEASED"}, False),
        ({"court": "SEA", "custody": "DETAINED"}, False),
        ({"court": "SEA", "custody": "UNKNOWN"}, None),
        ({"court": None, "custody": "RELEASED"}, None),
    ],
)
def test_the_second_wave_is_seven_courts_without_detention(
    record: dict[str, Any], inside: bool | None
) -> None:
    assert in_scope(
        derive_facts(frame([record]), COUNTED), SCOPES["second-wave-2012"], None
    ).to_list() == [inside]


def test_courts_narrow_a_scope() -> None:
    records = frame([{"court": "BAL", "custody": "RELEASED"}, {"court": "DEN"}, {}])
    assert in_scope(derive_facts(records, COUNTED), None, None).to_list() == [True, True, True]
    assert in_scope(derive_facts(records, COUNTED), None, ("DEN",)).to_list() == [False, True, None]
    assert in_scope(derive_facts(records, COUNTED), PILOT, ("DEN",)).to_list() == [
        False,
        None,
        None,
    ]


def test_a_case_is_completed_from_its_day_on() -> None:
    days = ["2011-11-16", "2011-11-17", "2011-11-18", None]
    records = frame([{"completed_on": day} for day in days])
    assert completed(records, DAY).to_list() == [True, True, False, False]


def test_marks_and_splits_a_frame() -> None:
    records = frame(
        [
            {"case_id": "in", "court": "BAL", "custody": "RELEASED"},
            {"case_id": "perhaps", "court": "BAL"},
            {"case_id": "out", "court": "LOS"},
            {"case_id": "done", "court": "BAL", "completed_on": "2011-01-01"},
        ]
    )
    marked, taken = mark(records, derive_facts(records, COUNTED), DAY, PILOT, None)
    inside, outside = marked.filter(taken), marked.filter(~taken)
    assert inside.select("case_id", "scope_unknown").rows() == [("in", False), ("perhaps", True)]
    assert outside.select("case_id", "completed").rows() == [("out", False), ("done", True)]


def test_a_scope_counts_the_convictions_that_the_rulebook_counts() -> None:
    scope = compile_condition("convictions >= 1", Names((), {}, {}, {}))
    abroad = {"grade": "FELONY", "jurisdiction": "FOREIGN", "vacated": False}
    records = frame([{"convictions": [abroad | {"juvenile_adjudication": False}]}])
    for counts in (True, False):
        counted = CountedConvictions(foreign=counts, expunged=True, pardoned=True)
        assert in_scope(derive_facts(records, counted), scope, None).to_list() == [counts]
