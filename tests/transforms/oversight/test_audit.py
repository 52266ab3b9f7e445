"""The audit's rates, bounds, and ratios, against plain counting."""

from __future__ import annotations

import datetime
import random
from typing import Any

import polars as pl
import pytest

from transforms.oversight import figures
from transforms.oversight.attributes import ATTRIBUTES, people
from transforms.oversight.audit import audit, rates
from transforms.testing import assert_cells, case_frame

DAY = datetime.date(2011, 11, 17)
ROW = dict[str, Any]
OTHERWISE: ROW = dict.fromkeys(set(ATTRIBUTES) - {"sex"}, "65 or older")
SEXES = {"female": 150, "male": 240, None: 20, "other": 4}


def everybody() -> list[ROW]:
    rng = random.Random(2011)
    rows = []
    for sex, number in SEXES.items():
        for _ in range(number):
            alike = rng.randint(1, 5)
            # In each group of like cases, men are closed half as often.
            close = rng.random() < alike / (10 if sex == "male" else 5)
            may_close = close or rng.random() < 0.4
            rows.append(
                {"sex": sex, "alike": alike, "close": close, "expedite": False,
                 "may_close": may_close, "only_close": close and rng.random() < 0.5,
                 "may_expedite": False, "only_expedite": False, "open": may_close and not close,
                 "asked": rng.randint(0, 9)}
                | OTHERWISE
            )  # fmt: skip
    return rows


EVERYBODY = everybody()
FRAME = pl.DataFrame(EVERYBODY, schema_overrides={"sex": pl.String})


@pytest.fixture(scope="module")
def closed() -> dict[str | None, ROW]:
    return {row["value"]: row for row in rates(FRAME, "sex") if row["route"] == "close"}


def test_counts_each_group_beside_all_others(closed: dict[str | None, ROW]) -> None:
    assert list(closed) == ["male", "female", "other", None]
    for sex, row in closed.items():
        mine = [one for one in EVERYBODY if one["sex"] == sex]
        others = [one for one in EVERYBODY if one["sex"] != sex]
        shares = [sum(one["close"] for one in part) / len(part) for part in (mine, others)]
        assert row["share"] == pytest.approx(shares[0])
        assert row["certain"] == pytest.approx(sum(o["only_close"] for o in mine) / len(mine))
        assert row["possible"] == pytest.approx(sum(o["may_close"] for o in mine) / len(mine))
        assert row["low"] <= row["share"] <= row["high"]
        if len(mine) < 25:
            # Small groups are listed, but not compared.
            assert row["ratio"] is row["alike"] is row["p_adjusted"] is None
            continue
        assert row["ratio"] == pytest.approx(shares[0] / shares[1])
        above = below = 0.0
        for stratum in range(1, 6):
            a, b = ([o["close"] for o in part if o["alike"] == stratum] for part in (mine, others))
            above += sum(a) * len(b) / (len(a) + len(b))
            below += sum(b) * len(a) / (len(a) + len(b))
        assert row["alike"] == pytest.approx(above / below)
    assert closed["male"]["differs"] == "yes"
    assert closed["male"]["alike_high"] < 1


def test_a_route_that_nobody_has_gives_no_ratio() -> None:
    for row in rates(FRAME, "sex"):
        if row["route"] == "expedite":
            assert (row["share"], row["ratio"], row["alike"]) == (0, None, None)
            assert row["differs"] == ""


def test_says_whose_unknown_facts_cost_them_a_route() -> None:
    findings = audit(FRAME, ())
    [table] = [table for table in findings.tables if table.name == "missing"]
    by_group = {row["group"]: row for row in table.rows}
    for sex, number in SEXES.items():
        row = by_group[f"sex: {sex or 'not known'}"]
        mine = [one for one in EVERYBODY if one["sex"] == sex]
        cost = sum(one["may_close"] and not one["close"] for one in mine)
        assert (row["cases"], row["cost"]) == (number, cost)
        assert row["asked"] == pytest.approx(sum(one["asked"] for one in mine) / number)
    assert findings.counts["differ"] == sum(
        row["differs"] == "yes" for name in ATTRIBUTES for row in rates(FRAME, name)
    )


def test_puts_people_beside_their_recommendations() -> None:
    cases = case_frame(
        [
            {"case_id": "a", "birth_date": "1993-11-17", "sex": "FEMALE", "represented": True,
             "custody": "NEVER_DETAINED"},
            {"case_id": "b", "birth_date": "1993-11-18", "represented": False},
            # In the month of a birthday it isn't known whether the person is 21 yet.
            {"case_id": "c", "birth_date": "1990-11"},
            {"case_id": "d", "birth_date": "1946"},
            {"case_id": "e", "birth_date": "1944"},
        ]
    )  # fmt: skip
    recommended = pl.DataFrame(
        [
            {"case_id": "a", "route": "close", "state": "ON_THE_RECORD",
             "possible_routes": ["close"], "missing_facts": [], "criteria_true": ["F1", "A2"]},
            {"case_id": "b", "route": "continue", "state": "OPEN",
             "possible_routes": ["continue", "close"], "missing_facts": ["x", "y"],
             "criteria_true": ["A2", "N1", "F1"]},
            *({"case_id": one, "route": "expedite", "state": "OPEN",
               "possible_routes": ["expedite"], "missing_facts": [], "criteria_true": []}
              for one in "cde"),
        ]
    )  # fmt: skip
    found = people(cases, recommended, DAY, ["N1"])
    assert_cells(
        found,
        [
            {"age": "18 to 20", "sex": "female", "representation": "has a lawyer",
             "custody": "never detained", "close": True, "only_close": True, "asked": 0},
            {"age": "under 18", "sex": None, "representation": "has no lawyer", "custody": None,
             "close": False, "may_close": True, "only_close": False, "open": True, "asked": 2},
            {"age": None}, {"age": None}, {"age": "65 or older", "only_expedite": True},
        ],
    )  # fmt: skip
    # The criterion that reads a protected attribute doesn't make them unlike.
    assert found["alike"][0] == found["alike"][1] != found["alike"][2]


def test_compares_only_what_can_be_compared() -> None:
    one = FRAME.with_columns(sex=pl.lit("female"))
    [close, _] = rates(one, "sex")
    assert close["ratio"] is close["p"] is None
    assert figures.two_differ(3, 10, 0, 0) is None
