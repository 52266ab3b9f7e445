"""A night in a pipeline: thin transforms over the frame functions."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import apache_beam as beam
import polars as pl
from apache_beam.utils.windowed_value import WindowedValue

from transforms.avro.quarantined import QUARANTINED
from transforms.frames.at_end import at_end
from transforms.frames.frame import FRAME_ROWS, Frame, concat_frames
from transforms.frames.side_by_side import SideBySide
from transforms.nightly.buckets import bucket_file, by_bucket
from transforms.nightly.changes import Compared, changes, only_different, together
from transforms.nightly.night import Came, Night, one_bucket
from transforms.route.tally import tally_keys


class Ran(NamedTuple):
    """The results of a night: (file, frame) pairs to write, and tallies to add up.

    Args:
        parts: Every part except changes, by bucket.
        tallies: The counts of each bucket.
        changes: The changes, by bucket.
        causes: The counts of their causes.
    """

    parts: beam.PCollection[tuple[str, Frame]]
    tallies: beam.PCollection[Frame]
    changes: beam.PCollection[tuple[str, Frame]]
    causes: beam.PCollection[Frame]


class RunNight(beam.PTransform[dict[str, beam.PCollection[tuple[int, Frame]]], Ran]):
    """Brings together what arrived for each bucket, and takes each bucket through the night.

    Args:
        night: The night's terms.
    """

    def __init__(self, night: Night) -> None:
        super().__init__()
        self.night = night

    def expand(self, pcolls: dict[str, beam.PCollection[tuple[int, Frame]]]) -> Ran:
        """Expand from frames by bucket, named as in `Came`, to files and tallies."""
        every = [(bucket, QUARANTINED.to_frame()) for bucket in range(self.night.buckets)]
        some = next(iter(pcolls.values())).pipeline | beam.Create(every, reshuffle=False)
        done = (
            {**pcolls, "every": some}
            | beam.CoGroupByKey()
            | beam.MapTuple(_fetched)
            | "Run buckets"
            >> beam.ParDo(SideBySide(functools.partial(_one_bucket, self.night))).with_outputs(
                "tally", "different", main="parts"
            )
        )
        found = (
            done.different
            | "Join buckets" >> beam.ParDo(_Join())
            | "Find changes"
            >> beam.ParDo(SideBySide(functools.partial(_changes, self.night))).with_outputs(
                "causes", main="changes"
            )
        )
        return Ran(done.parts, done.tally, found.changes, found.causes)


def _one_bucket(night: Night, bucket_and_came: tuple[int, dict[str, list[Frame]]]) -> list[Any]:
    bucket, came = bucket_and_came
    frames = (
        concat_frames(came[name], nothing.schema) for name, nothing in Came()._asdict().items()
    )
    done = one_bucket(night, bucket, Came(*frames))
    results: list[Any] = [
        (bucket_file(name, bucket, night.buckets), frame) for name, frame in done.parts.items()
    ]
    results.append(beam.pvalue.TaggedOutput("tally", done.tally))
    if done.compared is not None:
        results.append(beam.pvalue.TaggedOutput("different", only_different(done.compared)))
    return results


class _Join(beam.DoFn):
    """Joins the cases that differ in several buckets, up to the size of a frame."""

    def start_bundle(self) -> None:
        self.held: list[Compared] = []
        self.rows = 0

    def process(self, element: Compared) -> Iterator[Compared]:
        rows = max(element.before.height, element.tonight.recommendations.height)
        if self.held and self.rows + rows > FRAME_ROWS:
            yield together(self.held)
            self.held, self.rows = [], 0
        self.held.append(element)
        self.rows += rows

    def finish_bundle(self) -> Iterator[WindowedValue]:
        if self.held:
            yield at_end(together(self.held))
            self.held = []


def _changes(night: Night, compared: Compared) -> list[Any]:
    assert night.last is not None
    found = changes(compared, night.last, night.terms)
    kind = pl.element().struct.field("kind").cast(pl.String)
    # A change counts once for each kind.
    kinds = found.select(key=pl.col("causes").list.eval(kind).list.unique().list.explode())
    return [
        *(
            (bucket_file("changes", bucket, night.buckets), part)
            for bucket, part in by_bucket(found, night.buckets)
        ),
        beam.pvalue.TaggedOutput("causes", tally_keys("cause", kinds)),
    ]


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
