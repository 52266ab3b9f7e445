"""A night: from last night's state and what has arrived since to tonight's, bucket by bucket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import apache_beam as beam
import polars as pl

from schemas.avro import avro_schema
from schemas.outcomes import ROUTES
from transforms.assess.frame import Terms, assess
from transforms.assess.tally import tally
from transforms.avro.quarantined import QUARANTINED
from transforms.frames.frame import Frame, concat_frames
from transforms.nightly.bucket_files import read_whole
from transforms.nightly.buckets import bucket_file, by_bucket
from transforms.nightly.changes import CHANGES, SUMMARY, LastNight, changes, summarize
from transforms.nightly.events import EVENTS, base_events, normalize_events
from transforms.nightly.fold import fold
from transforms.nightly.reviews import REVIEWS, keep_reviews, normalize_reviews, queue
from transforms.normalize.case_frame import CASES
from transforms.normalize.duplicates import resolve
from transforms.route.tally import SCHEMA as TALLY
from transforms.route.tally import (
    add_up,
    tally_damaged,
    tally_quarantined,
    tally_rows,
)

PART_SCHEMAS = {
    **dict.fromkeys(ROUTES, "recommendation"),
    **dict.fromkeys(("quarantine", "duplicates"), "quarantined"),
    "cases": "case_record",
    "log": "case_event",
    "reviews": "review",
    "queue": "queue",
    "changes": "change",
}


@dataclass(frozen=True)
class Night:
    """A night's terms.

    Args:
        terms: The terms on which cases are assessed.
        options: The options that determine the terms, as a value that can be compared.
        buckets: The number of buckets.
        second_reader: Whether a review that expedites counts only with a second reader.
        last_run: Last night's directory; None on a first night.
        last: How last night assessed cases; None on a first night.
    """

    terms: Terms
    options: tuple[object, ...]
    buckets: int
    second_reader: bool
    last_run: str | None
    last: LastNight | None

    def state(self, part: str, bucket: int, columns: tuple[str, ...] | None = None) -> Frame:
        """Read a bucket of a part of last night's run; nothing on a first night."""
        schema = avro_schema(PART_SCHEMAS[part])
        path = "" if self.last_run is None else self.last_run + "/"
        if not path:
            return _EMPTY[part].to_frame()
        return read_whole(path + bucket_file(part, bucket, self.buckets), schema, columns)


_EMPTY = {"cases": CASES, "log": EVENTS, "reviews": REVIEWS}


class Folding(NamedTuple):
    """The result of applying tonight's events to last night's records.

    Args:
        records: Tonight's records, columns of case_record.avsc.
        log: Tonight's events in force.
        quarantined: Events that can't be applied, and conflicts.
        tallies: Counts of events.
    """

    records: Frame
    log: Frame
    quarantined: Frame
    tallies: Frame


def fold_in(records: Frame, log: Frame, events: Frame) -> Folding:
    """Apply new events to records; only cases that have any are touched.

    Args:
        records: Last night's records.
        log: Last night's log: every event in force of each case that ever had one.
        events: New events, columns of case_event.avsc, as agencies write them.

    Returns:
        Tonight's records, by case id, and log.
    """
    good, bad = normalize_events(events)
    touched = good.select("case_id").unique()
    bases = base_events(
        records.join(touched, on="case_id", how="semi").join(log, on="case_id", how="anti")
    )
    folded = fold(pl.concat([log.join(touched, on="case_id", how="semi"), bases, good]))
    rest = log.join(touched, on="case_id", how="anti")
    tonight = pl.concat([records.join(folded.records, on="case_id", how="anti"), folded.records])
    known = pl.concat([records.select("case_id"), folded.records.select("case_id")])
    everything = pl.concat([rest, folded.log]).sort("case_id", "recorded_at", "event_id")
    tallies = [
        tally_rows("events", events),
        tally_rows("event_bad", bad),
        tally_rows("event_conflicts", folded.conflicts),
        tally_rows("event_pending", everything.join(known, on="case_id", how="anti")),
        tally_rows("opened", folded.records.join(records, on="case_id", how="anti")),
    ]
    return Folding(
        tonight.sort("case_id"),
        everything,
        pl.concat([bad, folded.conflicts]),
        pl.concat([*tallies, _number("event_repeated", folded.repeated)]),
    )


