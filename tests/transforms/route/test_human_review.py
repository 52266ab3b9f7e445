"""Why a case needs human review, by kind; the values are worked by hand from the guidance."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from schemas.case_record import CaseRecord
from schemas.rulebooks import load
from transforms.normalize.case_frame import to_frame
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend_records

NOVEMBER, JUNE, DHS_2014 = "ice-2011-11-17", "ice-2011-06-17", "dhs-2014-11-20"
Row = dict[str, Any]
SEEN: Row = {"charges": [], "agency_record_seen": True, "nta_filed_with_court": True}
# A veteran: on the second list, and so to be closed unless something adverse is known.
VETERAN: Row = {
    **SEEN,
    "birth_date": "1970-05-01",
    "marital_status": "UNMARRIED",
    "military_service": [{"who": "SELF", "status": "HONORABLE_DISCHARGE", "combat": False}],
}
MISDEMEANOR: Row = {
    "grade": "MISDEMEANOR",
    "date": "2009-01-01",
    "aggravated_felony": False,
    "vacated": False,
    "juvenile_adjudication": False,
    "sentence_days": 10,
}
FELONY: Row = {
    **MISDEMEANOR,
    "grade": "FELONY",
    "category": "THEFT",
    "jurisdiction": "STATE",
    "immigration_element": False,
}
BORN: Row = {"birth_date": "1970-05-01"}
# Nothing adverse in the whole record.
CLEAN: Row = {
    "removals": [],
    "orders": [],
    "fraud_findings": [],
    "convictions": [],
    "entries": [{"date": "2000-03-01", "manner": "ADMITTED"}],
    "status_violations": [],
    "arrests": 0,
    "arrests_without_disposition": 0,
    "pending_charges": 0,
    "outstanding_warrant": False,
    "security_risk": False,
    "gang_member": False,
    "gang_participation": False,
    "human_rights_violator": False,
    "public_safety_threat": False,
    "egregious_violations": False,
}


def convicted(category: str) -> Row:
    return {**CLEAN, **SEEN, "convictions": [{**MISDEMEANOR, "category": category}]}


def reviewed(name: str, case: Row, as_of: datetime.date | None = None) -> Row:
    rulebook = load(name)
    day = as_of or rulebook.rulebook.issued
    record = CaseRecord.model_validate({"case_id": "1", **case})
    records, _ = normalize(to_frame([record]), day)
    [row] = recommend_records(records, rulebook, day).to_dicts()
    return row


def kinds(row: Row) -> set[str]:
    return {reason["kind"] for reason in row["review_reasons"]}


@pytest.mark.parametrize(
    "marker",
    [
        {"gang_participation": True},
        {"arrests": 2},
        {"arrests_without_disposition": 1},
        {"pending_charges": 1},
        {"outstanding_warrant": True},
        {"orders": [{"date": "2001-01-01", "final": True, "outstanding": False}]},
        {"charges": [{"code": "237a02Ai"}]},
        {"charges": [{"code": "zz ???"}]},
    ],
    ids=lambda marker: next(iter(marker)),
)
def test_a_sign_of_a_blank_adverse_fact_continues_the_case_and_needs_review(marker: Row) -> None:
    """November: "a marker (gang, arrests, an order carried out) for a blank adverse fact"."""
    row = reviewed(NOVEMBER, {**VETERAN, **marker})
    assert (row["route"], row["state"]) == ("continue", "OPEN")
    assert kinds(row) == {"MARKER"}
    assert row["needs_review"]


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ({**VETERAN, "gang_participation": None}, "a fact that is merely unknown never flags"),
        ({**VETERAN, **CLEAN, "arrests": 2}, "the adverse facts are known to be absent"),
        (
            {**VETERAN, **CLEAN, "gang_participation": True},
            "that he is no gang member is on the record",
        ),
        (
            {**VETERAN, **CLEAN, "military_service": [], "gang_member": None, "arrests": 2},
            "he is on no list, so the blank fact keeps nothing from closing",
        ),
    ],
)
def test_no_sign_if_nothing_adverse_and_decisive_is_blank(case: Row, why: str) -> None:
    assert "MARKER" not in kinds(reviewed(NOVEMBER, case)), why


@pytest.mark.parametrize(
    ("name", "case", "flagged"),
    [
        # P1, "suspected": a person must judge what the suspicion rests on.
        (NOVEMBER, {**CLEAN, **SEEN, "security_risk": True}, True),
        (NOVEMBER, {**CLEAN, **SEEN, "security_risk": None}, False),
        # P3: gang membership is a fact, "other clear threat" a judgment.
        (NOVEMBER, {**CLEAN, **SEEN, "public_safety_threat": True}, True),
        (NOVEMBER, {**CLEAN, **SEEN, "gang_member": True}, False),
        # P7, "egregious".
        (NOVEMBER, {**CLEAN, **SEEN, "egregious_violations": True}, True),
        # P2(c), "other significant threat": a firearm may be one, theft is none.
        (NOVEMBER, convicted("FIREARM"), True),
        (NOVEMBER, convicted("THEFT"), False),
        # P2(c), words that may mean less: harassment, exposure, damage to property.
        *(
            (NOVEMBER, convicted(words), True)
            for words in ("harassment", "indecent exposure", "arson", "vandalism")
        ),
        # 2014, 1(c): whether somebody took part in a gang intentionally.
        (DHS_2014, {**CLEAN, **SEEN, "gang_participation": True}, True),
        # 2014, 2(d): "significantly abused".
        (
            DHS_2014,
            {**CLEAN, **SEEN, "status_violations": [{"kind": "VISA_PROGRAM_ABUSE"}]},
            True,
        ),
        # 2017 (3): no charge is asked for, so an arrest without an outcome must be judged.
        ("dhs-2017-02-20", {**CLEAN, **SEEN, "arrests_without_disposition": 1, "arrests": 1}, True),
        # February 2021 (3): a felony alone isn't a threat.
        (
            "ice-2021-02-18",
            {**CLEAN, **SEEN, "convictions": [{**MISDEMEANOR, "aggravated_felony": True}]},
            True,
        ),
        # September 2021 (2): "never decided by rule; always human review".
        ("dhs-2021-09-30", {**CLEAN, **SEEN, "arrests": 1}, True),
        ("dhs-2021-09-30", {**CLEAN, **SEEN}, False),
        ("dhs-2021-09-30", {}, False),
        ("opla-2022-04-03", {**CLEAN, **SEEN, "outstanding_warrant": True}, True),
    ],
)  # fmt: skip
def test_words_that_a_person_must_judge_flag_a_case_if_true(
    name: str, case: Row, flagged: bool
) -> None:
    row = reviewed(name, case)
    assert ("JUDGMENT" in kinds(row)) == flagged
    assert row["route"] != "close" or not flagged


@pytest.mark.parametrize(
    ("name", "case", "route", "flagged"),
    [
        # A close with a known warrant, pending charge, or arrest without a disposition.
        (NOVEMBER, {**VETERAN, **CLEAN, "outstanding_warrant": True}, "close", True),
        (NOVEMBER, {**VETERAN, **CLEAN, "pending_charges": 1}, "close", True),
        (
            NOVEMBER,
            {**VETERAN, **CLEAN, "arrests": 1, "arrests_without_disposition": 1},
            "close",
            True,
        ),
        (NOVEMBER, {**VETERAN, **CLEAN}, "close", False),
        # The rule is for closing: a case that continues has them, too.
        (
            NOVEMBER,
            {**CLEAN, **SEEN, **BORN, "outstanding_warrant": True, "gang_member": True},
            "expedite",
            False,
        ),
        # The Vincent memo, footnote 1: moved from a detained docket.
        (NOVEMBER, {**VETERAN, **CLEAN, "moved_from_detained_docket": True}, "close", True),
        # 2014: a factor that the memo lists, such as military service, beside a priority.
        (
            DHS_2014,
            {**VETERAN, **CLEAN, "convictions": [FELONY]},
            "expedite",
            True,
        ),
        # 2017: the DACA memo of 2012 is left in force.
        ("dhs-2017-02-20", {**CLEAN, **SEEN, "deferred_action": True}, "continue", True),
        # 2022: relief is pending before the court.
        (
            "opla-2022-04-03",
            {
                **CLEAN,
                **SEEN,
                "birth_date": "1970-05-01",
                "apprehension_place": "INTERIOR",
                "otherwise_security_threat_found": False,
                "serious_immigration_fraud": False,
                "smuggling": False,
                "weapon_used": False,
                "applications": [{"form": "42B", "decision": "PENDING"}],
            },
            "close",
            True,
        ),
    ],
)
def test_a_rule_of_human_review_flags_the_routes_that_it_names(
    name: str, case: Row, route: str, flagged: bool
) -> None:
    row = reviewed(name, case)
    assert row["route"] == route
    assert ("RULE" in kinds(row)) == flagged
