"""Conflicts, each by hand: a record that shows it, and records that come close but don't."""

from __future__ import annotations

import datetime
import random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.codes import number_ranges
from schemas.conflicts import CONFLICTS, conflicts_of
from schemas.facts import FACTS, high, low
from schemas.rulebook.model import CountedConvictions
from tests.helpers.random_records import frame, random_record
from transforms.normalize.conflicts import find_conflicts
from transforms.normalize.records import normalize
from transforms.normalize.signs import OUT_OF_RANGE
from transforms.score.facts import derive_facts
from transforms.testing import case_frame

Row = dict[str, Any]
AS_OF = datetime.date(2011, 11, 17)
COUNTED = CountedConvictions()


def charge(code: str, status: str = "SUSTAINED") -> Row:
    return {"charges": [{"code": code, "status": status}]}


# For each conflict, a record that shows it and nothing else, and records that don't.
BY_HAND: dict[str, tuple[Row, list[Row]]] = {
    "UNMARRIED_WITH_SPOUSE": (
        {"marital_status": "UNMARRIED", "relatives": [{"relation": "SPOUSE"}]},
        [
            {"marital_status": "MARRIED", "relatives": [{"relation": "SPOUSE"}]},
            {"marital_status": "UNMARRIED", "relatives": [{"relation": "CHILD"}, {}, None]},
            {"marital_status": "MARRIED", "relatives": []},
        ],
    ),
    "ENTRY_BREAKS_PRESENCE": (
        {
            "present_continuously_since": "2000-05-05",
            "entries": [{"date": "2010-02-01", "manner": "WITHOUT_INSPECTION"}],
        },
        [
            # An ordinary admission is travel.
            {
                "present_continuously_since": "2000-05-05",
                "entries": [{"date": "2010-02-01", "manner": "ADMITTED"}],
            },
            {
                "present_continuously_since": "2000-05-05",
                "entries": [{"date": "2000-05-05", "manner": "WITHOUT_INSPECTION"}],
            },
            {
                "present_continuously_since": "2000-05-05",
                "entries": [{"date": "2010-02-01"}, {"manner": "WITHOUT_INSPECTION"}],
            },
        ],
    ),
    "REMOVAL_BREAKS_PRESENCE": (
        {
            "present_continuously_since": "2000-05-05",
            "removals": [{"date": "2010-01-01", "kind": "REMOVAL"}],
            "entries": [{"date": "2010-02-01", "manner": "ADMITTED"}],
        },
        [
            {
                "present_continuously_since": "2000-05-05",
                "removals": [{"date": "1999-01-01", "kind": "REMOVAL"}, {"kind": "REMOVAL"}],
            }
        ],
    ),
    "CRIMINAL_CHARGE_WITHOUT_CONVICTION": (
        {**charge("237a02Aiii"), "convictions": []},
        [
            {**charge("237a02Aiii"), "convictions": [None]},
            {**charge("237a02Aiii"), "convictions": None},
            {**charge("237a02Aiii", "WITHDRAWN"), "convictions": []},
            {"charges": [{"code": "237a02Aiii"}], "convictions": []},
            {**charge("237a01B"), "convictions": []},
        ],
    ),
    "REMOVAL_CHARGE_WITHOUT_REMOVAL": (
        {**charge("212a09AiiI"), "removals": [{"kind": "VOLUNTARY_RETURN"}]},
        [
            {**charge("212a09AiiI"), "removals": [{"kind": "DEPORTATION"}]},
            {**charge("212a09AiiI"), "removals": [{}]},
            {**charge("212a09AiiI"), "removals": [None]},
            {**charge("212a09AiiI", "NOT_SUSTAINED"), "removals": []},
        ],
    ),
    "FRAUD_CHARGE_WITHOUT_FINDING": (
        {**charge("212a06Ci"), "fraud_findings": []},
        [
            {**charge("212a06Ci"), "fraud_findings": [{"found_by": "IMMIGRATION_JUDGE"}]},
            {**charge("212a06Ci"), "fraud_findings": None},
            {**charge("212a06Ci", "UNKNOWN"), "fraud_findings": []},
        ],
    ),
    "ENTRY_CHARGE_WITHOUT_ENTRY": (
        {**charge("212a06Ai"), "entries": [{"manner": "ADMITTED"}]},
        [
            {**charge("212a06Ai"), "entries": [{"manner": "ADMITTED"}, {"date": "2001-01-01"}]},
            {**charge("212a06Ai"), "entries": [{"manner": "WITHOUT_INSPECTION"}]},
        ],
    ),
    "STATUS_CHARGE_WITHOUT_VIOLATION": (
        {**charge("237a01B"), "status_violations": []},
        [{**charge("237a01B"), "status_violations": [{}]}],
    ),
    "SECURITY_CHARGE_WITHOUT_RISK": (
        {**charge("237a04B"), "security_risk": False},
        [{**charge("237a04B")}, {**charge("237a04B"), "security_risk": True}],
    ),
    "RIGHTS_CHARGE_WITHOUT_VIOLATION": (
        {**charge("237a04D"), "human_rights_violator": False},
        [{**charge("237a04D")}],
    ),
    "CHARGE_SUSTAINED_AND_NOT": (
        {
            "charges": [
                {"code": "237a01B", "status": "SUSTAINED"},
                {"code": "237a01B", "status": "NOT_SUSTAINED"},
            ]
        },
        [
            {
                "charges": [
                    {"code": "237a01B", "status": "SUSTAINED"},
                    {"code": "237a01Ci", "status": "NOT_SUSTAINED"},
                ]
            },
            {
                "charges": [
                    {"code": None, "status": "SUSTAINED"},
                    {"code": None, "status": "NOT_SUSTAINED"},
                ]
            },
        ],
    ),
    "RESIDENT_WITHOUT_DATE": (
        {"lawful_permanent_resident": True},
        [
            {"lawful_permanent_resident": False},
            {"lawful_permanent_resident": True, "lpr_since": "2001-01-01"},
        ],
    ),
    "RESIDENCE_DATE_OF_NO_RESIDENT": (
        {"lawful_permanent_resident": False, "lpr_since": "2001-01-01"},
        [{"lpr_since": "2001-01-01"}],
    ),
    "CONVICTION_AFTER_AS_OF": (
        {"convictions": [{"date": "2011-11-18", "grade": "FELONY"}]},
        [{"convictions": [{"date": "2011-11-17"}, {"date": None}]}],
    ),
    "REMOVAL_AFTER_AS_OF": (
        {"removals": [{"date": "11/18/2011"}]},
        [{"removals": [{"date": "2011-11-17"}, {}]}],
    ),
    "ENTRY_BEFORE_BIRTH": (
        {"birth_date": "1980-02", "entries": [{"date": "1/31/1980"}]},
        [
            {"birth_date": "1980-02", "entries": [{"date": "1980-02-01"}]},
            {"birth_date": "1980", "entries": [{"date": "1980-01-01"}]},
        ],
    ),
    "CONVICTION_BEFORE_BIRTH": (
        {"birth_date": "1980-02-01", "convictions": [{"date": "1979-01-01"}]},
        [{"birth_date": "1980-02-01", "convictions": [{"date": "2000-01-01"}, {}]}],
    ),
    "PRESENCE_BEFORE_BIRTH": (
        {"birth_date": "1980-02-01", "present_continuously_since": "1980-01-31"},
        [{"birth_date": "1980-02-01", "present_continuously_since": "1980-02-01"}],
    ),
    "RESIDENCE_BEFORE_BIRTH": (
        {
            "birth_date": "1980-02-01",
            "lawful_permanent_resident": True,
            "lpr_since": "1980-01-31",
        },
        [
            {
                "birth_date": "1980",
                "lawful_permanent_resident": True,
                "lpr_since": "1980-01-31",
            }
        ],
    ),
    # 110 years old until the 111th birthday, November 17, 2011.
    "AGE_OUT_OF_RANGE": ({"birth_date": "1900-11-16"}, [{"birth_date": "1900-11-17"}]),
    "JUVENILE_AFTER_21": (
        {
            "birth_date": "1980-06",
            "convictions": [{"date": "2001-07-01", "juvenile_adjudication": True}],
        },
        [
            {
                "birth_date": "1980-06",
                "convictions": [{"date": "2001-06-30", "juvenile_adjudication": True}],
            },
            {
                "birth_date": "1980-06",
                "convictions": [
                    {"date": "2005-06-30", "juvenile_adjudication": False},
                    {"juvenile_adjudication": True},
                ],
            },
        ],
    ),
    "GANG_PARTICIPATION_BEFORE_16": (
        {"birth_date": "1996-01-01", "gang_participation": True},
        [
            {"birth_date": "1995", "gang_participation": True},
            {"birth_date": "1996-01-01", "gang_member": True},
        ],
    ),
    "ORDER_OUTSTANDING_AND_CARRIED_OUT": (
        {
            "orders": [{"date": "2005-01-01", "outstanding": True}],
            "removals": [{"date": "2005-01-01", "kind": "REMOVAL"}],
        },
        [
            {
                "orders": [{"date": "2005-01-02", "outstanding": True}],
                "removals": [{"date": "2005-01-01", "kind": "REMOVAL"}],
            },
            {
                "orders": [{"date": "2005-01-01", "outstanding": True}],
                "removals": [{"date": "2006-01-01", "kind": "VOLUNTARY_RETURN"}],
            },
        ],
    ),
    "NO_ORDER_TO_COMPLY_WITH": (
        {"order_not_complied_with": True, "orders": []},
        [{"order_not_complied_with": True}, {"order_not_complied_with": True, "orders": [None]}],
    ),
    "NOTICE_FILED_AND_NOT": (
        {"nta_filed_with_court": False, "nta_filed": "2011-01-01"},
        [{"nta_filed": "2011-01-01"}, {"nta_filed_with_court": False}],
    ),
    "DOCKET_MOVED_AND_NOT": (
        {"moved_from_detained_docket": False, "moved_docket_on": "2011-01-01"},
        [{"moved_from_detained_docket": True, "moved_docket_on": "2011-01-01"}],
    ),
    "MORE_OPEN_ARRESTS_THAN_ARRESTS": (
        {"arrests": 1, "arrests_without_disposition": 2},
        [
            {"arrests": 2, "arrests_without_disposition": 2},
            {"arrests_without_disposition": 2},
        ],
    ),
    "CUSTODY_LONGER_THAN_SENTENCE": (
        {"convictions": [{"sentence_days": 30, "custody_days": 31}]},
        [{"convictions": [{"sentence_days": 30, "custody_days": 30}, {"custody_days": 9}]}],
    ),
    "SENTENCE_LONGER_THAN_MAXIMUM": (
        {"convictions": [{"sentence_days": 366, "maximum_sentence_days": 365}]},
        [
            {"convictions": [{"sentence_days": 365, "maximum_sentence_days": 365}]},
            {"convictions": [{"sentence_days": 366}, {"maximum_sentence_days": 365}]},
        ],
    ),
    # Of 2 months at most one is begun between 2011-10-20 and 2011-11-17, 28 days.
    "LAWFUL_MONTHS_LONGER_THAN_STAY": (
        {"months_in_lawful_status": 3, "entries": [{"date": "2011-10-20"}]},
        [
            {"months_in_lawful_status": 2, "entries": [{"date": "2011-10-20"}]},
            {"months_in_lawful_status": 3, "entries": [{"date": "2011-10-20"}, None]},
            {"months_in_lawful_status": 3, "entries": [{"date": "2011-10-20"}, {}]},
        ],
    ),
    "ARRESTS_OUT_OF_RANGE": ({"arrests": -1}, [{"arrests": 0}]),
    "OPEN_ARRESTS_OUT_OF_RANGE": (
        {"arrests_without_disposition": -1},
        [{"arrests_without_disposition": 0}],
    ),
    "PENDING_CHARGES_OUT_OF_RANGE": ({"pending_charges": -2}, [{"pending_charges": 0}]),
    "LAWFUL_MONTHS_OUT_OF_RANGE": (
        {"months_in_lawful_status": -1},
        [{"months_in_lawful_status": 0}],
    ),
    "SENTENCE_OUT_OF_RANGE": (
        {"convictions": [{"sentence_days": -30}]},
        [{"convictions": [{"sentence_days": 0}]}],
    ),
}


