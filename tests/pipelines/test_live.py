"""The live source: texts with their times, and a clock that is set back."""

from __future__ import annotations

import datetime
from pathlib import Path

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.utils.timestamp import Timestamp

from pipelines.live import RUNNER, LiveSource, Tick


def _keep(text: str, folder: Path, time: Timestamp = beam.DoFn.TimestampParam) -> None:
    (folder / text).write_text(str(time.to_utc_datetime()))


def test_texts_come_at_their_times(tmp_path: Path) -> None:
    hours = [datetime.datetime(2011, 11, 17, hour) for hour in (1, 3, 2)]
    ticks: list[Tick] = [(hours[0], "a"), (hours[1], None), (hours[1], "b"), (hours[2], "c")]
    with LiveSource(lambda: iter(ticks)) as live:
        options = PipelineOptions([RUNNER, "--streaming"])
        with beam.Pipeline(options=options) as pipeline:
            pipeline | live.read() | beam.Map(_keep, tmp_path)
    times = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert times == {
        "a": "2011-11-17 01:00:00",
        "b": "2011-11-17 03:00:00",
        "c": "2011-11-17 02:00:00",
    }


def test_nobody_else_can_feed_it() -> None:
    with LiveSource(lambda: iter(())) as live:
        socket = Path(live.service.endpoint.removeprefix("unix:"))
        assert socket.parent.stat().st_mode & 0o077 == 0
    assert not socket.parent.exists()
