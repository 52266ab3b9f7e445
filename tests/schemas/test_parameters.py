"""Words that the guidance leaves open: another choice of a parameter, another result."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas.case_record import CaseRecord
from schemas.rulebook_compile import CompiledRulebook
from schemas.rulebooks import load, load_text
from transforms.normalize.case_frame import to_frame
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend_records

NOVEMBER, JUNE = "ice-2011-11-17", "ice-2011-06-17"
THEFT = {
    "grade": "MISDEMEANOR",
    "category": "THEFT",
    "violent": False,
    "aggravated_felony": False,
    "vacated": False,
    "juvenile_adjudication": False,
}


def chosen(name: str, **values: bool | int) -> CompiledRulebook:
    """A rulebook that ships, with other values of some parameters."""
    content: Any = json.loads(load(name).rulebook.model_dump_json(by_alias=True))
    for parameter, value in values.items():
        content["parameters"][parameter]["value"] = value
    return load_text("other.yaml", json.dumps(content))


def truth(rulebook: CompiledRulebook, criterion: str, case: dict[str, Any]) -> bool | None:
    as_of = rulebook.rulebook.issued
    records, _ = normalize(to_frame([CaseRecord.model_validate({**case, "case_id": "1"})]), as_of)
    got = recommend_records(records, rulebook, as_of).to_dicts()[0]
    return None if criterion in got["criteria_unknown"] else criterion in got["criteria_true"]


@pytest.mark.parametrize(
    ("name", "criterion", "case", "ours", "values", "theirs"),
    [
        (
            NOVEMBER,
            "P4",
            {
                "entries": [{"date": "2007-06-01", "manner": "WITHOUT_INSPECTION"}],
                "status_violations": [],
            },
            False,
            {"recent_years": 5},
            True,
        ),
        (
            NOVEMBER,
            "P4",
            {"entries": [], "status_violations": [{"date": "2007-06-01", "kind": "OVERSTAY"}]},
            False,
            {"recent_years": 5},
            True,
        ),
        (
            NOVEMBER,
            "P7",
            {
                "egregious_violations": False,
                "removals": [{"kind": "REMOVAL"}],
                "fraud_findings": [{"found_by": "IMMIGRATION_JUDGE"}],
            },
            False,
            {"egregious_by_count": True, "egregious_count": 2},
            True,
        ),
        (
            NOVEMBER,
            "F6",
            {
                "lawful_permanent_resident": True,
                "lpr_since": "2000-01-01",
                "convictions": [{**THEFT, "custody_days": 90}],
            },
            True,
            {"minor_under_90_days": True},
            False,
        ),
        (
            # How long is to be served is asked only where it counts.
            NOVEMBER,
            "F6",
            {
                "lawful_permanent_resident": True,
                "lpr_since": "2000-01-01",
                "convictions": [THEFT],
            },
            True,
            {"minor_under_90_days": True},
            None,
        ),
        (
            JUNE,
            "N4",
            {
                "egregious_violations": False,
                "convictions": [],
                "fraud_findings": [{"found_by": "IMMIGRATION_JUDGE"}],
            },
            True,
            {"egregious_count": 2},
            False,
        ),
    ],
)
def test_another_choice_is_another_result(
    name: str,
    criterion: str,
    case: dict[str, Any],
    ours: bool | None,
    values: dict[str, bool | int],
    theirs: bool | None,
) -> None:
    assert truth(load(name), criterion, case) is ours
    assert truth(chosen(name, **values), criterion, case) is theirs
