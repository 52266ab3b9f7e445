"""The recommendations of runs by case: the same cases of each, a bucket at a time."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Sequence

from pipelines.runs.frames import part_frames
from schemas.avro import avro_schema
from schemas.manifest import Manifest
from schemas.outcomes import ROUTES
from transforms.avro.types import polars_schema
from transforms.frames.frame import FRAME_ROWS, Frame
from transforms.shuffle.bucket_batches import read_bucket, write_buckets

# A few columns of so many cases take little memory.
_BUCKET_ROWS = 4 * FRAME_ROWS


def by_case(
    runs: Sequence[tuple[str, Manifest]],
    columns: Sequence[str],
    extract: Callable[[Frame], Frame],
) -> Iterator[tuple[Frame, ...]]:
    """Read the recommendations of runs by case.

    Args:
        runs: The runs' directories, with their manifests.
        columns: The columns to read, `case_id` among them.
        extract: Makes what is wanted of frames with those columns, with `case_id`.

    Yields:
        For a bucket of cases, what each run says of them.

    Raises:
        DamagedError: A file is damaged.
    """
    whole = polars_schema(avro_schema("recommendation"))
    schema = extract(whole.to_frame().select(columns)).schema
    cases = max(sum(manifest.counts.routed.values()) for _, manifest in runs)
    buckets = max(1, math.ceil(cases / _BUCKET_ROWS))
    # Nobody else can read the directory, and it is removed.
    with tempfile.TemporaryDirectory(prefix="discretion-by-case-") as folder:
        paths: list[list[str]] = [[] for _ in runs]
        for number, (run, _) in enumerate(runs):
            for route in ROUTES:
                for frame in part_frames(run, route, "recommendation", columns):
                    path = f"{folder}/{number}-{len(paths[number])}.arrow"
                    bucket = frame["case_id"].hash(7) % buckets
                    write_buckets(extract(frame), bucket, buckets, path)
                    paths[number].append(path)
        for place in range(buckets):
            yield tuple(read_bucket(of_run, place, schema) for of_run in paths)
