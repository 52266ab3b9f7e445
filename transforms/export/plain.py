"""Plain columns: enums as text, for readers that don't know them within lists."""

from __future__ import annotations

import polars as pl

from transforms.frames.frame import Frame


def with_text(frame: Frame) -> Frame:
    """Write the enums of a frame as text, at any depth.

    Args:
        frame: Any columns.

    Returns:
        The same columns, with String for each Enum.
    """
    return frame.cast({name: _text(dtype) for name, dtype in frame.schema.items()})


def _text(dtype: object) -> pl.DataType:
    if isinstance(dtype, pl.List):
        return pl.List(_text(dtype.inner))
    if isinstance(dtype, pl.Struct):
        return pl.Struct({field.name: _text(field.dtype) for field in dtype.fields})
    assert isinstance(dtype, pl.DataType)
    return pl.String() if isinstance(dtype, pl.Enum) else dtype


def joined(recommendations: Frame, cases: Frame) -> Frame:
    """Join recommendations with their cases, each with all its columns.

    Args:
        recommendations: Columns of recommendation.avsc.
        cases: Columns of case_record.avsc, row by row of the same cases.

    Returns:
        The columns of the cases, and those of the recommendations that the cases don't have.
    """
    own = [name for name in recommendations.columns if name not in cases.columns]
    return cases.hstack(recommendations.select(own))
