"""A night in a pipeline: thin transforms over the frame functions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import apache_beam as beam

from transforms.avro.quarantined import QUARANTINED
from transforms.frames.frame import Frame, concat_frames
from transforms.frames.side_by_side import SideBySide
from transforms.nightly.buckets import bucket_file, by_bucket
from transforms.nightly.night import Came, Night, one_bucket


class RunNight(
    beam.PTransform[dict[str, beam.PCollection[tuple[int, Frame]]], beam.pvalue.DoOutputsTuple]
):
    """Brings together what arrived for each bucket, and takes each bucket through the night.

    Args:
        night: The night's terms.
    """

    def __init__(self, night: Night) -> None:
        super().__init__()
        self.night = night

    def expand(
        self, pcolls: dict[str, beam.PCollection[tuple[int, Frame]]]
    ) -> beam.pvalue.DoOutputsTuple:
        """Expand from frames by bucket, named as in `Came`, to files and tallies."""
        every = [(bucket, QUARANTINED.to_frame()) for bucket in range(self.night.buckets)]
        some = next(iter(pcolls.values())).pipeline | beam.Create(every, reshuffle=False)
        return (
            {**pcolls, "every": some}
            | beam.CoGroupByKey()
            | beam.MapTuple(_fetched)
            | beam.ParDo(SideBySide(self.run)).with_outputs("tally", main="files")
        )

    def run(self, bucket_and_came: tuple[int, dict[str, list[Frame]]]) -> list[Any]:
        """Run one bucket's night, and return (file, frame) pairs and tallies."""
        bucket, came = bucket_and_came
        results: list[Any] = []
        frames = (
            concat_frames(came[name], nothing.schema) for name, nothing in Came()._asdict().items()
        )
        for name, frame in one_bucket(self.night, bucket, Came(*frames)):
            if name == "tally":
                results.append(beam.pvalue.TaggedOutput("tally", frame))
            else:
                results.append((bucket_file(name, bucket, self.night.buckets), frame))
        return results


def _fetched(bucket: int, came: dict[str, Iterable[Frame]]) -> tuple[int, dict[str, list[Frame]]]:
    # An engine brings them as they are read, but only to the thread of the bundle.
    return bucket, {name: list(frames) for name, frames in came.items()}


class ByBucket(beam.PTransform[beam.PCollection[Frame], beam.PCollection[tuple[int, Frame]]]):
    """Splits frames by bucket.

    Args:
        buckets: The number of buckets.
    """

    def __init__(self, buckets: int) -> None:
        super().__init__()
        self.buckets = buckets

    def expand(self, pcoll: beam.PCollection[Frame]) -> beam.PCollection[tuple[int, Frame]]:
        """Expand from frames with a `case_id` to (bucket, frame)."""
        return pcoll | beam.FlatMap(by_bucket, self.buckets).with_output_types(tuple[int, Frame])
