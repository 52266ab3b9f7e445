"""Turn a frame of flags into one list of labels per row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from transforms.frames.frame import Frame


def label_lists(flags: Frame, labels: pl.Series) -> pl.Series:
    """List, for each row, the labels of the columns that are true, in column order.

    Args:
        flags: Boolean columns, one per label; null counts as false.
        labels: The labels, String or Struct; as many as columns.

    Returns:
        A list column as long as the frame, never null.

    Examples:
        >>> flags = pl.DataFrame({"P1": [True, None], "F7": [True, False]})
        >>> label_lists(flags, pl.Series(flags.columns)).to_list()
        [['P1', 'F7'], []]
    """
    matrix = flags.select(pl.all().fill_null(False)).to_numpy()
    if matrix.shape[1] == 0:
        return empty_lists(labels.dtype, flags.height)
    # The flags are stored by column; transposed once, they are searched in half the time.
    places = np.flatnonzero(np.ascontiguousarray(matrix))
    rows = places // matrix.shape[1]
    columns = (places - rows * matrix.shape[1]).astype(np.uint32)
    return lists_of(rows, labels.gather(pl.Series(columns)), flags.height)


def labels_at(rows: Mapping[str, pl.Series], height: int) -> pl.Series:
    """List, for each row, the labels that it has.

    Args:
        rows: By label, in the order of the lists, the numbers of the rows that have it (UInt32).
        height: The number of rows.

    Returns:
        List(String) as long as `height`, never null.

    Examples:
        >>> labels_at({"P1": pl.Series([0, 2]), "F7": pl.Series([0])}, 3).to_list()
        [['P1', 'F7'], [], ['P1']]
    """
    flags = pl.DataFrame({label: flags_at(numbers, height) for label, numbers in rows.items()})
    return label_lists(flags, pl.Series(list(rows))) if rows else empty_lists(pl.String(), height)


def flags_at(rows: pl.Series, height: int) -> pl.Series:
    """Flag some rows (Boolean, never null), given their numbers."""
    return pl.Series([False]).new_from_index(0, height).scatter(rows, True)


def empty_lists(dtype: pl.DataType, height: int) -> pl.Series:
    """Return an empty list per row, of elements of a type."""
    return pl.Series([[]], dtype=pl.List(dtype)).new_from_index(0, height)


def lists_of(rows: npt.NDArray[np.int64], values: pl.Series, height: int) -> pl.Series:
    """List, for each row, its values.

    Args:
        rows: The row of each value, in ascending order.
        values: The values; as many as rows.
        height: The number of rows.

    Returns:
        A list column as long as `height`, never null.
    """
    offsets = np.zeros(height + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=height), out=offsets[1:])
    # The newest format shares the labels' text; an older one would copy it for each value.
    shared = values.to_arrow(compat_level=pl.CompatLevel.newest())
    lists = pa.LargeListArray.from_arrays(pa.array(offsets), shared)
    return pl.Series(_Exported(lists), dtype=pl.List(values.dtype))


@dataclass(frozen=True)
class _Exported:
    """An array with only Arrow's C interface; for pyarrow's own, polars imports all its kernels.

    A command that explains one case shouldn't wait for those.
    """

    array: pa.Array

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        schema, array = self.array.__arrow_c_array__(requested_schema)
        return schema, array
