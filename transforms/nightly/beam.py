"""A night in a pipeline: thin transforms over the frame functions."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import apache_beam as beam
import polars as pl
from apache_beam.utils.windowed_value import WindowedValue

from transforms.frames.at_end import at_end
from transforms.frames.frame import FRAME_ROWS, Frame
from transforms.frames.rebatch import Rebatch
from transforms.frames.side_by_side import SideBySide
from transforms.nightly.buckets import bucket_file, bucket_of, by_bucket
from transforms.nightly.changes import Compared, changes, only_different, together
from transforms.nightly.night import Came, Night, one_bucket
from transforms.normalize.case_frame import case_key
from transforms.route.tally import tally_keys
from transforms.shuffle.bucket_batches import read_bucket, write_buckets

# The rows that are shuffled at once. More take more memory; fewer make more and smaller batches,
# the number of which grows by the square of the number of cases.
_SHUFFLED_ROWS = 4 * FRAME_ROWS
# The changed cases whose causes are found at once, if their buckets have so few. More take more
# memory, some eight kilobytes a case until then, and fewer more time.
_CHANGED_ROWS = 8_192


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


class RunNight(beam.PTransform[dict[str, beam.PCollection[str]], Ran]):
    """Brings together what arrived for each bucket, and takes each bucket through the night.

    Args:
        night: The night's terms.
    """

    def __init__(self, night: Night) -> None:
        super().__init__()
        self.night = night

    def expand(self, pcolls: dict[str, beam.PCollection[str]]) -> Ran:
        """Expand from the files of `ShuffleByBucket`, named as in `Came`, to files and tallies."""
        files = [
            paths | f"Name {name}" >> beam.Map(_named, name).with_output_types(tuple[str, str])
            for name, paths in pcolls.items()
        ] | "All shuffled" >> beam.Flatten()
        done = (
            files.pipeline
            | beam.Create(range(self.night.buckets))
            | "Run buckets"
            >> beam.ParDo(
                SideBySide(functools.partial(_one_bucket, self.night)),
                beam.pvalue.AsList(files),
            )
            # To tell the size of what has no coder of its own, Beam would pickle whole frames.
            .with_output_types(tuple[str, Frame], tally=Frame, different=Compared)
            .with_outputs("tally", "different", main="parts")
        )
        found = (
            done.different
            | "Join buckets" >> beam.ParDo(_Join())
            | "Find changes"
            >> beam.ParDo(SideBySide(functools.partial(_changes, self.night)))
            .with_output_types(tuple[str, Frame], causes=Frame)
            .with_outputs("causes", main="changes")
        )
        return Ran(done.parts, done.tally, found.changes, found.causes)


def _named(path: str, name: str) -> tuple[str, str]:
    return name, path


def _one_bucket(night: Night, bucket: int, shuffled: list[tuple[str, str]]) -> list[Any]:
    frames = {
        name: read_bucket([path for kind, path in shuffled if kind == name], bucket, nothing.schema)
        for name, nothing in Came()._asdict().items()
    }
    done = one_bucket(night, bucket, Came(**frames))
    results: list[Any] = [
        (bucket_file(name, bucket, night.buckets), frame) for name, frame in done.parts.items()
    ]
    results.append(beam.pvalue.TaggedOutput("tally", done.tally))
    if done.compared is not None:
        results.append(beam.pvalue.TaggedOutput("different", only_different(done.compared)))
    return results


class _Join(beam.DoFn):
    """Joins the cases that differ in several buckets."""

    def start_bundle(self) -> None:
        self.held: list[Compared] = []
        self.rows = 0

    def process(self, element: Compared) -> Iterator[Compared]:
        rows = max(element.before.height, element.tonight.recommendations.height)
        if self.held and self.rows + rows > _CHANGED_ROWS:
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


class ShuffleByBucket(beam.PTransform[beam.PCollection[Frame], beam.PCollection[str]]):
    """Writes rows to files by the bucket of their case (`transforms.shuffle.bucket_batches`).

    Args:
        folder: The folder for the files.
        buckets: The number of buckets.
    """

    def __init__(self, folder: str, buckets: int) -> None:
        super().__init__()
        self.folder = folder
        self.buckets = buckets

    def expand(self, pcoll: beam.PCollection[Frame]) -> beam.PCollection[str]:
        """Expand from frames with a `case_id` to the files."""
        return (
            pcoll
            | "Join for shuffle" >> Rebatch(_SHUFFLED_ROWS)
            | beam.Map(self.write).with_output_types(str)
        )

    def write(self, rows: Frame) -> str:
        """Write one file."""
        # An engine may run this again; only the files that it names in the end count.
        path = f"{self.folder}/{uuid.uuid4().hex}.arrow"
        keyed = rows.with_columns(case_id=case_key())
        bucket = bucket_of(keyed["case_id"], self.buckets)
        # Whole records of a docket take more room than a disk may have.
        write_buckets(keyed, bucket, self.buckets, path, "lz4")
        return path
