"""Buckets: cases split by a hash of the case_id that never changes.

A night keeps each part of its result in one file per bucket, and the next night reads it there, so
everything about a case is already together. The hash is the CRC-32 of the id: it's the same in
every version and on every machine, which polars doesn't promise of its own hash.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import polars as pl

from schemas.outcomes import ROUTES
from transforms.frames.frame import FRAME_ROWS, Frame
from transforms.normalize.case_frame import case_key

# The schema of each part of a night's result.
PART_SCHEMAS = {
    **dict.fromkeys(ROUTES, "recommendation"),
    **dict.fromkeys(("quarantine", "duplicates"), "quarantined"),
    "cases": "case_record",
    "log": "case_event",
    "reviews": "review",
    "queue": "queue",
    "changes": "change",
}
# The size of a frame, because a bucket is assessed at once.
BUCKET_CASES = FRAME_ROWS


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
    found = (zlib.crc32((text or "").encode()) % buckets for text in ids)
    return pl.Series("bucket", found, pl.Int64)


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
