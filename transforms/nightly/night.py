"""A night, for one bucket: from last night's state and new arrivals to tonight's state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from schemas.avro import avro_schema
from schemas.outcomes import ROUTES
from transforms.assess.frame import Assessed, Terms, TermsKey, assess
from transforms.assess.tally import tally
from transforms.avro.quarantined import QUARANTINED
from transforms.avro.whole import read_whole
from transforms.frames.frame import Frame
from transforms.nightly.buckets import PART_SCHEMAS, bucket_file
from transforms.nightly.changes import SUMMARY, Compared, Folded, summarize
from transforms.nightly.events import EVENTS
from transforms.nightly.folding import fold_in
from transforms.nightly.reviews import REVIEWS, Kept, keep_reviews, normalize_reviews, queue
from transforms.normalize.case_frame import CASES
from transforms.normalize.duplicates import resolve
from transforms.route.by_route import by_route
from transforms.route.tally import (
    add_up,
    tally_damaged,
    tally_keys,
    tally_number,
    tally_quarantined,
    tally_rows,
)


@dataclass(frozen=True)
class Night:
    """A night's terms.

    Args:
        terms: The terms on which cases are assessed.
        buckets: The number of buckets.
        second_reader: Whether a review that expedites counts only with a second reader.
        last_run: Last night's directory; None on a first night.
        last: Last night's terms; None on a first night.
    """

    terms: Terms
    buckets: int
    second_reader: bool
    last_run: str | None
    last: TermsKey | None

    def state(self, part: str, bucket: int, columns: tuple[str, ...] | None = None) -> Frame:
        """Read a bucket of a part of last night's run; nothing on a first night."""
        schema = avro_schema(PART_SCHEMAS[part])
        path = "" if self.last_run is None else self.last_run + "/"
        if not path:
            return _EMPTY[part].to_frame()
        return read_whole(path + bucket_file(part, bucket, self.buckets), schema, columns)


_EMPTY = {"cases": CASES, "log": EVENTS, "reviews": REVIEWS}


class Came(NamedTuple):
    """What arrived for a bucket, as read.

    Args:
        cases: On a first night, records from case files, columns of case_record.avsc.
        events: New events, columns of case_event.avsc.
        reviews: New reviews, columns of review.avsc.
        lost_cases: What couldn't be read in case files: rows of quarantined.avsc.
        lost_news: What couldn't be read in files of events and reviews: rows of quarantined.avsc.
    """

    cases: Frame = CASES.to_frame()
    events: Frame = EVENTS.to_frame()
    reviews: Frame = REVIEWS.to_frame()
    lost_cases: Frame = QUARANTINED.to_frame()
    lost_news: Frame = QUARANTINED.to_frame()


class Done(NamedTuple):
    """What a night made of a bucket.

    Args:
        parts: The parts that have rows, by name.
        tally: The counts.
        compared: The same cases last night and tonight; None on a first night.
    """

    parts: dict[str, Frame]
    tally: Frame
    compared: Compared | None


def one_bucket(night: Night, bucket: int, came: Came) -> Done:
    """Take one bucket through a night, except for its changes (`transforms.nightly.changes`).

    Args:
        night: The night's terms.
        bucket: The bucket's number.
        came: What arrived for it.
    """
    begun, superseded = _winners(came.cases)
    old = pl.concat([night.state("cases", bucket), begun])
    folding = fold_in(old, night.state("log", bucket), came.events)
    assessed = assess(folding.records, night.terms)
    after = summarize(assessed.recommendations)
    before, compared = None, None
    if night.last is not None:
        before = summarize(pl.concat(night.state(route, bucket, SUMMARY) for route in ROUTES))
        compared = Compared(before, assessed, Folded(old, folding.records, folding.log))
    good, bad = normalize_reviews(came.reviews)
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
    refused = pl.concat([came.lost_news, folding.quarantined, bad, kept.conflicts])
    parts: dict[str, Frame] = {
        **dict(by_route(assessed.recommendations)),
        "quarantine": pl.concat([came.lost_cases, assessed.quarantined, refused]),
        "duplicates": superseded,
        "cases": folding.records,
        "log": folding.log,
        "reviews": kept.reviews,
        "queue": waiting,
    }
    tallies = [
        folding.tallies,
        tally(assessed),
        tally_rows("before", old),
        *_tally_unread(came, assessed, refused),
        *_tally_reviews(came.reviews, kept, bad),
        tally_keys("mark", waiting.select(key=pl.col("mark").cast(pl.String).fill_null(""))),
    ]
    written = {name: frame for name, frame in parts.items() if frame.height}
    return Done(written, add_up(tallies), compared)


def _tally_unread(came: Came, assessed: Assessed, refused: Frame) -> list[Frame]:
    """Count what couldn't be read or used."""
    return [
        tally_quarantined(pl.concat([came.lost_cases, assessed.quarantined])),
        tally_damaged(came.lost_news),
        tally_number("news_unread", int(came.lost_news["record_count"].sum())),
        tally_keys("quarantine", refused.select(key="reason")),
    ]


def _tally_reviews(reviews: Frame, kept: Kept, bad: Frame) -> list[Frame]:
    """Count what happened to new reviews."""
    return [
        tally_rows("reviews", reviews),
        tally_number("review_new", kept.new),
        tally_rows("review_bad", bad),
        tally_rows("review_conflicts", kept.conflicts),
    ]


def _winners(cases: Frame) -> tuple[Frame, Frame]:
    """Choose the latest of records with the same id; the others become rows of quarantined.avsc."""
    often = cases.select(
        pl.col("case_id").is_duplicated() & pl.col("case_id").is_not_null()
    ).to_series()
    if not often.any():
        return cases, QUARANTINED.to_frame()
    winners, superseded = resolve(cases.filter(often))
    return pl.concat([cases.filter(~often), winners]), superseded
