"""A shuffle through files: rows go to buckets by a number in them, and meet there again.

The in-process runner's GroupByKey holds everything in memory. Instead, each stretch of input writes
one Arrow file with one batch per bucket, and a bucket is read as the same batch of every file.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
import pyarrow as pa

from transforms.files.storage import check_kept, create_file, open_file
from transforms.frames.frame import Frame


def write_buckets(rows: Frame, key: str, buckets: int, path: str) -> None:
    """Write rows to a file, split into buckets.

    Args:
        rows: The rows; within a bucket, they keep their order.
        key: A column of whole numbers, never null.
        buckets: The number of buckets.
        path: The file, in a folder that must be there.
    """
    check_kept(path.rpartition("/")[0])
    # Small numbers are sorted by their digits.
    place = (rows[key] % buckets).to_numpy().astype(np.min_scalar_type(buckets))
    parted = rows[np.argsort(place, kind="stable")]
    sizes = np.bincount(place, minlength=buckets)
    table = parted.to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks()
    ends = np.cumsum(sizes)
    # Compressing them, and decompressing them again, takes longer than writing more bytes.
    with create_file(path) as file, pa.ipc.new_file(file, table.schema) as writer:
        for size, end in zip(sizes.tolist(), ends.tolist(), strict=True):
            part = table.slice(end - size, size).to_batches() or [_empty(table.schema)]
            writer.write_batch(part[0])


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
    if not batches:
        return schema.to_frame()
    rows = pl.from_arrow(pa.Table.from_batches(batches), rechunk=True)
    assert isinstance(rows, pl.DataFrame)
    return rows.cast(schema)


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)
