"""A shuffle through files: rows go to numbered buckets, and meet there again.

The in-process runner's GroupByKey holds everything in memory. Instead, each stretch of input writes
one Arrow file with one batch per bucket, and a bucket is read as the same batch of every file.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

import numpy as np
import polars as pl
import pyarrow as pa

from transforms.files.storage import check_kept, create_file, open_file
from transforms.frames.frame import Frame

Codec: TypeAlias = Literal["lz4"]
# The folder for these files in a result that isn't finished.
SHUFFLE = "_shuffle"


def write_buckets(
    rows: Frame, bucket: pl.Series, buckets: int, path: str, codec: Codec | None = None
) -> None:
    """Write rows to a file, split into buckets.

    Args:
        rows: The rows; within a bucket, they keep their order.
        bucket: The bucket of each row: from 0, never null.
        buckets: The number of buckets.
        path: The file, in a folder that must be there.
        codec: Compresses the rows. That takes longer than to write more bytes.
    """
    # Small numbers are sorted by their digits.
    place = bucket.to_numpy().astype(np.min_scalar_type(buckets))
    parted = rows[np.argsort(place, kind="stable")]
    sizes = np.bincount(place, minlength=buckets)
    table = parted.to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks()
    # Parts without rows, too, are parts of one batch: a file has one dictionary for each enum.
    [batch] = table.to_batches() or [_empty(table.schema)]
    ends = np.cumsum(sizes)
    options = pa.ipc.IpcWriteOptions(compression=codec)
    # Only now: to prepare the rows takes long enough for the folder to be removed meanwhile.
    check_kept(path.rpartition("/")[0])
    with (
        create_file(path) as file,
        pa.ipc.new_file(file, table.schema, options=options) as writer,
    ):
        for size, end in zip(sizes.tolist(), ends.tolist(), strict=True):
            writer.write_batch(batch.slice(end - size, size))


def read_bucket(paths: Iterable[str], bucket: int, schema: pl.Schema) -> Frame:
    """Read the rows of a bucket.

    Args:
        paths: Files from `write_buckets`, in the order wanted for the rows.
        bucket: Which bucket.
        schema: The rows' columns and dtypes.

    Returns:
        The rows of the bucket in all files.
    """
    batches = []
    for path in paths:
        with open_file(path) as file:
            batches.append(pa.ipc.open_file(file).get_batch(bucket))
    # polars panics at a struct without rows that contains an enum.
    if not any(batch.num_rows for batch in batches):
        return schema.to_frame()
    rows = pl.from_arrow(pa.Table.from_batches(batches), rechunk=True)
    assert isinstance(rows, pl.DataFrame)
    return rows.cast(schema)


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)
