"""A pilot on planted people, against plain counting."""

from __future__ import annotations

import datetime
from typing import Any

import polars as pl
import pytest

from schemas.outcomes import ROUTES
from transforms.oversight.attributes import ATTRIBUTES
from transforms.oversight.pilot import Plan, in_courts, pilot
from transforms.oversight.table import Findings

ROW = dict[str, Any]
PLAN = Plan(
    courts=("BAL", "DEN"),
    first=datetime.date(2011, 12, 4),
    last=datetime.date(2012, 1, 13),
    minutes=30,
    attorneys=2,
)
# Court, custody, route, group of like cases, and how many.
PEOPLE = (
    ("BAL", "released", "close", 1, 40), ("BAL", "released", "continue", 1, 60),
    ("BAL", "detained", "expedite", 2, 30), ("DEN", "never detained", "close", 2, 30),
    ("DEN", None, "expedite", 2, 90), ("NYC", "released", "close", 1, 80),
    ("NYC", "released", "continue", 1, 120), ("NYC", "released", "close", 2, 50),
    ("NYC", "released", "expedite", 2, 150), (None, "released", "continue", 2, 10),
)  # fmt: skip


@pytest.fixture(scope="module")
def people() -> pl.DataFrame:
    same: ROW = dict.fromkeys(ATTRIBUTES, "one")
    rows = [
        same
        | {"court": court, "custody": custody, "route": route, "alike": alike,
           "open": route == "continue", "needs_review": route == "close", "asked": 2}
        for court, custody, route, alike, number in PEOPLE for _ in range(number)
    ]  # fmt: skip
    return pl.DataFrame(rows).with_columns(inside=in_courts(PLAN.courts, detained=False))


@pytest.fixture(scope="module")
def found(people: pl.DataFrame) -> Findings:
    return pilot(people, PLAN, read=1000, quarantined=11)


def rows(found: Findings, name: str) -> list[ROW]:
    [table] = [table for table in found.tables if table.name == name]
    return list(table.frame.iter_rows(named=True))


def test_reviews_the_cases_of_its_courts_that_are_not_detained(found: Findings) -> None:
    baltimore, denver, whole = rows(found, "courts")
    assert [baltimore[name] for name in ("cases", *ROUTES)] == [100, 40, 60, 0]
    assert [denver[name] for name in ("cases", *ROUTES)] == [120, 30, 0, 90]
    assert (whole["cases"], whole["open"], whole["needs_review"]) == (220, 60, 70)
    # As published: 366 of 3,759 and 1,301 of 7,923.
    assert baltimore["published_share"] == pytest.approx(366 / 3759)
    assert whole["published_share"] == pytest.approx(1667 / 11682)


def test_counts_who_is_needed(found: Findings) -> None:
    # 220 cases of half an hour are 110 hours; an attorney has 30 days of 8 hours.
    assert (found.counts["working_days"], found.counts["attorneys_needed"]) == (30, 1)
    assert [row["hours"] for row in rows(found, "load")] == [50, 60, 110]
    days = Plan(courts=(), first=PLAN.first, last=PLAN.first, minutes=1)
    # December 4, 2011 was a Sunday.
    assert (days.days, days.attorneys_for(10)) == (0, None)


def test_compares_it_with_the_rest(found: Findings) -> None:
    close = rows(found, "routes")[0]
    # Detained cases of its courts are part of the rest: 130 of 440 others are closed.
    assert close["ratio"] == pytest.approx((70 / 220) / (130 / 440))
    # Like cases: 40 of 100 beside 80 of 200, and 30 of 120 beside 50 of 240.
    above = 40 * 200 / 300 + 30 * 240 / 360
    below = 80 * 100 / 300 + 50 * 120 / 360
    assert close["alike"] == pytest.approx(above / below)


def test_judges_by_stated_criteria(found: Findings, people: pl.DataFrame) -> None:
    assert [row["met"] for row in rows(found, "criteria")] == ["no", "yes", "yes", "yes"]
    assert found.counts["go"] is False
    good = pilot(people, PLAN, read=1000, quarantined=10)
    assert good.counts["go"] is True
    # Without the rest of the docket and a number of attorneys, two criteria can't be judged.
    alone = people.filter("inside")
    plan = Plan(courts=PLAN.courts, first=PLAN.first, last=PLAN.last, minutes=30)
    judged = [row["met"] for row in rows(pilot(alone, plan, 1000, 0), "criteria")]
    assert judged == ["yes", "yes", "not judged", "not judged"]


def test_a_pilot_without_cases_is_no_go(people: pl.DataFrame) -> None:
    found = pilot(people.with_columns(inside=pl.lit(False)), PLAN, read=1000, quarantined=0)
    assert (found.counts["go"], found.lines[0]) == (False, "No go: it would review no case.")
