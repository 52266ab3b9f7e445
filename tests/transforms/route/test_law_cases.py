"""Small records that the law decides, each with its required result and the reason."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.case_record import CaseRecord
from schemas.rulebooks import load
from transforms.normalize.case_frame import to_frame
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend_records

JUNE, NOVEMBER, DHS_2014 = "ice-2011-06-17", "ice-2011-11-17", "dhs-2014-11-20"
COUNTS = {"vacated": False, "juvenile_adjudication": False, "aggravated_felony": False}
MISDEMEANOR = {"grade": "MISDEMEANOR", **COUNTS}
THEFT = {**MISDEMEANOR, "category": "THEFT", "date": "2010-01-01", "custody_days": 0}
VETERAN = {"who": "SELF", "status": "HONORABLE_DISCHARGE", "combat": True}
WITNESS = {
    "witness_to_crime": True,
    "civil_rights_plaintiff": True,
    "cooperates_with_law_enforcement": False,
}
# What memo 10076.1 counts against a victim, a witness or a plaintiff, known to be absent.
NOTHING_ADVERSE = {
    "security_risk": False,
    "convictions": [],
    "gang_member": False,
    "public_safety_threat": False,
    "human_rights_violator": False,
    "fraud_findings": [],
}


def recommended(rulebook: str, **record: Any) -> dict[str, Any]:
    """Recommend a route for one record on the day the rulebook was issued."""
    book = load(rulebook)
    as_of = book.rulebook.issued
    case = CaseRecord.model_validate({"case_id": "1", **record})
    records, _ = normalize(to_frame([case]), as_of)
    row: dict[str, Any] = recommend_records(records, book, as_of).to_dicts()[0]
    return row


def test_a_married_son_of_52_is_not_a_child_of_a_veteran_in_any_reading() -> None:
    service = [{"who": "PARENT", "status": "HONORABLE_DISCHARGE"}]
    got = recommended(
        NOVEMBER, military_service=service, birth_date="1959-05-05", marital_status="MARRIED"
    )
    assert got["route"] == "continue"
    assert "F1" not in (*got["criteria_true"], *got["criteria_unknown"])


@pytest.mark.parametrize(
    "marker", [{"gang_participation": True}, {"outstanding_warrant": True, "arrests": 4}]
)
def test_a_sign_of_a_blank_adverse_fact_goes_to_a_person(marker: dict[str, Any]) -> None:
    got = recommended(NOVEMBER, serious_condition=True, **marker)
    assert (got["route"], got["needs_review"], got["checks"]) == ("continue", True, [])


@pytest.mark.parametrize(
    "record",
    [
        {"fraud_findings": [], "charges": [{"code": "212a06Ci", "status": "SUSTAINED"}]},
        {"convictions": [], "charges": [{"code": "237a02Aiii", "status": "SUSTAINED"}]},
    ],
    ids=["fraud", "aggravated felony"],
)
def test_a_sustained_charge_and_an_empty_list_are_a_conflict(record: dict[str, Any]) -> None:
    got = recommended(NOVEMBER, serious_condition=True, **record)
    assert got["conflicts"]
    assert got["needs_review"]
    assert got["route"] == "continue"


@pytest.mark.parametrize("rulebook", [JUNE, NOVEMBER])
def test_one_known_fact_closes_nothing(rulebook: str) -> None:
    got = recommended(rulebook, serious_condition=True)
    assert (got["route"], got["state"], got["checks"]) == ("continue", "OPEN", [])
    assert not got["needs_review"]


@pytest.mark.parametrize("rulebook", [JUNE, NOVEMBER])
@pytest.mark.parametrize("code", ["unreadable ???", "237a02Aiii"])
def test_an_unreadable_charge_presumes_no_more_than_a_crime(rulebook: str, code: str) -> None:
    record = {"serious_condition": True, "agency_record_seen": True}
    assert recommended(rulebook, **record, charges=[])["route"] == "close"
    got = recommended(rulebook, **record, charges=[{"code": code}])
    assert (got["route"], got["state"], got["checks"]) == ("continue", "OPEN", [])


def test_a_federal_felony_of_illegal_reentry_is_priority_1d() -> None:
    conviction = {"grade": "FELONY", "category": "ILLEGAL_REENTRY", "jurisdiction": "FEDERAL"}
    got = recommended(DHS_2014, convictions=[{**conviction, **COUNTS}])
    assert (got["route"], got["state"]) == ("expedite", "AFTER_CHECKS")
    assert "P1d" in got["criteria_true"]
    assert "relief_pending" in {check["fact"] for check in got["checks"]}


@pytest.mark.parametrize("jurisdiction", ["STATE", "LOCAL"])
def test_a_state_or_local_status_offense_is_not(jurisdiction: str) -> None:
    conviction = {"grade": "FELONY", "immigration_element": True, "jurisdiction": jurisdiction}
    got = recommended(DHS_2014, convictions=[{**conviction, **COUNTS}])
    assert "P1d" not in (*got["criteria_true"], *got["criteria_unknown"])


def test_asks_first_for_what_can_settle_the_case_alone() -> None:
    got = recommended(
        NOVEMBER,
        victimization=[{"kind": "DOMESTIC_VIOLENCE", "in_united_states": True}],
        removals=[{}],
        charges=[{"code": "212a06Ai"}],
    )
    assert "F5" in got["criteria_true"]
    assert got["missing_facts"][0] == "removals"
    assert "served" not in got["missing_facts"]


@pytest.mark.parametrize(
    ("offense", "criterion"),
    [
        ({"category": "firearm"}, "P2c_threat"),
        ({"category": "harassment"}, "P2c"),
    ],
    ids=["firearm", "harassment"],
)
def test_open_words_of_a_misdemeanor_go_to_a_person(
    offense: dict[str, Any], criterion: str
) -> None:
    conviction = {**MISDEMEANOR, **offense}
    got = recommended(NOVEMBER, serious_condition=True, convictions=[conviction])
    assert got["needs_review"]
    assert criterion in got["criteria_unknown"]


@pytest.mark.parametrize("rulebook", [JUNE, NOVEMBER])
def test_a_witness_and_plaintiff_is_open_until_the_adverse_factors_are_known(rulebook: str) -> None:
    got = recommended(rulebook, **WITNESS)
    assert (got["route"], got["state"]) == ("continue", "OPEN")
    assert {"B1", "B2", "B_covered"} <= {*got["criteria_true"]}
    asked = {"security_risk", "felony_convictions", "human_rights_violator", "fraud_findings"}
    assert asked <= {*got["missing_facts"]}


@pytest.mark.parametrize("rulebook", [JUNE, NOVEMBER])
def test_without_adverse_factors_it_closes_and_goes_to_a_person(rulebook: str) -> None:
    got = recommended(rulebook, **WITNESS, **NOTHING_ADVERSE)
    assert (got["route"], got["needs_review"]) == ("close", True)
    assert "B_clear" in got["criteria_true"]


@pytest.mark.parametrize("rulebook", [JUNE, NOVEMBER])
@pytest.mark.parametrize("factor", ["security_risk", "gang_member", "human_rights_violator"])
def test_an_adverse_factor_keeps_it_from_closing(rulebook: str, factor: str) -> None:
    got = recommended(rulebook, **WITNESS, **{**NOTHING_ADVERSE, factor: True})
    assert (got["route"], got["needs_review"]) == ("continue", True)


def test_a_veteran_who_reentered_illegally_is_in_classes_for_and_against() -> None:
    got = recommended(
        JUNE,
        military_service=[VETERAN],
        removals=[{"date": "2005-05-05", "kind": "REMOVAL"}],
        entries=[{"date": "2009-01-01", "manner": "WITHOUT_INSPECTION"}],
        relatives=[{"relation": "SPOUSE", "status": "CITIZEN"}],
    )
    assert (got["route"], got["needs_review"]) == ("continue", True)
    assert {"N4", "C1"} <= {*got["criteria_true"]}


def test_three_misdemeanors_of_one_day_are_not_shown_to_be_three_incidents() -> None:
    got = recommended(DHS_2014, convictions=[THEFT] * 3)
    assert "P2a" not in got["criteria_true"]
    assert got["route"] == "continue"
