"""Outcomes: each end of a proceeding, with its case as it was known on the day before."""

from __future__ import annotations

import datetime

import polars as pl

from transforms.eoir.cases import SOURCE, on_own_day
from transforms.eoir.docket import of_outcome, place_proceedings
from transforms.eoir.rows import Rows, Rules
from transforms.frames.frame import Frame
from transforms.normalize.case_frame import CASES

_OUTCOME = ("court_outcome", "court_outcome_kind", "court_outcome_date")


def before_outcomes(rows: Rows, rules: Rules) -> Frame:
    """Find the outcomes of a period, and make the record of each one's case as of the day before.

    A move to another court isn't an outcome. A case has one record for each of its outcomes.

    Args:
        rows: The rows of some cases.
        rules: How to make records, and the period.

    Returns:
        Columns of case_record.avsc. `updated_at` is the day before the outcome. If the proceeding
        wasn't open by then, it is null, and so is all but the outcome, the court, the case type,
        and the nationality.
    """
    assert rules.outcomes is not None
    placed = place_proceedings(rows.tables["B_TblProceeding"], None)
    ends = (
        placed.filter("done", ~pl.col("moved"), pl.col("COMP_DATE").is_between(*rules.outcomes))
        .sort("IDNCASE", "COMP_DATE", "IDNPROCEEDING")
        .with_columns(day=pl.col("COMP_DATE") - datetime.timedelta(days=1))
        .with_columns(
            open_then=(pl.col("opened_on") <= pl.col("day")).fill_null(False)
            & pl.col("IDNPROCEEDING").is_not_null()
        )
    )
    known = ends.filter("open_then").with_columns(
        turn=pl.int_range(pl.len()).over("IDNCASE", order_by="COMP_DATE")
    )
    parts = [_bare(ends.filter(~pl.col("open_then")))]
    for ending in known.partition_by("turn", maintain_order=True):
        on_day = ending.select("IDNCASE", "IDNPROCEEDING", "day")
        records = on_own_day(rows, on_day, rules.juveniles)
        found = ending.select(case_id=pl.col("IDNCASE").cast(pl.String), **of_outcome())
        joined = records.drop(_OUTCOME).join(found, on="case_id", maintain_order="left")
        parts.append(joined.select(pl.col(name).cast(dtype) for name, dtype in CASES.items()))
    return pl.concat(parts)


def _bare(ends: Frame) -> Frame:
    """Make records of outcomes whose case can't be rebuilt."""
    made = {
        "case_id": pl.col("IDNCASE").cast(pl.String),
        "source": pl.lit(SOURCE),
        "court": pl.col("BASE_CITY_CODE"),
        "case_type": pl.col("CASE_TYPE"),
        "nationality": pl.col("NAT"),
        **of_outcome(),
    }
    return ends.select(
        made.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in CASES.items()
    )
