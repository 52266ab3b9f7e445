"""The docket of a day: which proceeding a case is in, and what the court decided.

A proceeding opens on INPUT_DATE, or on OSC_DATE if that is missing, and ends on COMP_DATE.
Administrative closure ends a proceeding, and recalendaring opens another. So do a change of venue
(C) and a transfer (T), and a case between two courts is still pending. A proceeding with no place
in time (no opening date, or an outcome without a date) doesn't make a case pending.
"""

from __future__ import annotations

import datetime
from typing import TypeAlias

import polars as pl

from transforms.frames.frame import Frame

MOVES = ("C", "T")
# Whether the letter of a decision means an order of removal depends on the case type.
ORDERS = {"RMV": "X", "DEP": "D", "EXC": "E"}
APPEAL_DAYS = 30
# The day of a docket; an expression over the rows, if each case has a day of its own (a column
# `day` of the rows); or None for the release as it is.
Day: TypeAlias = datetime.date | pl.Expr | None


def place_proceedings(proceedings: Frame, day: Day) -> Frame:
    """Say for each proceeding whether it was open and whether it had ended.

    Args:
        proceedings: Rows of B_TblProceeding.
        day: The date of the docket; None for the release as it is.

    Returns:
        The rows by case, then by opening, with `opened_on` (Date), `done` (an outcome is recorded),
        `opened` and `ended` (as of the day; Boolean, never null), and `moved` (ended by a transfer
        or a change of venue).
    """
    done = pl.any_horizontal(
        pl.col(name).is_not_null() for name in ("DEC_CODE", "OTHER_COMP", "COMP_DATE")
    )
    opened_on = pl.coalesce("INPUT_DATE", "OSC_DATE")
    return proceedings.with_columns(
        opened_on=opened_on,
        done=done,
        opened=pl.lit(True) if day is None else (opened_on <= day).fill_null(False),
        ended=done if day is None else done & (pl.col("COMP_DATE") <= day).fill_null(True),
        moved=pl.col("DEC_CODE").is_null() & pl.col("OTHER_COMP").is_in(MOVES).fill_null(False),
    ).sort("IDNCASE", "opened_on", "IDNPROCEEDING", nulls_last=False)


def current_proceedings(placed: Frame, day: Day) -> Frame:
    """Find the proceeding that each case is in: the last open one, or else the last one.

    Args:
        placed: From `place_proceedings`.
        day: The same day.

    Returns:
        One row per case with a proceeding opened by the day, with `pending` (Boolean).
    """
    opened = placed.filter("opened")
    is_open = opened.filter(~pl.col("ended")).group_by("IDNCASE", maintain_order=True).last()
    last = opened.join(is_open, on="IDNCASE", how="anti")
    last = last.group_by("IDNCASE", maintain_order=True).last()
    later = placed.filter(~pl.col("opened") & pl.col("opened_on").is_not_null())
    on_the_way = pl.col("moved") & pl.col("IDNCASE").is_in(later["IDNCASE"].unique().implode())
    pending = pl.lit(False) if day is None else on_the_way
    return pl.concat(
        [is_open.with_columns(pending=pl.lit(True)), last.with_columns(pending=pending)]
    )


def outcomes(placed: Frame, day: Day) -> Frame:
    """Find the court's own outcome: the first one after the day, or the last one of the release.

    A move to another court isn't an outcome.

    Args:
        placed: From `place_proceedings`.
        day: The same day.

    Returns:
        One row per case with an outcome: court_outcome, court_outcome_kind, court_outcome_date.
    """
    ends = placed.filter("done", ~pl.col("moved")).sort("IDNCASE", "COMP_DATE", "IDNPROCEEDING")
    if day is not None:
        ends = ends.filter(pl.col("COMP_DATE") > day)
    by_case = ends.group_by("IDNCASE", maintain_order=True)
    chosen = by_case.last() if day is None else by_case.first()
    return chosen.select("IDNCASE", **of_outcome())


def of_outcome() -> dict[str, pl.Expr]:
    """Return the fields of a record that say how a proceeding ended, over its row."""
    decided, otherwise = pl.col("DEC_CODE").is_not_null(), pl.col("OTHER_COMP").is_not_null()
    return {
        "court_outcome": pl.coalesce("DEC_CODE", "OTHER_COMP"),
        "court_outcome_kind": pl.when(decided)
        .then(pl.lit("DECISION"))
        .when(otherwise)
        .then(pl.lit("OTHER_COMPLETION")),
        "court_outcome_date": pl.col("COMP_DATE").cast(pl.String),
    }


def orders(placed: Frame, day: Day) -> Frame:
    """Find orders of removal, deportation, or exclusion that were made by the day.

    An order is final if it was made in absentia, or if no appeal was filed in time. If a proceeding
    opens after it (the case was reopened or remanded), it no longer stands.

    Args:
        placed: From `place_proceedings`, CASE_TYPE filled from the case.
        day: The same day.

    Returns:
        One row per case with an order: orders (List(Struct)).
    """
    made = placed.filter("opened").with_columns(
        last_opened=pl.col("opened_on").max().over("IDNCASE"),
        is_last=pl.int_range(pl.len()).over("IDNCASE") == pl.len().over("IDNCASE") - 1,
    )
    made = made.filter(
        pl.col("ended"),
        pl.any_horizontal(
            (pl.col("CASE_TYPE") == case_type) & (pl.col("DEC_CODE") == letter)
            for case_type, letter in ORDERS.items()
        ),
    )
    reopened = ~pl.col("is_last") & (pl.col("last_opened") >= pl.col("COMP_DATE"))
    due = pl.coalesce("DATE_APPEAL_DUE_STATUS", pl.col("COMP_DATE") + pl.duration(days=APPEAL_DAYS))
    expired = pl.col("APPEAL_NOT_FILED") == "Y"
    if day is not None:
        expired = expired & (due <= day)
    final = (
        pl.when(reopened.fill_null(False))
        .then(False)
        .when((pl.col("ABSENTIA") == "Y").fill_null(False) | expired.fill_null(False))
        .then(True)
    )
    return made.group_by("IDNCASE", maintain_order=True).agg(
        orders=pl.struct(
            pl.col("COMP_DATE").cast(pl.String).alias("date"),
            final.alias("final"),
            pl.when(reopened.fill_null(False)).then(False).alias("outstanding"),
            (pl.col("ABSENTIA") == "Y").alias("in_absentia"),
        )
    )
