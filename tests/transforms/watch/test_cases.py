"""The watch's state and timers, on Beam's runner for test streams."""

from __future__ import annotations

import datetime
import pickle
import uuid
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.testing import test_stream
from apache_beam.utils.timestamp import Timestamp

from schemas.case_event import CaseEvent
from schemas.case_record import CaseRecord
from tests.helpers.news import CLEAN, ELDER, completed, event, events_of, felony
from tests.transforms.watch.test_step import BIRTHDAY, NIGHT, first_night
from transforms.nightly.night import Night
from transforms.normalize.case_frame import to_frame
from transforms.watch.cases import News, Report, WatchCases, by_shard

RUNNER = "--runner=apache_beam.runners.direct.direct_runner.BundleBasedDirectRunner"
START = events_of()


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    plain = [CaseRecord(**{**CLEAN, "case_id": name}) for name in ("plain", "felon", "late")]
    elder = CaseRecord(**{**ELDER, "case_id": "elder", "updated_at": "2011-11-01"})
    return first_night(tmp_path_factory.mktemp("night"), to_frame([*plain, elder]))


def at(day: datetime.date, hour: int = 0) -> Timestamp:
    time = datetime.datetime.combine(day, datetime.time(hour), datetime.UTC)
    return Timestamp.from_utc_datetime(time)


class Played:
    """A stream of batches and watermarks, and a watch's reports."""

    def __init__(self) -> None:
        self.stream = test_stream.TestStream()
        self.batches = 0

    def batch(self, time: Timestamp, *events: CaseEvent, silent: bool = False) -> Played:
        news = News(self.batches, silent, events_of(*events))
        self.batches += 1
        self.stream.add_elements([(0, news)], event_timestamp=time)
        return self

    def watermark(self, time: Timestamp) -> Played:
        self.stream.advance_watermark_to(time)
        return self

    def reported(self, night: Night, folder: Path) -> dict[str, list[Report]]:
        """Return the reports by name. At the end, the stream's time runs to infinity."""
        folder.mkdir()
        self.stream.advance_watermark_to_infinity()
        options = PipelineOptions([RUNNER, "--streaming"])
        with beam.Pipeline(options=options) as pipeline:
            (
                pipeline
                | self.stream
                | "Typed" >> beam.Map(_same).with_output_types(tuple[int, News])
                | WatchCases(night, 1)
                | beam.Map(_keep, folder)
            )
        found: dict[str, list[Report]] = {}
        for path in sorted(folder.iterdir(), key=lambda p: p.stat().st_mtime_ns):
            one = pickle.loads(path.read_bytes())
            found.setdefault(one.name, []).append(one)
        return found


def _same(element: Any) -> Any:
    return element


def _keep(reported: Report, folder: Path) -> None:
    (folder / uuid.uuid4().hex).write_bytes(pickle.dumps(reported))


def changed(reported: list[Report]) -> dict[str, tuple[Any, Any]]:
    [one] = reported
    return {r["case_id"]: (r["from_route"], r["to_route"]) for r in one.changes.to_dicts()}


def test_handles_repeated_and_late_events_and_late_batches(night: Night, tmp_path: Path) -> None:
    court = {"sets": ["court"], "facts": {"court": "DEN"}}
    reported = (
        Played()
        .batch(at(NIGHT))
        .watermark(at(NIGHT, 1))
        .batch(at(NIGHT, 1), felony("e1", "felon"))
        .batch(at(NIGHT, 2), felony("e1", "felon"))
        .batch(at(NIGHT, 3), event("e2", "late", "VENUE_CHANGED", "2011-11-15", **court))
        .watermark(at(NIGHT, 12))
        # Recorded before the event that set the court, and late for the watermark.
        .batch(
            at(NIGHT, 4),
            event("e3", "late", "VENUE_CHANGED", "2011-11-14", sets=["court"],
                  facts={"court": "LOS"}),
            felony("e4", "late"),
        )
        .reported(night, tmp_path / "reported")
    )  # fmt: skip
    assert changed(reported["batch-000001"]) == {"felon": ("continue", "expedite")}
    assert changed(reported["batch-000002"]) == {}
    assert changed(reported["batch-000003"]) == {}
    assert changed(reported["batch-000004"]) == {"late": ("continue", "expedite")}
    assert reported["batch-000004"][0].changes["court"].to_list() == ["DEN"]


