"""A copy to give away: pseudonyms, no fact of a case, and small cells pooled."""

from __future__ import annotations

import base64
import hashlib

import polars as pl

from schemas.small_cells import LEAST
from schemas.worklist import SHARED
from transforms.frames.frame import Frame

OTHER = "OTHER"
KEY_BYTES = 32


def pseudonyms(ids: pl.Series, key: bytes) -> pl.Series:
    """Replace case ids with pseudonyms: the same id and key always give the same one.

    Args:
        ids: Case ids (String).
        key: A secret key of up to 64 bytes, for BLAKE2b.

    Returns:
        Pseudonyms of 16 letters and digits (80 bits), under the same name.
    """
    made = [
        base64.b32encode(hashlib.blake2b(one.encode(), key=key, digest_size=10).digest()).decode()
        for one in ids.to_list()
    ]
    return pl.Series(ids.name, made, pl.String)


def pooled(cases: Frame) -> Frame:
    """Coarsen what could tell a person among the cases: the court, and the date of the hearing.

    Args:
        cases: `case_id`, `court`, and `next_hearing` (all String; the hearing as YYYY-MM-DD), one
            row per case of the copy.

    Returns:
        The same columns and rows. A court with fewer than `LEAST` cases is `OTHER`, together with
        the smallest of the rest if all of those are fewer. A hearing is its month (YYYY-MM); its
        year, if fewer cases of the court have that month; null, if even those are too few.
    """
    counts = cases.group_by("court").len().sort("len", "court", nulls_last=True)
    small = pl.col("len") < LEAST
    # The smallest of the other courts join until the pool is large enough.
    before = pl.col("len").cum_sum() - pl.col("len")
    is_pooled = small | (small.any() & (before < LEAST) & (before >= 1))
    names = counts.filter(is_pooled)["court"]
    court = pl.col("court")
    there = cases.with_columns(
        court=pl.when(court.is_in(names.drop_nulls().implode()))
        .then(pl.lit(OTHER))
        .when(court.is_null() & pl.lit(names.null_count() > 0))
        .then(pl.lit(OTHER))
        .otherwise(court)
    )
    month, year = (pl.col("next_hearing").str.slice(0, length) for length in (7, 4))
    by_month = there.with_columns(_month=month, _year=year).with_columns(
        _shown=pl.len().over("court", "_month") >= LEAST
    )
    by_year = by_month.with_columns(_of_year=(~pl.col("_shown")).sum().over("court", "_year"))
    return by_year.select(
        "case_id",
        "court",
        next_hearing=pl.when("_shown")
        .then("_month")
        .when(pl.col("_of_year") >= LEAST)
        .then("_year"),
    )


def shared(worklist: Frame, coarse: Frame, key: bytes) -> Frame:
    """Make rows of a worklist fit to give away.

    Args:
        worklist: Columns of `transforms.export.worklist`.
        coarse: From `pooled`, for all cases of the copy.
        key: The key of the pseudonyms.

    Returns:
        The columns `schemas.worklist.SHARED`, with `next_hearing` as text.
    """
    there = worklist.drop("court", "next_hearing").join(
        coarse, on="case_id", how="left", maintain_order="left"
    )
    named = there.with_columns(
        pseudonyms(there["case_id"], key),
        court_name=pl.when(pl.col("court") != OTHER).then("court_name"),
    )
    return named.select(column.name for column in SHARED)
