"""The batches of a watch as a source that an engine can checkpoint.

The command records batches as files and tells the time (`clock`); this reads both. Its watermark is
that time. What a checkpoint keeps is the number of the next batch.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam.io.restriction_trackers import OffsetRange, OffsetRestrictionTracker
from apache_beam.io.watermark_estimators import ManualWatermarkEstimator
from apache_beam.transforms.core import RestrictionProvider, WatermarkEstimatorProvider
from apache_beam.transforms.window import TimestampedValue
from apache_beam.utils.timestamp import MIN_TIMESTAMP, Duration, Timestamp

from pipelines.inbox.batches import recorded
from pipelines.inbox.clock import time_told
from pipelines.inbox.plan import WatchPlan
from schemas.watch import Batch

POLL_SECONDS = 0.5
# The longest time until a look returns without a batch. Flink keeps some kilobytes of each return
# for as long as the job runs, but until then, no checkpoint is taken and the watermark stays.
LOOK_SECONDS = 5.0
# More batches than there will ever be.
_MOST = 1 << 40


class Batches(beam.PTransform[beam.pvalue.PBegin, beam.PCollection[str]]):
    """Reads the batches of a watch as they are recorded, as JSON, each at its time.

    Args:
        plan: The watch.
        begun: The time of the start, before the first batch.
    """

    def __init__(self, plan: WatchPlan, begun: datetime.datetime) -> None:
        super().__init__()
        self.plan = plan
        self.begun = begun

    def expand(self, pbegin: beam.pvalue.PBegin) -> beam.PCollection[str]:
        """Expand from the start of a pipeline to batches."""
        look = _Look(self.plan, self.begun)
        return pbegin | beam.Impulse() | beam.ParDo(look).with_output_types(str)


class _Numbers(RestrictionProvider):
    """The numbers of the batches that are still to come."""

    def initial_restriction(self, element: bytes) -> OffsetRange:
        return OffsetRange(0, _MOST)

    def create_tracker(self, restriction: OffsetRange) -> OffsetRestrictionTracker:
        return OffsetRestrictionTracker(restriction)

    def restriction_size(self, element: bytes, restriction: OffsetRange) -> int:
        return 1

    def truncate(self, element: bytes, restriction: OffsetRange) -> None:
        return None


class _Clock(WatermarkEstimatorProvider):
    def initial_estimator_state(self, element: bytes, restriction: OffsetRange) -> None:
        return None

    def create_watermark_estimator(self, estimator_state: Any) -> ManualWatermarkEstimator:
        return ManualWatermarkEstimator(estimator_state)


_NUMBERS = beam.DoFn.RestrictionParam(_Numbers())
_CLOCK = beam.DoFn.WatermarkEstimatorParam(_Clock())


class _Look(beam.DoFn):
    def __init__(self, plan: WatchPlan, begun: datetime.datetime) -> None:
        self.plan = plan
        self.begun = begun

    @beam.DoFn.unbounded_per_element()
    def process(
        self, element: bytes, tracker: Any = _NUMBERS, clock: Any = _CLOCK
    ) -> Iterator[TimestampedValue]:
        first = following = tracker.current_restriction().start
        end = time.monotonic() + LOOK_SECONDS
        while following == first and time.monotonic() < end:
            # Read before looking, so that a batch recorded meanwhile isn't late.
            told = time_told(self.plan.place)
            while (batch := self._batch(following)) is not None:
                if not tracker.try_claim(following):
                    return
                yield TimestampedValue(batch.model_dump_json(), _stamp(batch.at))
                following += 1
            if told is not None:
                clock.set_watermark(max(_stamp(told), clock.current_watermark() or MIN_TIMESTAMP))
            if following == first:
                time.sleep(POLL_SECONDS)
        tracker.defer_remainder(Duration(seconds=0))

    def _batch(self, number: int) -> Batch | None:
        if number == 0:
            return Batch(number=0, at=self.begun)
        return recorded(self.plan.place, number)


def _stamp(time: datetime.datetime) -> Timestamp:
    return Timestamp.from_utc_datetime(time.replace(tzinfo=datetime.UTC))