def normalized(record: Row) -> pl.DataFrame:
    records, quarantined = normalize(case_frame([{"case_id": "1", **record}]), AS_OF)
    assert quarantined.is_empty()
    return records


def test_the_handwritten_table_has_every_conflict() -> None:
    assert set(BY_HAND) == set(CONFLICTS)


@pytest.mark.parametrize("name", BY_HAND)
def test_finds_a_conflict_but_not_what_comes_close_to_one(name: str) -> None:
    shown, close = BY_HAND[name]
    assert normalized(shown)["conflicts"].to_list() == [[name]]
    for record in close:
        assert normalized(record)["conflicts"].to_list() == [[]], record


@pytest.mark.parametrize(
    "sign",
    [
        {"military_service": [{"who": "SPOUSE", "status": "HONORABLE_DISCHARGE"}]},
        {"spouse_pregnant_or_nursing": True},
        {"spouse_severe_illness": True},
    ],
)
def test_other_facts_also_show_a_spouse(sign: Row) -> None:
    records = normalized({"marital_status": "UNMARRIED", **sign})
    assert records["conflicts"].to_list() == [["UNMARRIED_WITH_SPOUSE"]]


def test_every_bounded_number_has_a_conflict() -> None:
    fields = {field for fields in OUT_OF_RANGE.values() for field in fields}
    assert fields == set(number_ranges())


