"""Reviews: what attorneys decided, kept forever, and the cases that wait for one.

After a review that counts, a case leaves the queue. It comes back, marked, as long as its route or
its reasons differ from those that the attorney saw. Those are what the review says they were;
otherwise, last night's, if the review was decided on last night's day or later; otherwise, they are
unknown, and the case comes back.
"""

from __future__ import annotations

import datetime
from typing import NamedTuple

import polars as pl

from schemas.avro import avro_schema
from schemas.outcomes import ROUTES
from schemas.worklist import REASON_CODES
from transforms.avro.quarantined import QUARANTINED
from transforms.avro.types import polars_schema
from transforms.frames.frame import Frame, json_lines
from transforms.frames.nulls import given_code
from transforms.nightly.events import BASE, Checked, part, text_of, time_faults
from transforms.normalize.case_frame import case_key
from transforms.normalize.dates import iso_time
from transforms.normalize.quarantine import quarantined_records

REVIEWS = polars_schema(avro_schema("review"))
QUEUE = polars_schema(avro_schema("queue"))
# What was recommended to the attorney.
SAW = ("route_then", "reasons_then")
NOT_KNOWN = "what was recommended when it was decided is not known"

_FAULTS = {
    "no_case": ("MISSING_CASE_ID", "case_id", "the review has no case_id"),
    "no_review": ("MISSING_REVIEW_ID", "review_id", "the review has no review_id"),
    "no_time": ("MISSING_DECIDED_AT", "decided_at", "the review doesn't say when it was decided"),
    "bad_time": ("BAD_DATE", "decided_at", "when it was decided isn't in a known date format"),
    "bad_route": ("UNKNOWN_CODE", "route", f"the route isn't one of {', '.join(ROUTES)}"),
    "bad_reason": (
        "UNKNOWN_CODE",
        "reason_code",
        f"the reason code isn't one of {', '.join(REASON_CODES)}",
    ),
    "bad_then": ("UNKNOWN_CODE", "route_then", f"the route isn't one of {', '.join(ROUTES)}"),
}


class Kept(NamedTuple):
    """All reviews, how many are new, and refused ones as rows of quarantined.avsc."""

    reviews: Frame
    new: int
    conflicts: Frame


def normalize_reviews(reviews: Frame) -> Checked:
    """Normalize reviews, and quarantine those that can't be kept.

    Args:
        reviews: Columns of review.avsc, as agencies write them.

    Returns:
        The good reviews, and the others as rows of quarantined.avsc.
    """
    tidy = reviews.with_columns(
        *(text_of(name).alias(name) for name in ("reviewer", "supervisor")),
        review_id=given_code(pl.col("review_id")),
        case_id=case_key(),
        decided_at=iso_time(pl.col("decided_at")),
        route=text_of("route").str.to_lowercase(),
        reason_code=text_of("reason_code").str.to_uppercase(),
        route_then=text_of("route_then").str.to_lowercase(),
        reasons_then=pl.col("reasons_then").list.eval(pl.element().str.strip_chars().drop_nulls()),
    )
    no_time, bad_time = time_faults(reviews, tidy, "decided_at")
    faults = tidy.select(
        no_case=pl.col("case_id").is_null(),
        no_review=pl.col("review_id").is_null(),
        no_time=pl.lit(no_time),
        bad_time=pl.lit(bad_time),
        bad_route=~pl.col("route").is_in(ROUTES).fill_null(False),
        bad_reason=~pl.col("reason_code").is_in(list(REASON_CODES)).fill_null(True),
        bad_then=~pl.col("route_then").is_in(ROUTES).fill_null(True),
    )
    return part(reviews, tidy, faults, _FAULTS, "review")


