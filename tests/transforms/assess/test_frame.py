from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from schemas.rulebook.condition import Condition
from schemas.rulebook.tree import column
from schemas.rulebooks import load_text
from tests.helpers.small_rulebook import TEXT, small
from transforms.assess.frame import Terms, assess, assess_both, status_of
from transforms.avro.quarantined import QUARANTINED
from transforms.normalize.records import normalize
from transforms.route.recommendation import RECOMMENDATION, recommend_records
from transforms.testing import case_frame

AS_OF = datetime.date(2011, 11, 17)
CASES: list[dict[str, Any]] = [
    {"case_id": " ill ", "court": "Baltimore", "serious_condition": True, "entries": []},
    {"case_id": "pursued", "court": "BAL", "arrests": 2, "serious_condition": False,
     "birth_date": "1990-01-01"},
    {"case_id": "elsewhere", "court": "DEN"},
    {"case_id": "nowhere"},
    {"case_id": "done", "court": "BAL", "completed_on": "2011-11-17"},
    {"case_id": "done there", "court": "DEN", "completed_on": "2011-01-01"},
    {"court": "BAL", "birth_date": "1990-01-01"},
]  # fmt: skip
RECORDS = case_frame(CASES)
TERMS = Terms(small(), AS_OF, courts=frozenset({"BAL"}))


def ids(frame: pl.DataFrame) -> list[str]:
    found: list[str] = frame["case_id"].to_list()
    return found


def test_every_record_ends_up_in_exactly_one_place() -> None:
    assessed = assess(RECORDS, TERMS)
    assert ids(assessed.recommendations) == ["ill", "pursued", "nowhere"]
    assert ids(assessed.outside) == ["elsewhere", "done", "done there"]
    assert assessed.quarantined["case_id"].to_list() == [None]
    assert dict(status_of(assessed).rows()) == {
        "ill": "routed",
        "pursued": "routed",
        "nowhere": "routed",
        "elsewhere": "out_of_scope",
        "done": "completed",
        "done there": "completed",
        None: "quarantined",
    }


def test_returns_all_normalized_records_with_their_marks() -> None:
    records = assess(RECORDS, TERMS).records
    assert records.select("case_id", "scope_unknown", "completed").rows() == [
        ("ill", False, False),
        ("pursued", False, False),
        ("elsewhere", False, False),
        ("nowhere", True, False),
        ("done", False, True),
        ("done there", False, True),
    ]
    normalized, _ = normalize(RECORDS, AS_OF)
    assert_frame_equal(records.drop("scope_unknown", "completed"), normalized)


def test_recommends_what_the_rulebook_gives_for_those_records() -> None:
    assessed = assess(RECORDS, TERMS)
    routes = assessed.recommendations.select("case_id", "court", "route").rows()
    assert routes == [
        ("ill", "BAL", "close"), ("pursued", "BAL", "expedite"), ("nowhere", None, "continue"),
    ]  # fmt: skip
    some = assessed.records.filter(pl.col("case_id").is_in(["ill", "pursued", "nowhere"]))
    assert_frame_equal(assessed.recommendations, recommend_records(some, small(), AS_OF))


@given(st.permutations(range(len(CASES))), st.permutations(range(len(CASES))), st.integers(0, 7))
def test_two_sets_at_once_are_assessed_as_by_themselves(
    before: list[int], after: list[int], number: int
) -> None:
    sides = (RECORDS[before[:number]], RECORDS[after])
    for alone, together in zip(sides, assess_both(*sides, TERMS), strict=True):
        for expected, found in zip(assess(alone, TERMS), together, strict=True):
            assert_frame_equal(found, expected)


def test_selects_the_results_for_some_cases() -> None:
    some = assess(RECORDS, TERMS).of(pl.DataFrame({"case_id": ["ill", "done", "somebody"]}))
    assert [ids(frame) for frame in some] == [["ill"], ["ill", "done"], ["done"], []]


def test_uses_the_given_terms() -> None:
    # Nobody knows of arrests of the ill one: without the presumption that there are none it stays.
    bare = assess(RECORDS, dataclasses.replace(TERMS, presume=False)).recommendations
    assert bare["route"].to_list() == ["continue", "expedite", "continue"]
    every = assess(RECORDS, dataclasses.replace(TERMS, courts=None))
    assert ids(every.recommendations) == ["ill", "pursued", "elsewhere", "nowhere"]
    scopes = {"ill": Condition(column("serious_condition"), ("serious_condition",))}
    scoped = assess(RECORDS, Terms(dataclasses.replace(small(), scopes=scopes), AS_OF, scope="ill"))
    assert ids(scoped.recommendations) == ["ill", "elsewhere", "nowhere"]
    later = assess(RECORDS, Terms(small(), datetime.date(2100, 1, 1), courts=frozenset({"BAL"})))
    assert later.recommendations["as_of"].unique().to_list() == [datetime.date(2100, 1, 1)]
    before = assess(RECORDS, Terms(small(), datetime.date(2011, 11, 16), courts=frozenset({"BAL"})))
    assert "done" in ids(before.recommendations)


def test_terms_compare_by_value() -> None:
    same = Terms(load_text("again", TEXT), AS_OF, courts=frozenset(["DEN", "BAL"]))
    assert same.key == Terms(small(), AS_OF, courts=frozenset(["BAL", "DEN", "BAL"])).key
    others: tuple[dict[str, Any], ...] = (
        {"courts": None},
        {"presume": False},
        {"scope": "ill"},
        {"as_of": datetime.date(2011, 11, 18)},
        {"rulebook": load_text("other", TEXT.replace("weight: 3", "weight: 4"))},
    )
    for other in others:
        assert dataclasses.replace(same, **other).key != same.key


def test_normalizes_future_dates_relative_to_the_as_of_date() -> None:
    ahead = case_frame([{"case_id": "1", "nta_issued": "2011-11-18"}])
    for day, warnings in ((17, ["nta_issued:FUTURE_DATE"]), (18, [])):
        assessed = assess(ahead, Terms(small(), datetime.date(2011, 11, day)))
        assert assessed.recommendations["warnings"].to_list() == [warnings]


def test_no_records_give_empty_results() -> None:
    assessed = assess(RECORDS.clear(), TERMS)
    assert [frame.height for frame in assessed] == [0, 0, 0, 0]
    assert assessed.recommendations.schema == RECOMMENDATION
    assert assessed.quarantined.schema == QUARANTINED
    assert status_of(assessed).schema == {"case_id": pl.String, "status": pl.String}
