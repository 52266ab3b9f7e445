"""Date arithmetic: ages, anniversaries, and partly known dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.frames.days import iso_day

Days: TypeAlias = npt.NDArray[np.datetime64]


def anniversaries(dates: Days, spans: Iterable[tuple[int, int]]) -> Iterator[Days]:
    """Add spans of months and days to dates.

    February 29 has its anniversary on March 1 in common years. If a month has no 31st, its
    anniversary is on the first of the next month. So no period is ever cut short.

    Args:
        dates: Dates (datetime64[D]).
        spans: Whole months to add, and days to add after them.

    Yields:
        For each span, the dates so much later; NaT if the date is.

    Examples:
        >>> born = np.array(["1946-11-17", "1948-02-29"], "datetime64[D]")
        >>> [days.astype(str).tolist() for days in anniversaries(born, [(12 * 65, 0)])]
        [['2011-11-17', '2013-03-01']]
    """
    month = dates.astype("datetime64[M]")
    into_month = dates - month.astype("datetime64[D]")
    for months, days in spans:
        first = (month + months).astype("datetime64[D]")
        past_its_end = (month + (months + 1)).astype("datetime64[D]")
        yield first + np.minimum(into_month, past_its_end - first) + days


def age(birth: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Count full years from a birth to a day.

    Args:
        birth: Dates of birth (Date).
        day: Days (Date).

    Returns:
        Years (Int32); negative if the day is before the birth.
    """
    years = day.dt.year() - birth.dt.year()
    birthday_ahead = _month_and_day(day) < _month_and_day(birth)
    return years - birthday_ahead.cast(pl.Int32)


def _month_and_day(date: pl.Expr) -> pl.Expr:
    return date.dt.month().cast(pl.Int32) * 100 + date.dt.day()


def first_day(text: pl.Expr) -> pl.Expr:
    """Return the first day that an ISO date of day, month, or year precision can mean.

    Args:
        text: `YYYY-MM-DD`, `YYYY-MM`, or `YYYY` (String).

    Returns:
        The day (Date); null if the text is.
    """
    parts = text.str.len_bytes()
    whole = pl.when(parts == 10).then(text).when(parts == 7).then(text + "-01")
    return iso_day(whole.otherwise(text + "-01-01"))


def last_day(text: pl.Expr, first: pl.Expr) -> pl.Expr:
    """Return the last day that an ISO date of day, month, or year precision can mean.

    Args:
        text: `YYYY-MM-DD`, `YYYY-MM`, or `YYYY` (String).
        first: Its `first_day`, best a column that has it already.

    Returns:
        The day (Date); null if the text is.

    Examples:
        >>> births = pl.DataFrame({"born": ["1946-11", "1946"]})
        >>> births = births.with_columns(first=first_day(pl.col("born")))
        >>> births.with_columns(last=last_day(pl.col("born"), pl.col("first"))).row(0)
        ('1946-11', datetime.date(1946, 11, 1), datetime.date(1946, 11, 30))
    """
    parts = text.str.len_bytes()
    whole = pl.when(parts == 10).then(first).when(parts == 7).then(first.dt.month_end())
    return whole.otherwise(pl.date(first.dt.year(), 12, 31))
