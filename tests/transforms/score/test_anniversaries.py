"""Ages and anniversaries compared with plain Python, including February 29 and month ends."""

from __future__ import annotations

import calendar
import datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transforms.score.anniversaries import age, anniversaries, first_day, last_day

DAYS = st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31))
LEAP_DAY = datetime.date(1980, 2, 29)


def day(text: str | None) -> datetime.date | None:
    return None if text is None else datetime.date.fromisoformat(text)


def after(date: datetime.date, years: int, months: int, days: int) -> datetime.date:
    """Count days: a day that the month doesn't have becomes the first of the next month."""
    month = date.month - 1 + months + 12 * years
    year, month = date.year + month // 12, month % 12 + 1
    if date.day <= calendar.monthrange(year, month)[1]:
        found = datetime.date(year, month, date.day)
    else:
        found = datetime.date(year + month // 12, month % 12 + 1, 1)
    return found + datetime.timedelta(days=days)


def ours(date: datetime.date | None, years: int = 0, months: int = 0, days: int = 0) -> object:
    (found,) = anniversaries(np.array([date], "datetime64[D]"), [(12 * years + months, days)])
    return found[0].item()


@given(DAYS, st.integers(0, 90), st.integers(0, 30), st.integers(0, 400))
@example(LEAP_DAY, 65, 0, 0)
@example(datetime.date(2011, 1, 31), 0, 1, 0)
@example(datetime.date(2011, 12, 31), 0, 2, 1)
def test_agrees_with_counting_days_to_an_anniversary(
    date: datetime.date, years: int, months: int, days: int
) -> None:
    assert ours(date, years, months, days) == after(date, years, months, days)


@pytest.mark.parametrize(
    ("date", "years", "months", "days", "expected"),
    [
        ("1980-02-29", 21, 0, 0, "2001-03-01"),
        ("1980-02-29", 20, 0, 0, "2000-02-29"),
        ("1946-11-17", 65, 0, 0, "2011-11-17"),
        ("2011-01-31", 0, 1, 0, "2011-03-01"),
        ("2012-01-31", 0, 1, 0, "2012-03-01"),
        ("2011-03-31", 0, 1, 0, "2011-05-01"),
        ("2011-12-31", 3, 0, 1, "2015-01-01"),
        (None, 5, 0, 1, None),
    ],
)
def test_agrees_with_anniversaries_worked_out_by_hand(
    date: str | None, years: int, months: int, days: int, expected: str | None
) -> None:
    assert ours(day(date), years, months, days) == day(expected)


@given(DAYS, DAYS)
@example(LEAP_DAY, datetime.date(2001, 2, 28))
@example(LEAP_DAY, datetime.date(2001, 3, 1))
def test_an_age_is_the_number_of_birthdays(birth: datetime.date, on: datetime.date) -> None:
    frame = pl.DataFrame({"birth": [birth], "on": [on]})
    got = frame.select(age(pl.col("birth"), pl.col("on"))).item()
    if on >= birth:
        assert got == sum(after(birth, years, 0, 0) <= on for years in range(1, 202))
    else:
        assert got < 0


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1980-02-29", "1980-02-29", "1980-02-29"),
        ("1980-02", "1980-02-01", "1980-02-29"),
        ("1981-02", "1981-02-01", "1981-02-28"),
        ("1980-12", "1980-12-01", "1980-12-31"),
        ("1980", "1980-01-01", "1980-12-31"),
        (None, None, None),
    ],
)
def test_a_partly_known_date_spans_its_days(
    text: str | None, first: str | None, last: str | None
) -> None:
    frame = pl.DataFrame({"d": [text]}, schema={"d": pl.String})
    found = frame.with_columns(first=first_day(pl.col("d")))
    found = found.with_columns(last=last_day(pl.col("d"), pl.col("first")))
    assert found.row(0) == (text, day(first), day(last))
