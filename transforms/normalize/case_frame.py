"""Single case records as a frame, and a frame's rows as case records."""

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
    """Case records as a frame.

    Args:
        records: The records.

    Returns:
        One row a record, columns and dtypes of case_record.avsc.
    """
    return pl.DataFrame([record.model_dump() for record in records], schema=CASES)


def from_frame(frame: Frame) -> list[CaseRecord]:
    """A frame's rows as case records.

    Args:
        frame: Columns of case_record.avsc, and maybe others.

    Returns:
        One record a row.
    """
    return [CaseRecord.model_validate(row) for row in frame.select(CASES.names()).to_dicts()]


def case_key() -> pl.Expr:
    """The case_id by which records are the same case: trimmed, null where it is a null spelling."""
    return given_code(pl.col("case_id"))
