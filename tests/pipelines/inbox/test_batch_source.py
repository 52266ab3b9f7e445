"""The batches of a watch as a source, and how a batch is done by several shards."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from apache_beam.io.restriction_trackers import OffsetRange, OffsetRestrictionTracker
from apache_beam.io.watermark_estimators import ManualWatermarkEstimator
from apache_beam.runners.sdf_utils import RestrictionTrackerView, ThreadsafeRestrictionTracker
from apache_beam.utils.timestamp import Timestamp

from pipelines.inbox import batch_source
from pipelines.inbox.batches import Place, _reported_before, recorded
from pipelines.inbox.clock import tell_time
from schemas.watch import Batch, BatchFile
from transforms.files.storage import write_whole

NOON = datetime.datetime(2011, 11, 18, 12)


@dataclasses.dataclass(frozen=True)
class Plan:
    """What the source needs of a watch's plan."""

    place: Place


def record(
    place: Place, number: int, *, kept: bool = True, files: tuple[BatchFile, ...] = ()
) -> Batch:
    """Record a batch as a watch does."""
    batch = Batch(number=number, at=NOON + datetime.timedelta(seconds=number), files=files)
    path = f"{place.folder('batches')}/batch-{number:06d}"
    write_whole(f"{path}.json", batch.model_dump_json().encode())
    if kept:
        write_whole(f"{path}.avro", b"")
    return batch


def looked(plan: Plan, restriction: OffsetRange, clock: Any) -> tuple[list[Any], OffsetRange]:
    """Look once; return what was found, and what a checkpoint would keep."""
    tracker = ThreadsafeRestrictionTracker(OffsetRestrictionTracker(restriction))
    look: Any = batch_source._Look(plan, NOON)  # type: ignore[arg-type]  # all that it needs
    found = list(look.process(b"", tracker=RestrictionTrackerView(tracker), clock=clock))
    residual, delay = tracker.deferred_status()
    # At once: it has waited already.
    assert delay <= 0
    return found, residual


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_source, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(batch_source, "LOOK_SECONDS", 0.05)


def test_gives_each_batch_once_and_keeps_the_number_of_the_next(tmp_path: Path) -> None:
    place = Place(str(tmp_path), "night-2011-11-17")
    clock = ManualWatermarkEstimator(None)
    one, two = record(place, 1), record(place, 2)
    # Its events aren't kept yet.
    record(place, 3, kept=False)
    found, left = looked(Plan(place), OffsetRange(0, 100), clock)
    batches = [Batch.model_validate_json(element.value) for element in found]
    assert batches == [Batch(number=0, at=NOON), one, two]
    assert [element.timestamp for element in found][1] == Timestamp.from_rfc3339(
        "2011-11-18T12:00:01Z"
    )
    assert left == OffsetRange(3, 100)
    assert looked(Plan(place), left, clock)[0] == []
    three = record(place, 3)
    found, left = looked(Plan(place), left, clock)
    assert [element.value for element in found] == [three.model_dump_json()]
    assert left.start == 4


def test_its_watermark_is_the_time_told_and_never_goes_back(tmp_path: Path) -> None:
    plan = Plan(Place(str(tmp_path), "night-2011-11-17"))
    clock = ManualWatermarkEstimator(None)

    def reached(number: int) -> Any:
        looked(plan, OffsetRange(number, 100), clock)
        return clock.current_watermark()

    # Nobody has told the time yet: no day may come.
    assert reached(0) is None
    for hours, there in ((0, "18T12"), (-1, "18T12"), (12, "19T00")):
        tell_time(plan.place, NOON + datetime.timedelta(hours=hours))
        assert reached(1) == Timestamp.from_rfc3339(f"2011-11-{there}:00:00Z")


@pytest.mark.parametrize("shards", [1, 2, 8])
def test_a_batch_is_done_once_every_shard_has_written(tmp_path: Path, shards: int) -> None:
    place = Place(str(tmp_path), "night-2011-11-17", shards)
    batch = record(place, 1)
    for shard in reversed(range(shards)):
        assert not place.is_done(batch)
        write_whole(place.file("changes", "batch-000001", shard), b"")
    assert place.is_done(batch)


def test_a_night_keeps_the_number_of_shards_with_which_its_batches_began(tmp_path: Path) -> None:
    first = Place(str(tmp_path), "night-2011-11-17", 2)
    assert first.keep_shards().shards == 2
    assert dataclasses.replace(first, shards=8).keep_shards().shards == 2
    assert dataclasses.replace(first, shards=1).keep_shards().shards == 2
    # One process began it, with one shard.
    other = Place(str(tmp_path), "night-2011-11-18", 1)
    assert other.keep_shards().shards == 1
    record(other, 1)
    assert dataclasses.replace(other, shards=8).keep_shards().shards == 1
    assert recorded(other, 2) is None


def test_a_file_was_reported_before_once_every_shard_has_reported_it(tmp_path: Path) -> None:
    place = Place(str(tmp_path), "night-2011-11-17", 2).keep_shards()
    record(place, 1, files=(BatchFile(path="/inbox/1.avro", bytes=9, sha256="", crc=0),))
    night: Any = SimpleNamespace(nightly=SimpleNamespace(previous=place.run_id))
    for shard, found in enumerate([set(), {("/inbox/1.avro", 9)}]):
        write_whole(place.file("changes", "batch-000001", shard), b"")
        assert _reported_before(place.state, night) == found
