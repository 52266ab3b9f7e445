"""Words that the guidance leaves open: another choice of a parameter gives another result."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas.case_record import CaseRecord
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebooks import load, load_text
from transforms.normalize.case_frame import to_frame
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend_records

NOVEMBER, JUNE, DHS_2014 = "ice-2011-11-17", "ice-2011-06-17", "dhs-2014-11-20"
THEFT = {
    "grade": "MISDEMEANOR",
    "category": "THEFT",
    "violent": False,
    "aggravated_felony": False,
    "vacated": False,
    "juvenile_adjudication": False,
}


def chosen(name: str, **values: bool | int | list[str]) -> CompiledRulebook:
    """Load a built-in rulebook with other values for some parameters."""
    content: Any = json.loads(load(name).rulebook.model_dump_json(by_alias=True))
    for parameter, value in values.items():
        content["parameters"][parameter]["value"] = value
    return load_text("other.yaml", json.dumps(content))


def truth(rulebook: CompiledRulebook, criterion: str, case: dict[str, Any]) -> bool | None:
    as_of = rulebook.rulebook.issued
    records, _ = normalize(to_frame([CaseRecord.model_validate({**case, "case_id": "1"})]), as_of)
    got = recommend_records(records, rulebook, as_of).to_dicts()[0]
    return None if criterion in got["criteria_unknown"] else criterion in got["criteria_true"]


ASSAULT_FREE = {"convictions": [THEFT]}
FELONY = {**THEFT, "grade": "FELONY"}
TRAFFIC = {**THEFT, "category": "TRAFFIC"}
DUI = {**THEFT, "category": "DUI", "sentence_days": 0}
FIREARM = {**THEFT, "category": "FIREARM"}
RESIDENT = {"lawful_permanent_resident": True, "lpr_since": "2000-01-01"}
VETERANS_SON = {
    "birth_date": "1985-01-01",
    "marital_status": "UNMARRIED",
    "military_service": [{"who": "PARENT", "status": "HONORABLE_DISCHARGE"}],
}
PUPIL = {
    "birth_date": "1991-06-01",
    "marital_status": "UNMARRIED",
    "entries": [{"date": "2005-01-01", "manner": "ADMITTED"}],
    "in_school": True,
}
SCHOOLED_ABROAD = {
    "birth_date": "1991-06-01",
    "marital_status": "UNMARRIED",
    "entries": [{"date": "2005-01-01", "manner": "ADMITTED"}],
    "in_school": False,
    "high_school": "COMPLETED_ABROAD",
}
ILLEGAL_THEN_ADMITTED = {
    "entries": [
        {"date": "2010-01-01", "manner": "WITHOUT_INSPECTION"},
        {"date": "2011-01-01", "manner": "ADMITTED"},
    ],
    "status_violations": [],
}
ANNIVERSARY = {
    "entries": [{"date": "2008-11-17", "manner": "WITHOUT_INSPECTION"}],
    "status_violations": [],
}
OVERSTAY = {"entries": [], "status_violations": [{"date": "2005-06-01", "kind": "OVERSTAY"}]}
SETTLED = {
    "present_continuously_since": "1998-01-01",
    "relatives": [{"relation": "SPOUSE", "status": "CITIZEN"}],
    "ties": [{"kind": kind, "documented": True} for kind in ("HOME", "TAXES", "FAITH")],
}
WITH_SIBLING = {
    **SETTLED,
    "present_continuously_since": "1990-01-01",
    "relatives": [{"relation": "SIBLING", "status": "CITIZEN"}],
}
REENTRY = {
    "removals": [{"date": "2005-05-05", "kind": "REMOVAL"}],
    "entries": [{"date": "2009-01-01", "manner": "WITHOUT_INSPECTION"}],
    "egregious_violations": False,
    "fraud_findings": [],
    "convictions": [],
    "charges": [],
}
ONE_FINDING = {
    **REENTRY,
    "removals": [],
    "fraud_findings": [{"found_by": "IMMIGRATION_JUDGE"}],
}
IN_PRIORITY_1 = {
    "security_risk": True,
    "senior_official_exception_found": False,
    "applications": [
        {"form": "ASYL", "decision": "PENDING", "likely": False, "prima_facie": False}
    ],
}


@pytest.mark.parametrize(
    ("name", "criterion", "case", "ours", "values", "theirs"),
    [
        (NOVEMBER, "P2a", {"convictions": [THEFT, THEFT]}, True, {"multiple": 3}, False),
        (
            NOVEMBER,
            "P2a",
            {"convictions": [THEFT, TRAFFIC]},
            True,
            {"traffic_counts": False},
            False,
        ),
        (
            NOVEMBER,
            "P2a",
            {"convictions": [{**FELONY, "maximum_sentence_days": 365}]},
            True,
            {"felony_by_label": False},
            False,
        ),
        (
            NOVEMBER,
            "P2a",
            {"convictions": [{**THEFT, "maximum_sentence_days": 366}]},
            False,
            {"felony_by_label": False},
            True,
        ),
        (
            NOVEMBER,
            "P2a",
            {"convictions": [{**THEFT, "aggravated_felony": True}]},
            True,
            {"aggravated_felony_is_felony": False},
            False,
        ),
        (
            NOVEMBER,
            "P2c_threat",
            {"convictions": [FIREARM]},
            None,
            {"significant_threats": ["FIREARM"]},
            True,
        ),
        (
            NOVEMBER,
            "P2c_threat",
            {"convictions": [FIREARM]},
            None,
            {"significant_threats": ["BURGLARY"]},
            None,
        ),
        (NOVEMBER, "P4", ANNIVERSARY, True, {"recent_extra_days": 0}, False),
        (NOVEMBER, "P4", ANNIVERSARY, True, {"recent_years": 2}, False),
        (NOVEMBER, "P4", ILLEGAL_THEN_ADMITTED, True, {"any_recent_entry": False}, False),
        (
            NOVEMBER,
            "P4",
            {
                **OVERSTAY,
                "status_violations": [
                    {"date": "2005-06-01", "kind": "OVERSTAY", "continuing": True}
                ],
            },
            False,
            {"continuing_violation_counts": True},
            True,
        ),
        (
            NOVEMBER,
            "P5",
            {
                "removals": [],
                "charges": [],
                "orders": [{"date": "2005-01-01", "final": True, "outstanding": False}],
            },
            False,
            {"self_deportation_counts": True},
            True,
        ),
        (
            NOVEMBER,
            "P6",
            {"fraud_findings": [{"found_by": "CONSULAR_OFFICER"}], "charges": []},
            False,
            {"consular_findings_count": True},
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
        (NOVEMBER, "F1", VETERANS_SON, False, {"any_son_or_daughter": True}, True),
        (
            NOVEMBER,
            "F2",
            {**PUPIL, "marital_status": "MARRIED"},
            False,
            {"child_is_unmarried": False},
            True,
        ),
        (NOVEMBER, "F2", PUPIL, True, {"child_age": 18}, False),
        (NOVEMBER, "F2", SCHOOLED_ABROAD, True, {"schooling_in_us": True}, False),
        (
            NOVEMBER,
            "F4",
            {"birth_date": "1946-06-01", "present_continuously_since": "1990-01-01"},
            True,
            {"over_65_age": 66},
            False,
        ),
        (NOVEMBER, "F6", {**RESIDENT, **ASSAULT_FREE}, True, {"minor_by_finding": True}, None),
        (NOVEMBER, "F8", SETTLED, False, {"very_long_presence": 10}, True),
        (NOVEMBER, "F8", WITH_SIBLING, False, {"siblings_are_immediate": True}, True),
        (NOVEMBER, "B2", {"immediate_crime_victim": True}, True, {"any_crime": False}, None),
        (
            NOVEMBER,
            "B2",
            {
                "witness_to_crime": False,
                "immediate_crime_victim": False,
                "family_crime_victim": True,
            },
            False,
            {"family_are_victims": True},
            True,
        ),
        (
            NOVEMBER,
            "A5a",
            {"military_service": [{"who": "SIBLING", "status": "HONORABLE_DISCHARGE"}]},
            True,
            {"sibling_service_counts": False},
            False,
        ),
        (
            DHS_2014,
            "X3",
            {
                "convictions": [],
                "security_risk": False,
                "apprehension_place": "INTERIOR",
                "gang_participation": False,
                "entries": [{"date": "2000-01-01", "manner": "ADMITTED"}],
                "status_violations": [],
                "applications": [],
                "orders": [{"date": "2014-05-01", "final": True}],
                "final_order_on_older_order": True,
            },
            True,
            {"older_orders_case_by_case": False},
            False,
        ),
        (JUNE, "N2", {"convictions": [FELONY]}, True, {"any_felony_is_serious": False}, False),
        (JUNE, "N4", REENTRY, True, {"reentry_alone_is_egregious": False}, False),
        (JUNE, "N4", ONE_FINDING, True, {"egregious_count": 2}, False),
        (
            DHS_2014,
            "P2b",
            {"convictions": [{**THEFT, "sentence_days": 120, "custody_days": 0}]},
            True,
            {"suspended_time_counts": False},
            False,
        ),
        (
            DHS_2014,
            "P2b",
            {"convictions": [{**DUI, "maximum_sentence_days": 5}]},
            True,
            {"dui_by_federal_range": True},
            False,
        ),
        (
            DHS_2014,
            "P2c",
            {"entries": [{"date": "2014-05-01", "manner": "WITHOUT_INSPECTION"}]},
            True,
            {"apprehension_must_be_shown": True},
            None,
        ),
        (DHS_2014, "X1", IN_PRIORITY_1, True, {"relief_counts_when": ["PRIMA_FACIE"]}, False),
    ],
)
def test_each_parameter_changes_some_result(
    name: str,
    criterion: str,
    case: dict[str, Any],
    ours: bool | None,
    values: dict[str, bool | int | list[str]],
    theirs: bool | None,
) -> None:
    assert truth(load(name), criterion, case) is ours
    assert truth(chosen(name, **values), criterion, case) is theirs
