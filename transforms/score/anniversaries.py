"""Date arithmetic: ages, anniversaries, and partly known dates."""

from __future__ import annotations

import polars as pl


def anniversary(date: pl.Expr, *, years: int = 0, months: int = 0, days: int = 0) -> pl.Expr:
    """Add years, months, and days to a date.

    February 29 has its anniversary on March 1 in common years. If a month has no 31st, its
    anniversary is on the first of the next month. So no period is ever cut short.

    Args:
        date: Dates (Date).
        years: Whole years to add.
        months: Whole months to add after the years.
        days: Days to add after the months.

    Returns:
        Dates (Date); null if the date is.

    Examples:
        >>> from datetime import date
        >>> days = pl.DataFrame({"born": [date(1946, 11, 17), date(1948, 2, 29)]})
        >>> days.select(anniversary(pl.col("born"), years=65))["born"].to_list()
        [datetime.date(2011, 11, 17), datetime.date(2013, 3, 1)]
    """
    shifted = date.dt.offset_by(f"{12 * years + months}mo")
    cut_short = shifted.dt.day() < date.dt.day()
    whole = pl.when(cut_short).then(shifted.dt.offset_by("1d")).otherwise(shifted)
    return whole.dt.offset_by(f"{days}d") if days else whole


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


def span(column: str) -> tuple[pl.Expr, pl.Expr]:
    """Return the first and last day that an ISO date of day, month, or year precision can mean.

    Args:
        column: A String column of `YYYY-MM-DD`, `YYYY-MM`, or `YYYY`.

    Returns:
        The first day and the last day (Date); null if the text is.

    Examples:
        >>> births = pl.DataFrame({"born": ["1946-11", "1946"]})
        >>> births.select(first=span("born")[0], last=span("born")[1]).rows()[0]
        (datetime.date(1946, 11, 1), datetime.date(1946, 11, 30))
    """
    text = pl.col(column)
    parts = text.str.len_bytes()
    first = (
        pl.when(parts == 10)
        .then(text)
        .when(parts == 7)
        .then(text + "-01")
        .otherwise(text + "-01-01")
        .str.to_date("%Y-%m-%d", strict=False)
    )
    last = (
        pl.when(parts == 10)
        .then(first)
        .when(parts == 7)
        .then(first.dt.month_end())
        .otherwise(pl.date(first.dt.year(), 12, 31))
    )
    return first, last
