"""Handling: how offices decide: how soon, who signs, what is offered, and what was considered."""

from __future__ import annotations

from typing import Any

import polars as pl

from transforms.frames.frame import Frame
from transforms.oversight import figures
from transforms.oversight.floors import RATES_FROM
from transforms.oversight.table import SHARE, Column, Table

Row = dict[str, Any]
UNKNOWN = "not known"
DECIDED = Column("decisions", "count", "decisions")


def handled(frame: Frame, recommended: Frame) -> Table:
    """Say how far offices are, how long they take, who signs, and what is offered.

    Args:
        frame: Decisions (`transforms.oversight.decisions.Decisions`).
        recommended: `case_id` and `office` of every case of the run.
    """
    routed = dict(recommended.group_by("office").len().iter_rows())
    parts = {key[0]: part for key, part in frame.group_by("office")}
    rows = [_handling(routed[o], parts.get(o, frame.clear())) | {"office": o or UNKNOWN}
            for o in routed]  # fmt: skip
    rows.sort(key=lambda row: (-row["decided"], -row["routed"], row["office"]))
    rows.append(_handling(recommended.height, frame) | {"office": "all"})
    return Table(
        "handling", "How far are they, and how do they decide?",
        "Cases of the run and those with a decision; days from the run's date to a decision; "
        "decisions that another person signed; offers to close, and how many were declined.",
        (
            Column("office", "label", "office"),
            Column("routed", "count", "cases"),
            Column("decided", "count", "decided"),
            Column("decided_share", "share", "share"),
            Column("days_median", "days", "days,\nmedian"),
            Column("days_90", "days", "days, 90 %\nwithin", shown=False),
            Column("days_most", "days", "days, most", shown=False),
            Column("before", "count", "decided before the run", shown=False),
            Column("signed", "count", "signed decisions", shown=False),
            Column("signed_share", "share", "signed"),
            Column("signed_by_self", "count", "signed by the attorney", shown=False),
            Column("offered", "count", "offered"),
            Column("accepted", "count", "accepted", shown=False),
            Column("declined", "count", "declined"),
        ), rows, most=60,
    )  # fmt: skip


def _handling(routed: int, part: Frame) -> Row:
    decided, days = part["case_id"].n_unique(), part["days"].drop_nulls()
    signed = part.filter(pl.col("supervisor").is_not_null())
    by_self = int((signed["supervisor"] == signed["reviewer"]).sum())
    offers = part["offer"].cast(pl.String)
    accepted, declined = (int((offers == name).sum()) for name in ("ACCEPTED", "DECLINED"))
    by_other = signed.height - by_self
    return {
        "routed": routed,
        "decided": decided,
        "decided_share": decided / routed if routed else None,
        "days_median": days.median(),
        "days_90": days.quantile(0.9, "nearest"),
        "days_most": days.max(),
        "before": part.height - len(days),
        "signed": by_other,
        "signed_share": by_other / part.height if part.height >= RATES_FROM else None,
        "signed_by_self": by_self,
        "offered": int((offers == "OFFERED").sum()) + accepted + declined,
        "accepted": accepted,
        "declined": declined,
    }


def humanitarian(frame: Frame) -> Table:
    """Count decisions by whether humanitarian factors were considered, by office and attorney.

    Args:
        frame: Decisions (`transforms.oversight.decisions.Decisions`).
    """
    said = pl.col("humanitarian_considered")
    counted = [
        pl.len().alias("decisions"),
        said.sum().alias("considered"),
        (~said).sum().alias("not_considered"),
        said.null_count().alias("unsaid"),
    ]
    offices = frame.group_by("office").agg(*counted)
    attorneys = frame.group_by("office", "reviewer").agg(*counted)
    whole = frame.select(*counted, office=pl.lit("all"), reviewer=pl.lit(""))
    every = pl.concat([offices, attorneys], how="diagonal").with_columns(
        pl.col("decisions").sum().over("office").alias("_of_office"),
        pl.col("office").fill_null(UNKNOWN),
        is_office=pl.col("reviewer").is_null(),
        reviewer=pl.when(pl.int_range(pl.len()) < offices.height)
        .then(pl.lit(""))
        .otherwise(pl.col("reviewer").fill_null(UNKNOWN)),
    )
    ordered = every.sort(
        "_of_office", "office", "is_office", "decisions", "reviewer",
        descending=[True, False, True, True, False],
    )  # fmt: skip
    rows = [
        {**row, **figures.rate(row["considered"], row["considered"] + row["not_considered"])}
        for row in (*ordered.iter_rows(named=True), *whole.iter_rows(named=True))
    ]
    return Table(
        "humanitarian", "Were humanitarian factors considered?",
        "Decisions whose review says so, of those that say either way, per office and per "
        "attorney.",
        (
            Column("office", "label", "office"),
            Column("reviewer", "label", "attorney"),
            DECIDED,
            Column("considered", "count", "yes"),
            Column("not_considered", "count", "no"),
            Column("unsaid", "count", "not\nsaid"),
            *SHARE,
        ), rows, most=12,
    )  # fmt: skip
