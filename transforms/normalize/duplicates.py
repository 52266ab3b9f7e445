"""Deduplicate: among records with the same case_id, the latest update wins.

Most ids appear once. A first pass over only the ids finds those that don't, and only their records
are brought together. Ties are settled by content, never by place, so that the same records in
different files give the same winner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import apache_beam as beam
import polars as pl

from transforms.frames.coder import compact
from transforms.frames.frame import Frame, concat_frames, json_lines
from transforms.frames.rebatch import Rebatch
from transforms.normalize.case_frame import case_key
from transforms.normalize.dates import iso_time
from transforms.normalize.quarantine import quarantined_records

BUCKETS = 32
ID_HASH = pl.Schema({"id_hash": pl.UInt64})


class Resolved(NamedTuple):
    """The winning records, and the ones they superseded, as rows of quarantined.avsc."""

    winners: beam.PCollection[Frame]
    superseded: beam.PCollection[Frame]


class Split(NamedTuple):
    """Records whose id appears once, and records whose id may appear more than once."""

    unique: beam.PCollection[Frame]
    repeated: beam.PCollection[Frame]


def id_hashes(records: Frame) -> Frame:
    """Hash the case ids.

    Args:
        records: A frame with `case_id`.

    Returns:
        `id_hash` (UInt64), one row per record with an id.
    """
    return records.select(case_key().alias("id")).drop_nulls().select(id_hash=pl.col("id").hash(7))


def repeated_hashes(hashes: Iterable[Frame]) -> Frame:
    """Find the hashes that occur more than once across all frames, each once."""
    return (
        concat_frames(list(hashes), ID_HASH)
        .group_by("id_hash")
        .len()
        .filter(pl.col("len") > 1)
        .select("id_hash")
    )


def resolve(records: Frame) -> tuple[Frame, Frame]:
    """Find the winner for each case id.

    Args:
        records: All records with some ids.

    Returns:
        The winners, and the superseded records as rows of quarantined.avsc.
    """
    order = iso_time(pl.col("updated_at"))
    content = json_lines(records).alias("_content")
    ranked = (
        records.with_columns(content, _key=case_key(), _updated=order)
        .sort("_key", "_updated", "_content", descending=[False, True, True], nulls_last=True)
        .with_columns(_first=pl.col("_key").is_first_distinct())
    )
    winners = ranked.filter("_first").select(records.columns)
    losers = ranked.filter(~pl.col("_first")).select(records.columns)
    detail = "another record of the case has a later update time"
    return winners, quarantined_records(
        losers, "deduplicate", pl.lit("SUPERSEDED"), pl.lit(None, pl.String), detail
    )


class FindRepeated(beam.PTransform[beam.PCollection[Frame], beam.PCollection[Frame]]):
    """Finds the case ids that appear more than once, as one frame of hashes."""

    def expand(self, pcoll: beam.PCollection[Frame]) -> beam.PCollection[Frame]:
        """Expand from frames with `case_id` to one frame of repeated hashes."""
        return (
            pcoll
            | beam.FlatMap(_hash_buckets).with_output_types(tuple[int, Frame])
            | beam.GroupByKey()
            | beam.MapTuple(lambda bucket, hashes: repeated_hashes(hashes)).with_output_types(Frame)
            | beam.CombineGlobally(_all_hashes).with_output_types(Frame)
        )


def _all_hashes(frames: Iterable[Frame]) -> Frame:
    return concat_frames(list(frames), ID_HASH)


def _hash_buckets(records: Frame) -> Iterator[tuple[int, Frame]]:
    hashes = id_hashes(records)
    for (bucket,), part in hashes.group_by(pl.col("id_hash") % BUCKETS):
        yield int(str(bucket)), part


class SplitRepeated(beam.PTransform[beam.PCollection[Frame], Split]):
    """Separates records whose id may appear more than once from the rest.

    Args:
        repeated: From `FindRepeated`.
    """

    def __init__(self, repeated: beam.PCollection[Frame]) -> None:
        super().__init__()
        self.repeated = repeated

    def expand(self, pcoll: beam.PCollection[Frame]) -> Split:
        """Expand from frames of records to two collections of frames."""
        parted = pcoll | (
            beam.FlatMap(_part, repeated=beam.pvalue.AsSingleton(self.repeated))
            .with_output_types(Frame, repeated=Frame)
            .with_outputs("repeated", main="unique")
        )
        return Split(parted.unique, parted.repeated)


def _part(records: Frame, repeated: Frame) -> Iterator[Any]:
    often = records.select(
        case_key().hash(7).is_in(repeated["id_hash"].implode()).fill_null(False).alias("often")
    )["often"]
    if not often.any():
        yield records
        return
    yield records.filter(~often)
    yield beam.pvalue.TaggedOutput("repeated", compact(records.filter(often)))


class ResolveRepeated(beam.PTransform[beam.PCollection[Frame], Resolved]):
    """Brings together the records with repeated ids, and finds the winners."""

    def expand(self, pcoll: beam.PCollection[Frame]) -> Resolved:
        """Expand from frames of records to winners and superseded records."""
        resolved = (
            pcoll
            | "Join repeated" >> Rebatch()
            | beam.FlatMap(_record_buckets).with_output_types(tuple[int, Frame])
            | beam.GroupByKey()
            | beam.MapTuple(_whole_bucket).with_output_types(Frame)
            | "Join buckets" >> Rebatch()
            | beam.FlatMap(_resolve_buckets)
            .with_output_types(Frame, superseded=Frame)
            .with_outputs("superseded", main="winners")
        )
        return Resolved(
            resolved.winners | "Join winners" >> Rebatch(),
            resolved.superseded | "Join superseded" >> Rebatch(),
        )


def _record_buckets(records: Frame) -> Iterator[tuple[int, Frame]]:
    keyed = records.with_columns(_bucket=case_key().hash(7) % BUCKETS)
    for (bucket,), part in keyed.group_by("_bucket"):
        yield int(str(bucket)), part.drop("_bucket")


def _whole_bucket(bucket: int, frames: Iterable[Frame]) -> Frame:
    return pl.concat(list(frames), rechunk=True)


def _resolve_buckets(records: Frame) -> Iterator[Any]:
    """Resolve whole buckets; several at once, because even a small one costs much."""
    winners, superseded = resolve(records)
    yield winners
    if superseded.height:
        yield beam.pvalue.TaggedOutput("superseded", superseded)
