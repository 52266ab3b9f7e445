"""Frames: the element of every collection is a polars frame of many rows."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TypeAlias

import polars as pl

Frame: TypeAlias = pl.DataFrame

# Larger frames cost less a row, until a few of them no longer fit in the processor's cache.
FRAME_ROWS = 65_536


def concat_frames(frames: Sequence[Frame], schema: pl.Schema) -> Frame:
    """Frames of one schema as one frame in one chunk.

    Args:
        frames: Frames; none is allowed.
        schema: Their columns and dtypes.

    Returns:
        All rows in order.
    """
    return pl.concat([schema.to_frame(), *frames], rechunk=True)


def json_lines(frame: Frame) -> pl.Series:
    """Each row as JSON, in bytes (Binary)."""
    # Of text, unlike of bytes, splitlines takes more than JSON does for the end of a line.
    return pl.Series(frame.write_ndjson().encode().splitlines(), dtype=pl.Binary)


def put(column: pl.Series, rows: pl.Series, values: pl.Series) -> pl.Series:
    """A column with other values at some rows; of any dtype, where polars scatters no lists.

    Args:
        column: The column.
        rows: Row numbers (UInt32).
        values: As many values.

    Returns:
        The column, as long as before.
    """
    place = pl.int_range(len(column), dtype=pl.UInt32, eager=True)
    place = place.scatter(rows, pl.int_range(len(rows), dtype=pl.UInt32, eager=True) + len(column))
    # In one chunk: to gather lists from two takes a hundred times as long.
    both = pl.concat([column, values.cast(column.dtype).alias(column.name)], rechunk=True)
    return both.gather(place)


def written_out(frame: Frame) -> Frame:
    """The frame with each row of each column written out.

    A column made of a literal stays one value in polars, and so does an expression over nothing but
    such columns: it then gives one row where the frame has many.

    Args:
        frame: The frame.

    Returns:
        The same columns and rows.
    """
    return pl.DataFrame(frame.get_columns())


def whole(
    name: str, value: bool | int | str | datetime.date, dtype: pl.DataType, height: int
) -> pl.Series:
    """A column of one value, each row written out.

    See `written_out` for why.

    Args:
        name: The column's name.
        value: The value.
        dtype: Its type.
        height: How many rows.

    Returns:
        The column.
    """
    return pl.Series(name, [], dtype).extend_constant(value, height)
