"""Frames: each element of a collection is a polars frame of many rows."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TypeAlias

import polars as pl

Frame: TypeAlias = pl.DataFrame

# Larger frames cost less per row but take more memory, of which two at a time are assessed.
FRAME_ROWS = 36_864


def concat_frames(frames: Sequence[Frame], schema: pl.Schema) -> Frame:
    """Concatenate frames of one schema into one frame in one chunk.

    Args:
        frames: Frames; there may be none.
        schema: Their columns and dtypes.

    Returns:
        All rows in order.
    """
    return pl.concat([schema.to_frame(), *frames], rechunk=True)


def json_lines(frame: Frame) -> pl.Series:
    """Encode each row as JSON, in bytes (Binary)."""
    # On text, unlike on bytes, splitlines recognizes more line ends than JSON does.
    return pl.Series(frame.write_ndjson().encode().splitlines(), dtype=pl.Binary)


def put(column: pl.Series, rows: pl.Series, values: pl.Series) -> pl.Series:
    """Replace values at some rows of a column of any dtype; polars can't scatter lists.

    Args:
        column: The column.
        rows: Row numbers (UInt32).
        values: As many values as rows.

    Returns:
        The column, with the same length.
    """
    place = pl.int_range(len(column), dtype=pl.UInt32, eager=True)
    place = place.scatter(rows, pl.int_range(len(rows), dtype=pl.UInt32, eager=True) + len(column))
    # In one chunk, because gathering lists from two takes a hundred times as long.
    both = pl.concat([column, values.cast(column.dtype).alias(column.name)], rechunk=True)
    return both.gather(place)


def written_out(frame: Frame) -> Frame:
    """Write out each row of each column of a frame.

    In polars, a column made from a literal, or gathered from a single row, stays a single value,
    and so does an expression over only such columns: it then gives one row for a frame of many.

    Args:
        frame: The frame.

    Returns:
        The same columns and rows.
    """
    return pl.DataFrame(frame.get_columns())


def whole(
    name: str, value: bool | int | str | datetime.date, dtype: pl.DataType, height: int
) -> pl.Series:
    """Make a column of one value with each row written out.

    See `written_out` for why.

    Args:
        name: The column's name.
        value: The value.
        dtype: Its type.
        height: The number of rows.

    Returns:
        The column.
    """
    return pl.Series(name, [], dtype).extend_constant(value, height)
