from __future__ import annotations

from typing import Any

import apache_beam as beam
import pytest
from apache_beam.coders import VarIntCoder
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions, TypeOptions
from apache_beam.runners.worker.statesampler import StateSampler
from apache_beam.transforms import userstate
from apache_beam.transforms.core import CallableWrapperDoFn
from apache_beam.transforms.timeutil import TimeDomain
from apache_beam.transforms.userstate import ReadModifyWriteStateSpec, TimerSpec, on_timer
from apache_beam.utils.counters import CounterFactory

from pipelines.cli.quick_beam import SAMPLING_MS, Options, quick_options, remember_inspected


def test_views_have_the_values_of_beams_own() -> None:
    words = ["--streaming", "--runner=Direct", "--job_name=night"]
    ours, beams = Options(words), PipelineOptions(words)

    for kind in PipelineOptions.__subclasses__():
        if kind is not Options:
            assert str(ours.view_as(kind)) == str(beams.view_as(kind))
    assert ours.get_all_options() == beams.get_all_options()


def test_a_value_that_is_set_in_a_view_is_seen_in_all() -> None:
    options = Options(["--streaming"])
    options.view_as(StandardOptions).streaming = False

    assert options.view_as(StandardOptions).streaming is False
    assert options.view_as(TypeOptions).view_as(StandardOptions).streaming is False
    assert Options([]).view_as(StandardOptions).streaming is False


class _Counting(beam.DoFn):
    NUMBER = ReadModifyWriteStateSpec("number", VarIntCoder())
    LATER = TimerSpec("later", TimeDomain.REAL_TIME)

    def process(
        self,
        element: Any,
        number: Any = beam.DoFn.StateParam(NUMBER),  # noqa: B008 - how Beam declares state
        later: Any = beam.DoFn.TimerParam(LATER),  # noqa: B008
    ) -> None:
        """Count."""

    @on_timer(LATER)
    def ring(self) -> None:
        """Ring."""


class _Plain(beam.DoFn):
    def process(self, element: Any) -> None:
        """Do nothing."""


@pytest.mark.parametrize(
    "make",
    [
        _Counting,
        _Plain,
        lambda: CallableWrapperDoFn(len),
        lambda: CallableWrapperDoFn(_Counting().process),
        lambda: CallableWrapperDoFn(_Plain().process),
    ],
)
def test_what_is_remembered_of_a_dofn_is_what_beam_finds(make: Any) -> None:
    remember_inspected()
    inspect: Any = userstate.get_dofn_specs

    for _ in range(2):
        assert inspect(make()) == inspect.__wrapped__(make())


def test_inspection_is_wrapped_once() -> None:
    remember_inspected()
    first = userstate.get_dofn_specs
    remember_inspected()

    assert userstate.get_dofn_specs is first


def test_a_bundle_does_not_wait_long_for_its_last_sample() -> None:
    quick_options([])

    # As Beam makes one for each bundle.
    assert StateSampler("fnapi-step-%s", CounterFactory()).sampling_period_ms == SAMPLING_MS