def keep_reviews(
    kept: Frame,
    new: Frame,
    before: Frame,
    after: Frame,
    as_of: datetime.date,
    last: datetime.date | None,
) -> Kept:
    """Add new reviews to those that are kept.

    Args:
        kept: All reviews up to last night.
        new: Tonight's reviews, normalized.
        before: Last night's recommendations (`transforms.nightly.changes.summarize`).
        after: Tonight's recommendations, for cases that had none.
        as_of: Tonight's as-of date.
        last: Last night's as-of date; None on a first night.

    Returns:
        All reviews. If two have the same id but different content, the first one read, or else the
        lesser one, is kept.
    """
    content = [name for name in REVIEWS if name not in (*SAW, "seen_on")]
    text = json_lines(new.select(content)).cast(pl.String).alias("_text")
    whole = json_lines(new.select(*content, *SAW)).cast(pl.String).alias("_whole")
    new = new.with_columns(text, whole).sort("case_id", "review_id", "_text", "_whole")
    new = new.unique("_text", keep="first", maintain_order=True)
    first = new.select(pl.struct("case_id", "review_id").is_first_distinct()).to_series()
    there = new.select("case_id", "review_id").join(
        kept.select("case_id", "review_id", pl.struct(content).alias("_kept")),
        on=["case_id", "review_id"],
        how="left",
        maintain_order="left",
    )["_kept"]
    mine = new.select(pl.struct(content)).to_series()
    repeated = there.is_not_null() & there.eq_missing(mine)
    fresh = first & there.is_null()
    seen = pl.concat([before, after.join(before, on="case_id", how="anti")])
    added = _with_seen(new.filter(fresh), seen, last).with_columns(seen_on=pl.lit(as_of))
    added = added.select(REVIEWS.names())
    refused = new.filter(~fresh & ~repeated).select(REVIEWS.names())
    conflicts = QUARANTINED.to_frame()
    if refused.height:
        conflicts = quarantined_records(
            refused,
            "review",
            pl.lit("REVIEW_CONFLICT"),
            pl.lit("review_id"),
            "another review of the case has the same id but different content",
        )
    return Kept(pl.concat([kept, added]).sort("case_id", "review_id"), added.height, conflicts)


def _with_seen(new: Frame, seen: Frame, last: datetime.date | None) -> Frame:
    """Add to reviews what was recommended when they were decided; null if that isn't known."""
    is_recorded = pl.col("route_then").is_not_null() | pl.col("reasons_then").is_not_null()
    # Decided before last night's day, but read after it, so the attorney didn't see last night's
    # result.
    late = pl.lit(False) if last is None else pl.col("decided_at") < last.isoformat()
    reasons = pl.col("reasons").fill_null(pl.lit([], pl.List(pl.String)))
    return new.join(
        seen.select("case_id", "reasons", _route="route"),
        on="case_id",
        how="left",
        maintain_order="left",
    ).with_columns(
        route_then=pl.when(is_recorded).then("route_then").when(~late).then("_route"),
        reasons_then=pl.when(is_recorded).then("reasons_then").when(~late).then(reasons),
    )


def queue(
    after: Frame,
    reviews: Frame,
    log: Frame,
    before: Frame | None,
    as_of: datetime.date,
    *,
    second_reader: bool,
) -> Frame:
    """List the cases that wait for an attorney.

    Args:
        after: Tonight's recommendations: those of
            `transforms.nightly.changes.summarize`, and `score_low`.
        reviews: All reviews.
        log: Tonight's events in force.
        before: Last night's recommendations; None on a first night.
        as_of: Tonight's as-of date.
        second_reader: Whether a review that expedites counts only with a second reader.

    Returns:
        Columns of queue.avsc, by route and score.
    """
    latest = reviews.sort("case_id", "decided_at", "review_id").unique(
        "case_id", keep="last", maintain_order=True
    )
    latest = latest.with_columns(_counts=_counts(latest, reviews, second_reader=second_reader))
    cases = after.select("case_id", "court", "route", "reasons", "score_low").join(
        latest.drop("route"), on="case_id", how="left", maintain_order="left"
    )
    moved = pl.col("route").ne_missing(pl.col("route_then")) | pl.col("reasons").ne_missing(
        pl.col("reasons_then")
    )
    new = pl.lit(False) if before is None else ~pl.col("case_id").is_in(before["case_id"].implode())
    reviewed = pl.col("review_id").is_not_null()
    marked = cases.with_columns(
        mark=pl.when(reviewed & moved)
        .then(pl.lit("CHANGED_SINCE_REVIEW"))
        .when(reviewed & ~pl.col("_counts"))
        .then(pl.lit("AWAITS_SECOND_READER"))
        .when(~reviewed & new)
        .then(pl.lit("NEW"))
    ).filter(~reviewed | pl.col("mark").is_not_null())
    return (
        marked.with_columns(as_of=pl.lit(as_of), changed=_changed(marked, log))
        .select(QUEUE.names())
        .cast(QUEUE)
        .sort("route", "score_low", "case_id", descending=[False, True, False])
    )


