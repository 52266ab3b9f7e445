"""The live source: texts with their times, and a clock that is set back."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator
from pathlib import Path

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.utils.timestamp import Timestamp

from pipelines.inbox.live_source import RUNNER, LiveSource, Tick


def _keep(text: str, folder: Path, time: Timestamp = beam.DoFn.TimestampParam) -> None:
    (folder / text).write_text(str(time.to_utc_datetime()))


def test_texts_arrive_at_their_times(tmp_path: Path) -> None:
    hours = [datetime.datetime(2011, 11, 17, hour) for hour in (1, 3, 2)]
    ticks: list[Tick] = [(hours[0], "a"), (hours[1], None), (hours[1], "b"), (hours[2], "c")]
    with LiveSource(lambda: iter(ticks)) as source:
        options = PipelineOptions([RUNNER, "--streaming"])
        with beam.Pipeline(options=options) as pipeline:
            pipeline | source.read() | beam.Map(_keep, tmp_path)
    times = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert times == {
        "a": "2011-11-17 01:00:00",
        "b": "2011-11-17 03:00:00",
        "c": "2011-11-17 02:00:00",
    }


def test_keeps_the_runner_waiting_for_a_slow_tick() -> None:
    hour = datetime.datetime(2011, 11, 17, 1)

    def ticks() -> Iterator[Tick]:
        yield hour, None
        assert spoken.wait(60)
        yield hour, "a"

    spoken = threading.Event()
    with LiveSource(ticks, silence=0.01) as source:
        responses = source.read_multiple([("full", "live")])
        first = [next(responses) for _ in range(4)]
        meanwhile = [next(responses) for _ in range(3)]
        spoken.set()
        rest = list(responses)
    assert meanwhile == [first[-1]] * 3
    assert [event.HasField("element_event") for event in rest].count(True) == 1
    assert rest[-1] == first[-1]


def test_only_its_own_process_can_feed_it() -> None:
    with LiveSource(lambda: iter(())) as source:
        socket = Path(source.service.endpoint.removeprefix("unix:"))
        assert socket.parent.stat().st_mode & 0o077 == 0
    assert not socket.parent.exists()
