"""Decisions: each review beside what was recommended to the attorney at the time."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from schemas.outcomes import ROUTES
from transforms.frames.frame import Frame
from transforms.nightly.reviews import REVIEWS, keep_reviews, normalize_reviews
from transforms.route.recommendation import REASON_IDS

# How severe a route is for the person: a decision beyond the recommended one departs from it.
RANK = {"close": 0, "continue": 1, "expedite": 2}
READ = ("case_id", "court", "opla_office", "route", "state", "reasons", "criteria_true")


class Decisions(NamedTuple):
    """Reviews, matched with a run.

    Args:
        frame: A row per decision: the columns of review.avsc; `office` (String, null if the record
            doesn't say); `followed` (Boolean, null if it isn't known what was recommended); `lean`
            (Int8: below zero for a milder route than the recommended one, above for a harsher one);
            `days` (Int32: from the run's as-of date; null if decided earlier); `state` and
            `criteria` (of the run; null if the run's route isn't the one that was recommended).
        counts: What was read and what came of it. `read` is the sum of all others.
        refused: How many reviews couldn't be used, by reason.
    """

    frame: Frame
    counts: Mapping[str, int]
    refused: Mapping[str, int]


def match(reviews: Frame, recommended: Frame, as_of: datetime.date, by: str) -> Decisions:
    """Match reviews with the recommendations of a run.

    Args:
        reviews: Columns of review.avsc, as agencies write them.
        recommended: The columns `READ` of recommendation.avsc.
        as_of: The run's as-of date. If a review doesn't say what was recommended, it is what the
            run recommends, unless the review was decided before that date.
        by: The column that names the office: `opla_office` or `court`.
    """
    checked = normalize_reviews(reviews)
    seen = recommended.select("case_id", "route", REASON_IDS)
    kept = keep_reviews(REVIEWS.to_frame(), checked.good, seen, seen, as_of, as_of)
    refused = pl.concat([checked.quarantined, kept.conflicts])["reason"]
    there = kept.reviews.join(
        recommended.select(
            "case_id",
            pl.col(by).alias("office"),
            pl.col("state").alias("_state"),
            pl.col("route").alias("_route"),
            pl.col("criteria_true").list.sort().alias("_criteria"),
        ),
        on="case_id",
        how="inner",
        maintain_order="left",
    )
    same = pl.col("_route") == pl.col("route_then")
    rank, then = (
        pl.col(name).replace_strict(RANK, return_dtype=pl.Int8) for name in ("route", "route_then")
    )
    days = (pl.col("decided_at").str.slice(0, 10).str.to_date("%Y-%m-%d") - as_of).dt.total_days()
    frame = there.with_columns(
        followed=pl.col("route") == pl.col("route_then"),
        lean=rank - then,
        days=pl.when(days >= 0).then(days).cast(pl.Int32),
        state=pl.when(same).then("_state"),
        criteria=pl.when(same).then("_criteria"),
    ).drop("_state", "_route", "_criteria")
    counts = {
        "decisions": frame.height,
        "of_no_case_of_the_run": kept.reviews.height - there.height,
        "repeated": checked.good.height - kept.reviews.height - kept.conflicts.height,
        "refused": len(refused),
    }
    by_reason = dict(sorted(refused.value_counts().iter_rows()))
    return Decisions(frame, {"read": reviews.height, **counts}, by_reason)


def latest(decisions: Frame) -> Frame:
    """Return the last decision on each case."""
    ordered = decisions.sort("case_id", "decided_at", "review_id")
    return ordered.unique("case_id", keep="last", maintain_order=True)


def matrix(decisions: Frame) -> list[list[int]]:
    """Count decisions by the recommended route (rows) and the decided one (columns)."""
    counted = {
        row[:2]: row[2] for row in decisions.group_by("route_then", "route").len().iter_rows()
    }
    return [[int(counted.get((then, now), 0)) for now in ROUTES] for then in ROUTES]