@pytest.mark.parametrize("name", BY_HAND)
def test_facts_in_conflict_are_unknown(name: str) -> None:
    facts = derive_facts(normalized(BY_HAND[name][0]), COUNTED)
    assert facts["conflicts"].to_list() == [[name]]
    row = facts.to_dicts()[0]
    for fact in () if CONFLICTS[name].by_date else CONFLICTS[name].facts:
        for column in FACTS[fact].columns:
            least = FACTS[fact].kind == "count" and column == low(fact)
            assert row[column] == (0 if least else None), column


@pytest.mark.parametrize("conflict", CONFLICTS.values(), ids=CONFLICTS)
def test_the_catalog_names_existing_facts_in_plain_words(conflict: Any) -> None:
    assert conflict.facts
    assert set(conflict.facts) <= set(FACTS)
    assert len(set(conflict.facts)) == len(conflict.facts)
    assert "_" not in conflict.says
    assert all(conflict.id in conflicts_of(fact) for fact in conflict.facts)


def test_a_bad_date_never_removes_a_case_from_the_docket() -> None:
    records = [
        {"case_id": "1", "birth_date": "1980-01-01", "entries": [{"date": "1970-01-01"}]},
        {"case_id": "2", "removals": [{"date": "2012-01-01"}], "convictions": [{"date": "2030"}]},
    ]
    frame = case_frame(records)
    kept, quarantined = normalize(frame, AS_OF)
    assert kept["case_id"].to_list() == ["1", "2"]
    assert quarantined.is_empty()