def one_bucket(
    night: Night,
    bucket: int,
    cases: Frame,
    events: Frame,
    reviews: Frame,
    lost_cases: Frame,
    lost_news: Frame,
) -> Iterator[tuple[str, Frame]]:
    """Take one bucket through a night.

    Args:
        night: The night's terms.
        bucket: The bucket's number.
        cases: On a first night, the bucket's records from case files.
        events: The bucket's new events, as read.
        reviews: The bucket's new reviews, as read.
        lost_cases: What couldn't be read in case files: rows of quarantined.avsc.
        lost_news: What couldn't be read in files of events and reviews.

    Yields:
        The parts that have rows, by name, and the counts as `tally`.
    """
    begun, superseded = _winners(cases)
    old = pl.concat([night.state("cases", bucket), begun])
    folding = fold_in(old, night.state("log", bucket), events)
    assessed = assess(folding.records, night.terms)
    after = summarize(assessed.recommendations)
    before = None
    found = CHANGES.to_frame()
    if night.last is not None:
        routes = [night.state(route, bucket, SUMMARY) for route in ROUTES]
        before = summarize(pl.concat(routes))
        found = changes(
            before, assessed, old, folding.records, folding.log,
            night.last, night.terms, night.options,
        )  # fmt: skip
    good, bad = normalize_reviews(reviews)
    kept = keep_reviews(
        night.state("reviews", bucket), good,
        after.clear() if before is None else before, after, night.terms.as_of,
        None if night.last is None else night.last.as_of,
    )  # fmt: skip
    scored = after.with_columns(assessed.recommendations["score_low"])
    waiting = queue(
        scored, kept.reviews, folding.log, before, night.terms.as_of,
        second_reader=night.second_reader,
    )  # fmt: skip
    aside = [folding.quarantined, bad, kept.conflicts]
    parts: dict[str, Frame] = {
        **{route: assessed.recommendations.filter(pl.col("route") == route) for route in ROUTES},
        "quarantine": pl.concat([lost_cases, assessed.quarantined, lost_news, *aside]),
        "duplicates": superseded,
        "cases": folding.records,
        "log": folding.log,
        "reviews": kept.reviews,
        "queue": waiting,
        "changes": found,
    }
    for name, frame in parts.items():
        if frame.height:
            yield name, frame
    yield (
        "tally",
        add_up(
            [
                folding.tallies,
                tally(assessed),
                tally_quarantined(pl.concat([lost_cases, assessed.quarantined])),
                tally_damaged(lost_news),
                _by_key("quarantine", pl.concat([lost_news, *aside])["reason"]),
                _number("news_unread", int(lost_news["record_count"].sum())),
                tally_rows("before", old),
                tally_rows("reviews", reviews),
                _number("review_new", kept.new),
                tally_rows("review_bad", bad),
                tally_rows("review_conflicts", kept.conflicts),
                _by_key("mark", waiting["mark"].cast(pl.String).fill_null("")),
                _by_key("cause", _kinds(found)),
            ]
        ),
    )


def _winners(cases: Frame) -> tuple[Frame, Frame]:
    """Choose the latest of records with the same id; the others become rows of quarantined.avsc."""
    often = cases.select(
        pl.col("case_id").is_duplicated() & pl.col("case_id").is_not_null()
    ).to_series()
    if not often.any():
        return cases, QUARANTINED.to_frame()
    winners, superseded = resolve(cases.filter(often))
    return pl.concat([cases.filter(~often), winners]), superseded


def _number(of: str, count: int) -> Frame:
    return pl.DataFrame({"of": [of], "key": [""], "count": [count]}, schema=TALLY)


def _by_key(of: str, keys: pl.Series) -> Frame:
    """Count under one name, by key."""
    return (
        pl.DataFrame({"key": keys})
        .drop_nulls()
        .group_by("key")
        .len("count")
        .select(pl.lit(of).alias("of"), "key", "count")
        .cast(TALLY)
    )


def _kinds(found: Frame) -> pl.Series:
    """List the kinds of causes of changes, each once per change."""
    kind = pl.element().struct.field("kind").cast(pl.String)
    return found["causes"].list.eval(kind).list.unique().explode()


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
        """Expand from frames by bucket, named as in `one_bucket`, to files and tallies."""
        every = [(bucket, QUARANTINED.to_frame()) for bucket in range(self.night.buckets)]
        some = next(iter(pcolls.values())).pipeline | beam.Create(every, reshuffle=False)
        return (
            {**pcolls, "every": some}
            | beam.CoGroupByKey()
            | beam.FlatMapTuple(self.run).with_outputs("tally", main="files")
        )

    def run(self, bucket: int, came: dict[str, Iterable[Frame]]) -> Iterator[Any]:
        """Run one bucket's night; give (file, frame) pairs and tallies."""
        frames = [
            concat_frames(list(came[name]), schema)
            for name, schema in (
                ("cases", CASES),
                ("events", EVENTS),
                ("reviews", REVIEWS),
                ("lost_cases", QUARANTINED),
                ("lost_news", QUARANTINED),
            )
        ]
        for name, frame in one_bucket(self.night, bucket, *frames):
            if name == "tally":
                yield beam.pvalue.TaggedOutput("tally", frame)
            else:
                yield bucket_file(name, bucket, self.night.buckets), frame


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
