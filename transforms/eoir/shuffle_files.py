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
from transforms.frames.frame import Frame, concat_frames

_CODEC = "lz4"


def write_buckets(rows: Frame, key: str, buckets: int, path: str) -> None:
    """Write rows to a file, split into buckets.

    Args:
        rows: The rows; within a bucket, they keep their order.
        key: A column of whole numbers, never null.
        buckets: The number of buckets.
        path: The file, in a folder that must be there.
    """
    check_kept(path.rpartition("/")[0])
    parted = rows.with_columns(_bucket=pl.col(key) % buckets).sort("_bucket", maintain_order=True)
    sizes = np.bincount(parted["_bucket"].to_numpy(), minlength=buckets)
    table = parted.drop("_bucket").to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks()
    ends = np.cumsum(sizes)
    options = pa.ipc.IpcWriteOptions(compression=_CODEC)
    with (
        create_file(path) as file,
        pa.ipc.new_file(file, table.schema, options=options) as writer,
    ):
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
    frames = []
    for path in paths:
        with open_file(path) as file:
            batch = pa.ipc.open_file(file).get_batch(bucket)
        frame = pl.from_arrow(batch)
        assert isinstance(frame, pl.DataFrame)
        if frame.height:
            frames.append(frame.cast(schema))
    return concat_frames(frames, schema)


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)