def test_a_conflict_with_the_calendar_ends_when_the_day_comes() -> None:
    record = {"case_id": "1", "convictions": [{"date": "2011-11-18", "grade": "FELONY"}]}
    frame = case_frame([record])
    before, _ = normalize(frame, AS_OF)
    # As in a run's snapshot.
    after, _ = normalize(before.select(frame.columns), datetime.date(2011, 11, 18))
    felonies = (low("felony_convictions"), high("felony_convictions"))
    assert derive_facts(before, COUNTED, AS_OF).select(felonies).row(0) == (0, 1)
    assert after["conflicts"].to_list() == [[]]


def test_a_future_date_makes_nothing_true_and_earlier_events_still_count() -> None:
    earlier = {"date": "2005-03-01", "grade": "FELONY", "vacated": False}
    later = {"date": "2011-11-18", "grade": "FELONY", "vacated": False}
    record = {
        "birth_date": "1970-01-01",
        "convictions": [earlier, later],
        "removals": [
            {"date": "2002-01-01", "kind": "REMOVAL"},
            {"date": "2012-01-01", "kind": "REMOVAL"},
        ],
    }
    facts = derive_facts(normalized(record), COUNTED, AS_OF).to_dicts()[0]
    assert facts["conflicts"] == ["CONVICTION_AFTER_AS_OF", "REMOVAL_AFTER_AS_OF"]
    assert (facts["felony_convictions.low"], facts["felony_convictions.high"]) == (1, 2)
    assert facts["last_conviction.low"] == datetime.date(2005, 3, 1)
    assert (facts["removals.low"], facts["removals.high"]) == (1, 2)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_conflicts_never_make_a_fact_known(seed: int) -> None:
    rng = random.Random(seed)
    records = frame([random_record(rng, 0.8) for _ in range(12)])
    conflicts = find_conflicts(records.with_columns(warnings=pl.lit([], pl.List(pl.String))), AS_OF)
    plain = derive_facts(records, COUNTED)
    facts = derive_facts(records.with_columns(conflicts), COUNTED)
    assert facts.columns == [*plain.columns, "conflicts"]
    for before, after in zip(plain.to_dicts(), facts.to_dicts(), strict=True):
        in_conflict = {
            fact
            for name in after["conflicts"]
            if not CONFLICTS[name].by_date
            for fact in CONFLICTS[name].facts
        }
        for fact in FACTS.values():
            for column in fact.columns:
                if fact.name not in in_conflict:
                    assert after[column] == before[column]
                else:
                    assert after[column] == (
                        0 if column == low(fact.name) and fact.kind == "count" else None
                    )


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_a_record_has_the_same_conflicts_in_any_frame(seed: int) -> None:
    rng = random.Random(seed)
    records = frame([random_record(rng, 0.8) for _ in range(6)])
    records = records.with_columns(warnings=pl.lit([], pl.List(pl.String)))
    alone = [find_conflicts(records[row], AS_OF).to_list()[0] for row in range(records.height)]
    assert find_conflicts(records, AS_OF).to_list() == alone
