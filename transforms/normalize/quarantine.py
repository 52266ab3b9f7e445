"""Quarantine: what could not be read or normalized, kept with its reason and its place."""

from __future__ import annotations

import polars as pl

from schemas.avro import avro_schema
from transforms.avro.blocks import Block, Gap
from transforms.avro.types import polars_schema
from transforms.frames.frame import Frame, json_lines

QUARANTINED = polars_schema(avro_schema("quarantined"))
KEPT_BYTES = 1 << 20


def unreadable(file: str, place: Block | Gap, reason: str, detail: str) -> Frame:
    """A stretch of a file that could not be read.

    Args:
        file: The file.
        place: The block or gap.
        reason: UNREADABLE_BLOCK or TRUNCATED_FILE.
        detail: What is wrong, without any content.

    Returns:
        One row of quarantined.avsc.
    """
    raw = place.data if isinstance(place, Block) else place.raw
    return pl.DataFrame(
        {
            "stage": ["read"],
            "reason": [reason],
            "field": [None],
            "detail": [detail],
            "source_file": [file],
            "offset": [place.offset],
            "record_count": [place.count],
            "case_id": [None],
            "raw": [raw if raw is not None and len(raw) <= KEPT_BYTES else None],
        },
        schema=QUARANTINED,
    )


def set_aside(records: Frame, stage: str, reason: pl.Expr, field: pl.Expr, detail: str) -> Frame:
    """Records that go no further, kept whole as JSON.

    Args:
        records: Case records.
        stage: Where they are set aside.
        reason: A short code (String) over the records.
        field: The field at fault (String), or null.
        detail: What is wrong, without any content.

    Returns:
        One row of quarantined.avsc a record.
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
