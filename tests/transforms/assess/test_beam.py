from __future__ import annotations

import datetime
import threading
from typing import Any

import apache_beam as beam
import polars as pl
import pytest
from apache_beam.testing.util import assert_that
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue

from pipelines.cli.runners import IN_PROCESS
from schemas.errors import InputError
from tests.helpers.small_rulebook import small
from transforms.assess import beam as assess_beam
from transforms.assess.beam import Assess, by_route
from transforms.assess.frame import Terms, assess
from transforms.frames.background import AT_ONCE, side_by_side
from transforms.testing import case_frame

TERMS = Terms(small(), datetime.date(2011, 11, 17))
FRAMES = [
    case_frame([{"case_id": f"{n}-{m}", "court": "BAL", "serious_condition": m % 2 == 0}
                for m in range(n + 1)] + [{"court": "BAL"}])
    for n in range(5)
]  # fmt: skip


def parts_of(frames: list[pl.DataFrame]) -> list[Any]:
    """Run the frames of one bundle through the `DoFn`, as a runner does."""
    bundle = assess_beam._AssessBundle(TERMS)
    bundle.start_bundle()
    parts: list[Any] = []
    for frame in frames:
        parts += bundle.process(frame)
        assert len(bundle.pending) < AT_ONCE
    for part in bundle.finish_bundle():
        tag = part.tag if isinstance(part, beam.pvalue.TaggedOutput) else None
        late = part.value if tag else part
        assert isinstance(late, WindowedValue)
        assert late.windows == [GlobalWindow()]
        parts.append(beam.pvalue.TaggedOutput(tag, late.value) if tag else late.value)
    return parts


def test_the_parts_of_a_bundle_come_in_the_order_of_its_frames() -> None:
    parts = parts_of(FRAMES)
    cases = [p.value[1] for p in parts if getattr(p, "tag", "") == "cases"]
    recommended = [p for p in parts if isinstance(p, tuple)]

    alone = [assess(frame, TERMS) for frame in FRAMES]
    assert [frame["case_id"].to_list() for frame in cases] == [
        one.records["case_id"].to_list() for one in alone
    ]
    expected = [pair for one in alone for pair in by_route(one.recommendations)]
    assert [route for route, _ in recommended] == [route for route, _ in expected]
    assert all(a.equals(b) for (_, a), (_, b) in zip(recommended, expected, strict=True))


def test_a_bundle_without_frames_has_no_parts() -> None:
    assert parts_of([]) == []


def test_a_pipeline_gets_every_part() -> None:
    def every_part(parts: list[Any]) -> None:
        assert sum(parts) == sum(frame.height for frame in FRAMES)

    with beam.Pipeline(argv=[IN_PROCESS]) as pipeline:
        assessed = pipeline | beam.Create(FRAMES) | Assess(TERMS)
        heights = (
            assessed.recommendations | "Routed" >> beam.Map(lambda pair: pair[1].height),
            assessed.quarantined | "Quarantined" >> beam.Map(len),
        ) | beam.Flatten()
        assert_that(heights, every_part)


def test_an_error_in_a_frame_is_the_error_of_the_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(records: pl.DataFrame, terms: Terms) -> Any:
        raise InputError("cases/a.avro: changed while it was read")

    monkeypatch.setattr(assess_beam, "assess", refuse)
    with pytest.raises(InputError, match=r"a\.avro"):
        parts_of(FRAMES)


def test_frames_are_assessed_in_other_threads() -> None:
    names = {side_by_side().submit(threading.current_thread).result().name}
    assert all(name.startswith("assess") for name in names)
