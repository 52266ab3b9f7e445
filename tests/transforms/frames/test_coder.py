from __future__ import annotations

import apache_beam as beam
import polars as pl
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that
from hypothesis import given
from polars.testing.parametric import dataframes

from schemas.avro import avro_schema
from transforms.avro.types import polars_schema
from transforms.frames.coder import FrameCoder, compact
from transforms.frames.frame import Frame

CASES = polars_schema(avro_schema("case_record"))


@given(dataframes(allowed_dtypes=[pl.String, pl.Int32, pl.Date, pl.Enum(["A", "B"]), pl.Binary]))
def test_a_frame_survives_its_coder(frame: Frame) -> None:
    coder = FrameCoder()
    again = coder.decode(coder.encode(frame))
    assert again.equals(frame)
    assert again.schema == frame.schema


def test_nested_columns_and_an_empty_frame_survive() -> None:
    coder = FrameCoder()
    assert coder.decode(coder.encode(CASES.to_frame())).schema == CASES


def test_picked_rows_do_not_carry_the_text_of_others() -> None:
    texts = pl.DataFrame(
        {"a": [f"a text that is longer than twelve bytes, {i}" for i in range(9999)]}
    )
    picked = texts.filter(pl.int_range(pl.len()) % 1000 == 0)
    alone = pl.DataFrame({"a": picked["a"].to_list()})
    assert compact(picked).equals(picked)
    assert len(FrameCoder().encode(picked)) == len(FrameCoder().encode(alone))


def test_the_coder_is_the_one_for_frames() -> None:
    assert isinstance(beam.coders.registry.get_coder(pl.DataFrame), FrameCoder)
    assert not FrameCoder().is_deterministic()


def test_frames_pass_through_a_shuffle() -> None:
    frames = [pl.DataFrame({"a": [1, 2]}), pl.DataFrame({"a": [3]})]

    def check(found: list[Frame]) -> None:
        assert sorted(frame["a"].to_list() for frame in found) == [[1, 2], [3]]

    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        assert_that(pipeline | beam.Create(frames) | beam.Reshuffle(), check)
