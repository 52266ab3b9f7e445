"""Convert case records to a frame, and a frame's rows to case records."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from schemas.avro import avro_schema
from schemas.case_record import CaseRecord
from transforms.avro.types import polars_schema
from transforms.frames.frame import Frame
from transforms.frames.nulls import given_code

CASES = polars_schema(avro_schema("case_record"))


def to_frame(records: Iterable[CaseRecord]) -> Frame:
    """Convert case records to a frame.

    Args:
        records: The records.

    Returns:
        One row per record, with the columns and dtypes of case_record.avsc.
    """
    return pl.DataFrame([record.model_dump() for record in records], schema=CASES)


def case_key() -> pl.Expr:
    """Return the case_id that identifies a case: trimmed; null if it is a null spelling."""
    return given_code(pl.col("case_id"))
