"""A watch's work split over shards gives the same as in one."""

from __future__ import annotations

import datetime
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.testing import test_stream
from apache_beam.utils.timestamp import Timestamp

from schemas.case_record import CaseRecord
from tests.helpers.news import CLEAN, ELDER, events_of, felony
from tests.transforms.watch.test_cases import RUNNER
from tests.transforms.watch.test_step import BIRTHDAY, NIGHT, first_night
from transforms.nightly.night import Night
from transforms.normalize.case_frame import to_frame
from transforms.watch.cases import News, Report, WatchCases, by_shard

NAMES = [f"case {number}" for number in range(12)]


def played(night: Night, shards: int, place: Path) -> set[str]:
    """Play a batch and a birthday; return what changed, each change once."""
    place.mkdir()
    events = events_of(*(felony(f"e {name}", name) for name in NAMES[::2]))
    news = by_shard(1, False, events, night.buckets, shards)
    start = Timestamp.from_utc_datetime(
        datetime.datetime.combine(NIGHT, datetime.time(), datetime.UTC)
    )
    day = Timestamp.from_utc_datetime(
        datetime.datetime.combine(BIRTHDAY, datetime.time(12), datetime.UTC)
    )
    stream = test_stream.TestStream()
    for one in news:
        stream.add_elements([one], event_timestamp=start)
    stream.advance_watermark_to(day).advance_watermark_to_infinity()
    with beam.Pipeline(options=PipelineOptions([RUNNER, "--streaming"])) as pipeline:
        (
            pipeline
            | stream
            | beam.Map(lambda one: one).with_output_types(tuple[int, News])
            | WatchCases(night, shards)
            | beam.Map(_keep, place)
        )
    lines = [line for path in place.iterdir() for line in path.read_text().splitlines()]
    assert len(lines) == len(set(lines))
    return set(lines)


def _keep(report: Report, place: Path) -> None:
    rows = report.changes.select("case_id", "from_route", "to_route").rows()
    name = report.name
    (place / f"{name}-{report.shard}").write_text("".join(f"{name} {row}\n" for row in rows))


def test_one_two_and_eight_shards_report_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [CaseRecord(**{**CLEAN, "case_id": name}) for name in NAMES]
    elder = CaseRecord(**{**ELDER, "case_id": "elder", "updated_at": "2011-11-01"})
    night = first_night(tmp_path / "night", to_frame([*cases, elder]), buckets=2)
    results = [played(night, shards, tmp_path / str(shards)) for shards in (1, 2, 8)]
    assert results[0] == results[1] == results[2]
    assert sum(line.startswith("batch-000001") for line in results[0]) == len(NAMES[::2])
    assert any("'elder'" in line for line in results[0])