def test_a_timer_fires_when_the_watermark_reaches_the_day(night: Night, tmp_path: Path) -> None:
    eve = BIRTHDAY - datetime.timedelta(days=1)
    reported = (
        Played()
        .batch(at(NIGHT))
        .watermark(at(eve, 23))
        .batch(at(eve, 23))
        .watermark(at(BIRTHDAY))
        .batch(at(BIRTHDAY, 1))
        .reported(night, tmp_path / "reported")
    )
    names = [name for name in reported if name != "batch-000000"][:3]
    assert names == ["batch-000001", f"day-{BIRTHDAY}", "batch-000002"]
    [rung] = reported[f"day-{BIRTHDAY}"]
    [row] = rung.changes.to_dicts()
    assert (row["case_id"], row["from_route"], row["to_route"]) == ("elder", "continue", "close")
    assert row["as_of"] == BIRTHDAY
    assert [(c["kind"], c["milestone"], c["on"]) for c in row["causes"]] == [
        ("MILESTONE", "turned_65", BIRTHDAY),
        ("MILESTONE", "turned_elderly", BIRTHDAY),
    ]
    assert rung.recommendations["route"].to_list() == ["close"]


def test_events_before_the_day_decide_whether_a_timer_fires(night: Night, tmp_path: Path) -> None:
    reported = (
        Played()
        .batch(at(NIGHT))
        .batch(at(NIGHT, 1), completed("e1", "elder"))
        .watermark(at(BIRTHDAY, 1))
        .batch(at(BIRTHDAY, 1), felony("e2", "felon"))
        .reported(night, tmp_path / "reported")
    )
    assert changed(reported["batch-000001"]) == {"elder": ("continue", None)}
    assert f"day-{BIRTHDAY}" not in reported
    assert reported["batch-000002"][0].changes["as_of"].to_list() == [BIRTHDAY]


def test_a_batch_ahead_of_the_watermark_brings_the_day(night: Night, tmp_path: Path) -> None:
    reported = (
        Played()
        .batch(at(NIGHT))
        .batch(at(BIRTHDAY, 1), felony("e1", "felon"))
        .watermark(at(BIRTHDAY, 2))
        .reported(night, tmp_path / "reported")
    )
    assert changed(reported[f"day-{BIRTHDAY}"]) == {"elder": ("continue", "close")}
    assert changed(reported["batch-000001"]) == {"felon": ("continue", "expedite")}


def test_does_not_repeat_changes_reported_before(night: Night, tmp_path: Path) -> None:
    reported = (
        Played()
        .batch(at(NIGHT))
        .batch(at(NIGHT, 1), felony("e1", "felon"), silent=True)
        .batch(at(NIGHT, 2), completed("e2", "felon"))
        .reported(night, tmp_path / "reported")
    )
    assert changed(reported["batch-000001"]) == {}
    assert changed(reported["batch-000002"]) == {"felon": ("expedite", None)}


def test_each_shard_gets_its_part_of_a_batch() -> None:
    names = [f"case {number}" for number in range(40)]
    events = events_of(*(felony(f"e{n}", name) for n, name in enumerate(names)))
    parts = dict(by_shard(7, False, events, 16, 3))
    assert sorted(parts) == [0, 1, 2]
    assert all(news.batch == 7 for news in parts.values())
    found = [set(news.events["case_id"]) for news in parts.values()]
    assert set.union(*found) == set(names)
    assert sum(map(len, found)) == len(names)
    assert {news.events.height for news in dict(by_shard(8, False, START, 16, 3)).values()} == {0}
