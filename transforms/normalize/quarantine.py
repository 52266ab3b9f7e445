"""Quarantine: what couldn't be normalized, kept with its reason and its place."""

from __future__ import annotations

import polars as pl

from transforms.frames.frame import Frame, json_lines


def quarantined_records(
    records: Frame, stage: str, reason: pl.Expr, field: pl.Expr, detail: str
) -> Frame:
    """Quarantine records, kept whole as JSON.

    Args:
        records: Case records.
        stage: The stage at which they are quarantined.
        reason: A short code (String) over the records.
        field: The field at fault (String), or null.
        detail: What is wrong, without content.

    Returns:
        One row of quarantined.avsc per record.
    """
    return records.select(
        pl.lit(stage).alias("stage"),
        reason.alias("reason"),
        field.alias("field"),
        pl.lit(detail).alias("detail"),
        pl.lit(None, pl.String).alias("source_file"),
        pl.lit(None, pl.Int64).alias("offset"),
        pl.lit(1, pl.Int64).alias("record_count"),
        pl.col("case_id"),
        json_lines(records).alias("raw"),
    )
