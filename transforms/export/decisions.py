"""Decisions that come back in a worklist, as reviews, with every cell that can't be used."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from schemas.outcomes import ROUTES
from schemas.worklist import COLUMNS, DECIDED, NO, REASON_CODES, YES
from transforms.export.cells import GUARD, STARTS
from transforms.frames.frame import Frame
from transforms.frames.nulls import given_code, given_text
from transforms.nightly.reviews import REVIEWS
from transforms.normalize.dates import iso_time

ROW = "row"
NAMES = tuple(column.name for column in COLUMNS)
REFUSED = pl.Schema({ROW: pl.Int64, "name": pl.String, "wrong": pl.String, "allowed": pl.String})
_WORDS = {"yes": YES, "y": YES, "true": YES, "1": YES, "no": NO, "n": NO, "false": NO, "0": NO}
_OFFERS = {(NO, ""): "NOT_OFFERED", (YES, ""): "OFFERED", (YES, YES): "ACCEPTED",
           (YES, NO): "DECLINED"}  # fmt: skip
_DATE = "a date, such as 2011-11-17 or 2011-11-17 15:30"
_ALLOWED = {
    "case_id": "the case's id",
    "decision": ", ".join(ROUTES),
    "reviewer": "who decided",
    "decided_on": _DATE,
    "reason_code": ", ".join(REASON_CODES),
    "offered": "yes, no",
    "accepted": "yes, no; only if offered is yes",
    "humanitarian": "yes, no",
    "route": ", ".join(ROUTES),
}
# Without one of these, a row isn't a review.
NEEDED = ("case_id", "decision", "reviewer", "decided_on")


class Decided(NamedTuple):
    """What a sheet of decisions gives.

    Args:
        reviews: Columns of review.avsc, a row per decision that can be used.
        refused: Columns `REFUSED`, by row.
        undecided: How many rows have no decision.
        incomplete: How many rows are no review because a needed cell was refused.
        repeated: How many rows say again what an earlier row says.
    """

    reviews: Frame
    refused: Frame
    undecided: int
    incomplete: int
    repeated: int


def decisions(texts: Frame) -> Decided:
    """Make reviews of a worklist's rows.

    Args:
        texts: `row` (Int64) and any of the columns of a worklist (String).

    Returns:
        The reviews and what was refused. A cell that isn't needed is left out if it is refused.
    """
    missing = [pl.lit(None, pl.String).alias(name) for name in NAMES if name not in texts.columns]
    whole = texts.with_columns(missing).select(ROW, *map(_unguarded, NAMES))
    is_filled_in = pl.any_horizontal(
        given_text(pl.col(column.name)).is_not_null() for column in DECIDED
    )
    rows = whole.filter(is_filled_in)
    tidy = _tidy(rows)
    refused = [frame for name, wrong in _faults(rows, tidy) for frame in _refusals(name, wrong)]
    lacking = pl.concat([REFUSED.to_frame(), *refused]).filter(pl.col("name").is_in(NEEDED))
    complete = tidy.join(lacking.select(ROW), on=ROW, how="anti", maintain_order="left")
    made = _reviews(complete)
    first = made.unique(REVIEWS.names(), keep="first", maintain_order=True)
    once = first.unique("review_id", keep="first", maintain_order=True)
    others = first.join(once.select(ROW), on=ROW, how="anti")
    refused.append(
        others.select(
            ROW,
            name=pl.lit("decision"),
            wrong=pl.lit("differs from that of another row with the same case, reviewer, and date"),
            allowed=pl.lit("one decision; give a later one a later date or a time"),
        )
    )
    return Decided(
        once.select(REVIEWS.names()),
        pl.concat([REFUSED.to_frame(), *refused]).sort(ROW, maintain_order=True),
        whole.height - rows.height,
        rows.height - complete.height + others.height,
        made.height - first.height,
    )


def _unguarded(name: str) -> pl.Expr:
    """Take away the apostrophe that keeps a spreadsheet from running a cell."""
    text = pl.col(name)
    guarded = text.str.starts_with(GUARD) & text.str.slice(1, 1).is_in(list(STARTS))
    return pl.when(guarded).then(text.str.slice(1)).otherwise(text).alias(name)


def _tidy(rows: Frame) -> Frame:
    yes_or_no = {
        name: given_text(pl.col(name)).str.to_lowercase().replace_strict(
            _WORDS, default=None, return_dtype=pl.String
        )
        for name in ("offered", "accepted", "humanitarian")
    }  # fmt: skip
    tidy = rows.with_columns(
        *(given_text(pl.col(name)).alias(name) for name in ("reviewer", "supervisor", "reason")),
        case_id=given_code(pl.col("case_id")),
        decision=_one_of("decision", ROUTES),
        route=_one_of("route", ROUTES),
        reason_code=given_text(pl.col("reason_code"))
        .str.to_uppercase()
        .str.replace_all(r"[\s-]+", "_"),
        decided_at=iso_time(pl.col("decided_on")),
        **yes_or_no,
    )
    known = pl.col("reason_code").is_in(list(REASON_CODES))
    offered = pl.col("offered").eq_missing(pl.lit(YES))
    return tidy.with_columns(
        reason_code=pl.when(known).then("reason_code"),
        accepted=pl.when(offered).then("accepted"),
    )


def _one_of(name: str, allowed: tuple[str, ...]) -> pl.Expr:
    text = given_text(pl.col(name)).str.to_lowercase()
    return pl.when(text.is_in(allowed)).then(text)


def _faults(rows: Frame, tidy: Frame) -> Iterator[tuple[str, Frame]]:
    """Find cells that are empty but needed, and cells whose value was lost."""
    for name in _ALLOWED:
        value = tidy["decided_at" if name == "decided_on" else name]
        given = rows.select(given_text(pl.col(name)).is_not_null()).to_series()
        lost = value.is_null() & given
        yield name, rows.filter(lost).select(ROW, wrong=pl.lit(_wrong(name)))
        if name in NEEDED:
            yield name, rows.filter(value.is_null() & ~given).select(ROW, wrong=pl.lit("is empty"))


def _wrong(name: str) -> str:
    return "can't be read as a date" if name == "decided_on" else "isn't one of the values"


def _refusals(name: str, wrong: Frame) -> Iterator[Frame]:
    yield wrong.select(
        ROW, pl.lit(name).alias("name"), "wrong", pl.lit(_ALLOWED[name]).alias("allowed")
    )


def _reviews(rows: Frame) -> Frame:
    """Make reviews: columns of review.avsc, and `row`."""
    offers = pl.DataFrame(
        [(*key, offer) for key, offer in _OFFERS.items()],
        schema={"offered": pl.String, "_accepted": pl.String, "offer": REVIEWS["offer"]},
        orient="row",
    )
    ids = [_review_id(*key) for key in rows.select("case_id", "reviewer", "decided_at").iter_rows()]
    # What was recommended is known only with its reasons, of which there may be none.
    reasons = pl.col("criteria").fill_null("").str.split(" ").list.eval(
        pl.element().filter(pl.element() != "")
    )  # fmt: skip
    joined = rows.with_columns(
        pl.Series("review_id", ids, pl.String), _accepted=pl.col("accepted").fill_null("")
    ).join(offers, on=["offered", "_accepted"], how="left", maintain_order="left")
    return joined.with_columns(
        route=pl.col("decision"),
        route_then="route",
        reasons_then=pl.when(pl.col("route").is_not_null()).then(reasons),
        humanitarian_considered=pl.col("humanitarian").replace_strict(
            {YES: True, NO: False}, default=None, return_dtype=pl.Boolean
        ),
        background_check=pl.lit(None, REVIEWS["background_check"]),
        seen_on=pl.lit(None, pl.Date),
    ).select(ROW, *(pl.col(name).cast(dtype) for name, dtype in REVIEWS.items()))


def _review_id(case: str, reviewer: str, decided: str) -> str:
    """Make the id of a decision: the same worklist imported again gives the same reviews."""
    text = "\0".join((case, reviewer, decided))
    return f"W{hashlib.blake2b(text.encode(), digest_size=8).hexdigest().upper()}"
