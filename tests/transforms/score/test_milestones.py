from __future__ import annotations

import dataclasses
import datetime

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.rulebook.compiled import MilestoneSpan
from schemas.rulebooks import load
from tests.transforms.score.test_anniversaries import after
from transforms.score.milestones import milestone_dates, milestone_days

DAYS = st.dates(datetime.date(1, 1, 1), datetime.date(9900, 12, 31))


@pytest.mark.parametrize(
    ("born", "years", "reached"),
    [
        ("1946-11-17", 65, "2011-11-17"),
        ("1948-02-29", 65, "2013-03-01"),
        ("1948-02-29", 64, "2012-02-29"),
        (None, 65, None),
    ],
)
def test_a_milestone_falls_on_its_anniversary(
    born: str | None, years: int, reached: str | None
) -> None:
    span = MilestoneSpan("old", "birth_date", years, 0, 0)
    rulebook = dataclasses.replace(load("ice-2011-11-17"), milestones=(span,))
    day = None if born is None else datetime.date.fromisoformat(born)
    facts = pl.DataFrame(
        {"birth_date.low": [day], "birth_date.high": [day]},
        schema={"birth_date.low": pl.Date, "birth_date.high": pl.Date},
    )
    dates = milestone_dates(facts, rulebook)
    expected = None if reached is None else datetime.date.fromisoformat(reached)
    assert dates.to_dicts() == [{"old.low": expected, "old.high": expected}]


def test_a_day_for_all_is_the_same_day_for_each_case() -> None:
    day = datetime.date(2015, 4, 6)
    span = MilestoneSpan("memo", None, 0, 0, 0, day)
    rulebook = dataclasses.replace(load("ice-2011-11-17"), milestones=(span,))
    for birth_dates in ([], [None, datetime.date(1980, 1, 1)]):
        facts = pl.DataFrame({"birth_date.low": birth_dates}, schema={"birth_date.low": pl.Date})
        dates = milestone_dates(facts, rulebook)
        assert dates.to_dicts() == [{"memo.low": day, "memo.high": day}] * len(birth_dates)


def test_bounds_stay_bounds() -> None:
    span = MilestoneSpan("three", "last_entry", 3, 1, 2)
    rulebook = dataclasses.replace(load("ice-2011-11-17"), milestones=(span,))
    facts = pl.DataFrame(
        {"last_entry.low": [datetime.date(2008, 1, 31)], "last_entry.high": [None]},
        schema={"last_entry.low": pl.Date, "last_entry.high": pl.Date},
    )
    # The last day of January plus 37 months is March 1, 2011, because February has no 31st.
    expected = {"three.low": datetime.date(2011, 3, 3), "three.high": None}
    assert milestone_dates(facts, rulebook).to_dicts() == [expected]


@given(
    st.lists(st.tuples(st.none() | DAYS, st.none() | DAYS), max_size=6),
    st.integers(0, 90),
    st.integers(0, 30),
)
@example([(None, None)], 1, 0)
@example([(datetime.date(9900, 12, 31), None), (datetime.date(1, 1, 1), None)], 65, 1)
def test_each_day_has_its_own_milestone_whatever_days_others_have(
    bounds: list[tuple[datetime.date | None, datetime.date | None]], years: int, days: int
) -> None:
    names = ("birth_date.low", "birth_date.high")
    facts = pl.DataFrame(bounds, schema=dict.fromkeys(names, pl.Date), orient="row")
    found = milestone_days(facts, [MilestoneSpan("old", "birth_date", years, 0, days)])
    expected = [
        tuple(None if day is None else after(day, years, 0, days) for day in row) for row in bounds
    ]
    assert found.rows() == expected
