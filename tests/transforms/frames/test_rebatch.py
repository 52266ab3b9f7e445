from __future__ import annotations

import apache_beam as beam
import polars as pl
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.frames.rebatch import Rebatch, _Join


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 35), max_size=12))
@example([9] * 8)
@example([10, 12, 13, 100, 1])
def test_frames_are_about_as_large_as_asked_for_and_keep_their_rows(sizes: list[int]) -> None:
    ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
    parts = [
        pl.DataFrame({"n": range(end - size, end)}, schema={"n": pl.Int64})
        for size, end in zip(sizes, ends, strict=True)
    ]
    step = _Join(10)
    step.start_bundle()
    frames = [frame for part in parts for frame in step.process(part)]
    assert all(10 <= frame.height <= 12 for frame in frames)
    last = [windowed.value for windowed in step.finish_bundle()]
    assert all(0 < frame.height <= 12 for frame in last)
    assert [n for frame in [*frames, *last] for n in frame["n"]] == list(range(sum(sizes)))


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
