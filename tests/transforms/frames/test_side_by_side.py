from __future__ import annotations

import threading
import time
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue

from pipelines.cli.runners import IN_PROCESS
from schemas.errors import InputError
from transforms.frames.background import AT_ONCE, side_by_side
from transforms.frames.side_by_side import SideBySide

ODD = "odd"


def halves(number: int) -> list[Any]:
    """Return an even number and its half, or an odd one with a tag; early ones take longest."""
    time.sleep(0.02 / (1 + number))
    if number % 2:
        return [beam.pvalue.TaggedOutput(ODD, number)]
    return [number, number / 2]


def bundle(numbers: list[int]) -> list[tuple[str | None, Any]]:
    """Return the results for a bundle, each with its tag, as a runner gets them."""
    run = SideBySide(halves)
    run.start_bundle()
    results: list[Any] = []
    for number in numbers:
        results += run.process(number)
        assert len(run.pending) <= AT_ONCE
    for result in run.finish_bundle():
        late = result.value if isinstance(result, beam.pvalue.TaggedOutput) else result
        assert isinstance(late, WindowedValue)
        assert late.windows == [GlobalWindow()]
        tag = getattr(result, "tag", None)
        results.append(beam.pvalue.TaggedOutput(tag, late.value) if tag else late.value)
    return [
        (one.tag, one.value) if isinstance(one, beam.pvalue.TaggedOutput) else (None, one)
        for one in results
    ]


@pytest.mark.parametrize("count", range(6))
def test_results_come_in_the_order_of_the_elements(count: int) -> None:
    expected: list[tuple[str | None, Any]] = []
    for number in range(count):
        expected += [(ODD, number)] if number % 2 else [(None, number), (None, number / 2)]
    assert bundle([*range(count)]) == expected


def test_a_pipeline_gets_every_result_with_its_tag() -> None:
    with beam.Pipeline(argv=[IN_PROCESS]) as pipeline:
        done = (
            pipeline
            | beam.Create(range(7))
            | beam.ParDo(SideBySide(halves)).with_outputs(ODD, main="even")
        )
        assert_that(done.even, equal_to([0, 0, 2, 1, 4, 2, 6, 3]), label="even")
        assert_that(done[ODD], equal_to([1, 3, 5]), label="odd")


def refuse(number: int) -> list[Any]:
    raise InputError(f"{number}: changed while it was read")


def test_an_error_is_raised_as_it_is() -> None:
    run = SideBySide(refuse)
    run.start_bundle()
    with pytest.raises(InputError, match="1: changed"):
        _ = [[*run.process(1)], [*run.finish_bundle()]]


def test_runs_in_threads_of_its_own() -> None:
    names = {side_by_side().submit(lambda: threading.current_thread().name).result()}
    assert all(name.startswith("assess") for name in names)
