import datetime
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codes import placeholder_days
from tests.helpers.dates import iso_date
from transforms.normalize.dates import (
    is_placeholder,
    iso_day,
    iso_time,
    written_date,
)

DAY_FORMS = [
    "%Y-%m-%d",
    "%Y-%m-%d 00:00:00.000",
    "%Y-%m-%dT00:00:00Z",
    "%m/%d/%Y",
    "%m/%d/%Y 13:45:00",
    "%m-%d-%Y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d %Y",
    "%Y%m%d",
    "  %Y-%m-%d ",
]
DAYS = st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)).filter(
    lambda day: day.isoformat() not in placeholder_days()
)
MONTHS = DAYS.filter(lambda day: day.isoformat()[:7] not in placeholder_days())


def read(text: str | None, how: Callable[[pl.Expr], pl.Expr] = iso_date) -> Any:
    column = pl.DataFrame({"x": [text]}, schema={"x": pl.String})
    return column.select(how(pl.col("x"))).item()


@pytest.mark.parametrize("form", DAY_FORMS)
@given(day=DAYS)
def test_reads_every_form_of_a_day(form: str, day: datetime.date) -> None:
    assert read(day.strftime(form)) == day.isoformat()
    assert read(day.strftime(form).upper(), iso_day) == day.isoformat()


@pytest.mark.parametrize("form", ["%Y-%m", "%m/%Y", "%b %Y", "%B %Y"])
@given(day=MONTHS)
def test_reads_every_form_of_a_month(form: str, day: datetime.date) -> None:
    assert read(day.strftime(form)) == day.isoformat()[:7]
    assert read(day.strftime(form), iso_day) is None


def test_reads_a_year_alone_where_that_is_allowed() -> None:
    assert read("1975") == "1975"
    assert read("1975", iso_day) is None


@pytest.mark.parametrize(
    "text",
    [
        "11/17/11",
        "17-NOV-11",
        "2011-13-01",
        "2011-02-29",
        "1899-12-31",
        "2200-01-01",
        "20000-01-01",
        "2011-11-17 and more",
        "Nov 17",
        "\u0661\u0669\u0667\u0665",
        None,
    ],
)
def test_rejects_text_that_is_not_a_date(text: str | None) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1900-01-01", "1900-01-01"),
        ("1/1/1900", "1900-01-01"),
        ("01/01/1900 12:00:00 AM", "1900-01-01"),
        ("1900-01-01 00:00:00.000", "1900-01-01"),
        ("01-JAN-1900", "1900-01-01"),
        ("19000101", "1900-01-01"),
        ("01/01/1901", "1901-01-01"),
        ("0001-01-01", "0001-01-01"),
        ("0001-01-01T00:00:00Z", "0001-01-01"),
        ("1/1/0001 12:00:00 AM", "0001-01-01"),
        ("1753-01-01", "1753-01-01"),
        ("12/30/1899", "1899-12-30"),
        ("9999-12-31", "9999-12-31"),
        ("12/31/9999 23:59:59", "9999-12-31"),
        ("December 31, 9999", "9999-12-31"),
        ("2099-12-31", "2099-12-31"),
        ("99/99/9999", "9999-99-99"),
        ("99999999", "9999-99-99"),
        ("1/0/1900", "1900-01-00"),
        ("1/1900", "1900-01"),
        ("Jan 1900", "1900-01"),
        ("1900", "1900"),
        ("9999", "9999"),
    ],
)
def test_a_placeholder_is_not_a_date_however_it_is_written(text: str, day: str) -> None:
    assert read(text, written_date) == day
    assert day in placeholder_days()
    assert read(text, lambda column: is_placeholder(written_date(column))) is True
    assert read(text, iso_date) is None
    assert read(text, iso_day) is None
    assert read(text, iso_time) is None


@pytest.mark.parametrize(
    "text", ["1970-01-01", "2000-01-01", "1900-01-03", "1902-01-01", "1985-01-01", "1999-09-09"]
)
def test_a_day_on_which_people_are_born_is_a_date(text: str) -> None:
    assert read(text, iso_date) == read(text, iso_day) == text


def test_recognizes_every_listed_placeholder_by_its_spelling() -> None:
    for day in placeholder_days():
        assert read(day, written_date) == day


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2011-11-17", "2011-11-17"),
        ("2011-11-17T08:30:00Z", "2011-11-17T08:30:00"),
        ("2011-11-17 08:30:00.123", "2011-11-17T08:30:00.123"),
        ("11/17/2011 08:30", "2011-11-17T08:30"),
        ("11/17/2011 3:30 PM", "2011-11-17T15:30"),
        ("11/17/2011 9:00 AM", "2011-11-17T09:00"),
        ("11/17/2011 9:00:07a.m.", "2011-11-17T09:00:07"),
        ("11/17/2011 12:05 am", "2011-11-17T00:05"),
        ("11/17/2011 12:05 pm", "2011-11-17T12:05"),
        ("11/17/2011, 3:30:00\u202fPM", "2011-11-17T15:30:00"),
        ("2011-11-17 9:05", "2011-11-17T09:05"),
        ("2011-11-17 9:05 8:05", None),
        ("2011-11-17T00:00:00-05:00", "2011-11-17T05:00:00"),
        ("2011-11-17T01:00:00.5Z", "2011-11-17T01:00:00.5"),
        ("2011-12-31 22:15-0500", "2012-01-01T03:15"),
        ("2011-11-17T02:00+05:45", "2011-11-16T20:15"),
        ("2011-11-17 9:05 PM -05", "2011-11-18T02:05"),
        ("2199-12-31T23:00-05:00", None),
        ("1900-01-01T00:00+01:00", None),
        ("2011-11-17 25:00", None),
        ("2011-11-17 08:61", None),
        ("11/17/2011 13:30 PM", None),
        ("11/17/2011 0:30 AM", None),
        ("11/17/2011 3:30 P", None),
        ("2011-11-17T08:30-99:00", None),
        ("17-NOV-2011", "2011-11-17"),
        ("UNKNOWN", None),
        ("2011-99-99T08:30:00", None),
    ],
)
def test_reads_update_times(text: str, expected: str | None) -> None:
    assert read(text, iso_time) == expected


@given(
    st.datetimes(
        datetime.datetime(1900, 1, 2),
        datetime.datetime(2199, 12, 30),
    ).filter(lambda moment: moment.date().isoformat() not in placeholder_days()),
    st.integers(-14 * 60 - 59, 14 * 60 + 59),
    st.sampled_from(["%Y-%m-%dT%H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%Y-%m-%d %H:%M:%S "]),
)
def test_a_time_with_a_zone_is_the_same_moment_in_utc(
    moment: datetime.datetime, offset: int, form: str
) -> None:
    zoned = moment.replace(tzinfo=datetime.timezone(datetime.timedelta(minutes=offset)))
    sign, (hours, minutes) = "-" if offset < 0 else "+", divmod(abs(offset), 60)
    text = f"{moment.strftime(form)}{sign}{hours:02}:{minutes:02}"
    assert read(text, iso_time) == zoned.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S")


@given(st.text())
def test_reads_any_text_or_gives_null_and_is_idempotent(text: str) -> None:
    for how in (iso_day, iso_date, iso_time):
        once = read(text, how)
        assert once is None or read(once, how) == once
