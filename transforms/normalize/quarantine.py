"""Quarantine: what could not be read or normalized, kept with its reason and its place."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from schemas.avro import avro_schema
from transforms.avro.decode import Unread
from transforms.avro.types import polars_schema
from transforms.frames.frame import Frame, json_lines

QUARANTINED = polars_schema(avro_schema("quarantined"))
KEPT_BYTES = 1 << 20


def unreadable(file: str, unread: Sequence[Unread]) -> Frame:
    """What of a file could not be read.

    Args:
        file: The file.
        unread: Its places and records.

    Returns:
        A row of quarantined.avsc each.
    """
    rows = [
        {
            "stage": "read",
            "reason": part.reason,
            "field": part.field,
            "detail": part.detail,
            "source_file": file,
            "offset": part.offset,
            "record_count": part.count,
            "raw": part.raw if part.raw is not None and len(part.raw) <= KEPT_BYTES else None,
        }
        for part in unread
    ]
    return pl.DataFrame(rows, schema=QUARANTINED)


def unreadable_file(file: str, detail: str) -> Frame:
    """A file of which nothing could be read; how many records it holds, nobody can say.

    Args:
        file: The file.
        detail: What is wrong with it.

    Returns:
        One row of quarantined.avsc.
    """
    return unreadable(file, [Unread(0, "UNREADABLE_FILE", None, None, detail, None)])


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
