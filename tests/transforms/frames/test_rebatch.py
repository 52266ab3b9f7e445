from __future__ import annotations

import apache_beam as beam
import polars as pl
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that

from transforms.frames.rebatch import Rebatch


def test_joins_frames_and_loses_no_row() -> None:
    parts = [pl.DataFrame({"n": range(n, n + 3)}) for n in range(0, 60, 3)]

    def check(frames: list[pl.DataFrame]) -> None:
        assert sorted(n for frame in frames for n in frame["n"]) == list(range(60))
        sizes = sorted((frame.height for frame in frames), reverse=True)
        assert len(sizes) < len(parts)
        assert all(10 <= size < 13 for size in sizes[:-1])

    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        joined = pipeline | beam.Create(parts, reshuffle=False) | Rebatch(10)
        assert joined.element_type is pl.DataFrame
        assert_that(joined, check)


def test_empty_frames_give_nothing() -> None:
    def check(frames: list[pl.DataFrame]) -> None:
        assert frames == []

    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        empty = pipeline | beam.Create([pl.DataFrame({"n": []})] * 3, reshuffle=False)
        assert_that(empty | Rebatch(10), check)