def _counts(latest: Frame, reviews: Frame, *, second_reader: bool) -> pl.Series:
    """Tell whether the latest review of each case lets it leave the queue.

    A second reader must have seen the same recommendation.
    """
    if not second_reader:
        return pl.Series([True], dtype=pl.Boolean).new_from_index(0, latest.height)
    same = (pl.col(name).eq_missing(pl.col(f"{name}_last")) for name in SAW)
    readers = (
        reviews.filter(pl.col("route") == "expedite")
        .join(latest, on="case_id", suffix="_last")
        .filter(*same)
        .group_by("case_id")
        .agg(pl.col("reviewer").drop_nulls().n_unique().alias("_readers"))
    )
    with_readers = latest.join(readers, on="case_id", how="left", maintain_order="left")
    signed = (pl.col("supervisor") != pl.col("reviewer")).fill_null(False)
    read_twice = pl.col("_readers").fill_null(0) >= 2
    return with_readers.select((pl.col("route") != "expedite") | signed | read_twice).to_series()


def _changed(marked: Frame, log: Frame) -> pl.Series:
    """Describe what has changed since a case's review."""
    back = marked.with_row_index("_row").filter(pl.col("mark") == "CHANGED_SINCE_REVIEW")
    now, then = pl.col("reasons"), pl.col("reasons_then").fill_null(pl.lit([], pl.List(pl.String)))
    unknown = pl.col("route_then").is_null() & pl.col("reasons_then").is_null()
    route = back.filter(pl.col("route").ne_missing(pl.col("route_then"))).select(
        "_row",
        text=pl.when(unknown)
        .then(pl.lit(NOT_KNOWN))
        .otherwise(
            pl.format("route was {}, is {}", pl.col("route_then").fill_null("none"), "route")
        ),
    )
    parts = [
        route,
        *(
            back.filter(~unknown)
            .select("_row", text=reasons)
            .explode("text")
            .drop_nulls()
            .with_columns(text=pl.lit(word) + pl.col("text"))
            for word, reasons in (
                ("reason gained: ", now.list.set_difference(then)),
                ("reason lost: ", then.list.set_difference(now)),
            )
        ),
        back.select("_row", "case_id", "decided_at")
        .join(log.filter(pl.col("event_id") != BASE), on="case_id")
        .filter(pl.col("recorded_at") > pl.col("decided_at"))
        .sort("_row", "recorded_at", "event_id")
        .select("_row", "event_id", "kind", text=pl.concat_list("sets", "adds"))
        .explode("text")
        .drop_nulls("text")
        .select(
            "_row",
            text=pl.format(
                "{} set by event {} ({})", "text", "event_id", pl.col("kind").cast(pl.String)
            ),
        ),
    ]
    words = pl.concat(parts).group_by("_row", maintain_order=True).agg(pl.col("text"))
    rows = marked.with_row_index("_row").select("_row")
    return (
        rows.join(words, on="_row", how="left", maintain_order="left")
        .select(pl.col("text").fill_null(pl.lit([], pl.List(pl.String))))
        .to_series()
    )
