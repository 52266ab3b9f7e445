"""Buckets: cases split by a hash of the case_id that never changes.

A night keeps each part of its result in one file per bucket, and the next night reads it there, so
everything about a case is already together. The hash is FNV-1a over the id's bytes, which no
version of a library can change.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
import pyarrow as pa

from transforms.frames.frame import Frame
from transforms.normalize.case_frame import case_key

# About the size of a frame, so that a bucket is assessed at once.
BUCKET_CASES = 32_768
_FNV_OFFSET, _FNV_PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
# Only the end of a longer id counts; sharing a bucket with other ids does no harm.
_HASHED_BYTES = 64


def bucket_count(cases: int) -> int:
    """Return the number of buckets for a number of cases."""
    return max(1, -(-cases // BUCKET_CASES))


def bucket_of(ids: pl.Series, buckets: int) -> pl.Series:
    """Return the bucket of each case.

    Args:
        ids: Case ids (String); null goes to the first bucket.
        buckets: The number of buckets.

    Returns:
        Int64, from 0.
    """
    binary = ids.fill_null("").cast(pl.Binary).rechunk()
    array = binary.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.large_binary())
    _, offsets, data = array.buffers()
    ends = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    text = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    starts = np.maximum(ends[:-1], ends[1:] - _HASHED_BYTES)
    lengths = ends[1:] - starts
    hashes = np.full(len(array), _FNV_OFFSET)
    for place in range(int(lengths.max(initial=0))):
        rows = np.nonzero(lengths > place)[0]
        hashes[rows] = (hashes[rows] ^ text[starts[rows] + place]) * _FNV_PRIME
    folded = (hashes ^ (hashes >> np.uint64(32))) % np.uint64(buckets)
    return pl.Series("bucket", np.where(lengths > 0, folded, 0).astype(np.int64))


def by_bucket(frame: Frame, buckets: int) -> Iterator[tuple[int, Frame]]:
    """Split a frame's rows by bucket.

    Args:
        frame: Rows with a `case_id`.
        buckets: The number of buckets.

    Yields:
        Each bucket that has rows, with its rows, and ids trimmed.
    """
    keyed = frame.with_columns(case_id=case_key())
    keyed = keyed.with_columns(_bucket=bucket_of(keyed["case_id"], buckets))
    for (bucket,), part in keyed.group_by("_bucket", maintain_order=True):
        yield int(str(bucket)), part.drop("_bucket")


def bucket_file(part: str, bucket: int, buckets: int) -> str:
    """Return where a run keeps a bucket of a part, relative to the run's directory."""
    return f"{part}/part-{bucket:05d}-of-{buckets:05d}.avro"
