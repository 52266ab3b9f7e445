"""Docket: what a case record says about where a case is, in the values that the page counts."""

from __future__ import annotations

import datetime

import polars as pl

from transforms.frames.days import iso_day
from transforms.frames.frame import Frame

# What the columns of `docket` are read from.
READ = (
    "case_id",
    "custody",
    "nta_filed",
    "nta_issued",
    "represented",
    "calendar_type",
    "next_hearing",
    "nationality",
    "sex",
    "language",
)
COUNTED = ("custody", "age", "representation", "calendar")
PROTECTED = ("nationality", "sex", "language")
YEARS = (1, 2, 3, 5, 10)
AGES = (
    "under 1 year",
    "1 to 2 years",
    "2 to 3 years",
    "3 to 5 years",
    "5 to 10 years",
    "10 years or more",
)


def docket(records: Frame, as_of: datetime.date) -> Frame:
    """Find what the page counts of case records.

    Args:
        records: The columns `READ` of case_record.avsc, normalized; and `warnings`, for a page
            with cases.
        as_of: The as-of date.

    Returns:
        `case_id`, `next_hearing`, `warnings` if there, and the columns `COUNTED` and `PROTECTED`
        (String); null if not known. `age` is one of `AGES`: the time since the Notice to Appear
        was filed or, if that isn't known, issued.
    """
    since = iso_day(pl.coalesce("nta_filed", "nta_issued"))
    return records.select(
        "case_id",
        "next_hearing",
        _known("custody"),
        _age(since, as_of).alias("age"),
        pl.when("represented").then(pl.lit("represented"))
        .when(~pl.col("represented")).then(pl.lit("not represented"))
        .alias("representation"),
        _known("calendar_type").alias("calendar"),
        *(_known(name) for name in PROTECTED),
        *(["warnings"] if "warnings" in records.columns else []),
    )  # fmt: skip


def _known(name: str) -> pl.Expr:
    text = pl.col(name).cast(pl.String)
    return pl.when(text != "UNKNOWN").then(text).alias(name)


def _age(since: pl.Expr, as_of: datetime.date) -> pl.Expr:
    label = pl.lit(AGES[0])
    for years, at_least in zip(YEARS, AGES[1:], strict=True):
        day = pl.lit(as_of).dt.offset_by(f"-{years}y")
        label = pl.when(since <= day).then(pl.lit(at_least)).otherwise(label)
    return pl.when(since.is_not_null()).then(label)
