"""Backtest: the court's closures by discretion, beside what a rulebook recommends."""

from __future__ import annotations

import datetime
from typing import Any

import polars as pl

from schemas.eoir import published
from schemas.outcomes import ROUTES
from transforms.frames.frame import Frame
from transforms.oversight import closures
from transforms.oversight.closures import Docket
from transforms.oversight.hits import Counts, hits
from transforms.oversight.table import SHARE, Column, Findings, Table

Row = dict[str, Any]
_ALL = "all"


def backtest(
    outcomes: Frame, first: datetime.date, last: datetime.date, docket: Docket | None
) -> Findings:
    """Compare the court's outcomes with recommendations.

    Args:
        outcomes: Columns `transforms.oversight.replay.OUTCOMES`.
        first: The first day of the period.
        last: Its last day.
        docket: The docket that closures are shares of; None without one.
    """
    inside = outcomes.filter(pl.col("day").is_between(first, last))
    judged = inside.filter(pl.col("route").is_not_null())
    closed = inside.filter("discretion")
    return Findings(
        f"Backtest: outcomes from {first} to {last}",
        tuple(_lines(inside, judged, docket)),
        (
            _hits(judged),
            _routes(inside),
            closures.by(inside, "court", docket, published.SHARES),
            closures.by(inside, "nationality", docket),
            closures.by(inside, "month"),
            closures.to_date(inside, docket),
            closures.by_code(closed),
        ),
        {"outcomes": inside.height, "by_discretion": closed.height, "judged": judged.height,
         "by_discretion_judged": judged.filter("discretion").height,
         "pending": None if docket is None else docket.cases.height},
        names=False,
    )  # fmt: skip


def _lines(inside: Frame, judged: Frame, docket: Docket | None) -> list[str]:
    closed = inside.filter("discretion").height
    lines = [
        f"{inside.height:,} proceedings ended, {closed:,} of them by discretion"
        + (f" ({100 * closed / inside.height:.1f} %)." if inside.height else "."),
    ]
    if judged.height < inside.height:
        lines.append(
            f"{judged.height:,} of them are judged as of the day before; for the others, the "
            "release doesn't show the case that day, or no rulebook was in force."
        )
    yes = Counts.of(judged.filter("discretion"))
    if yes.cases:
        lines.append(
            f"Of {yes.cases:,} that were closed by discretion and are judged, the rulebook "
            f"recommends to close {yes.close:,}, and up to {yes.possible:,} if facts that the "
            "release doesn't have turn out so."
        )
    if docket is None:
        lines.append("The import isn't of one day's docket, so there are no shares of it.")
    return lines


def _hits(judged: Frame) -> Table:
    return Table(
        "hits", "Do recommendations and closures by discretion go together?",
        "Recall and precision among the outcomes that are judged, with what they could be if all "
        "facts were known.",
        (
            Column("measure", "label", "measure"),
            Column("cases", "count", "cases"),
            Column("hits", "count", "both"),
            *SHARE,
            Column("least", "low", "if all were\nknown"),
            Column("most", "high", ""),
        ), hits(judged),
    )  # fmt: skip


def _routes(inside: Frame) -> Table:
    rows = []
    for name, part in (
        ("closed by discretion", inside.filter("discretion")),
        ("ended otherwise", inside.filter(~pl.col("discretion"))),
        (_ALL, inside),
    ):
        judged = part.filter(pl.col("route").is_not_null())
        routed: dict[str, int] = {r: int((judged["route"] == r).sum()) for r in ROUTES}
        rows.append(
            {"outcome": name, "outcomes": part.height, "judged": judged.height, **routed,
             "possible": Counts.of(judged).possible, "certain": Counts.of(judged).certain}
        )  # fmt: skip
    return Table(
        "routes", "What did the rulebook recommend the day before?",
        "Outcomes by the recommended route. Could close: with facts that aren't known, the route "
        "could be close.",
        (
            Column("outcome", "label", "the court"),
            Column("outcomes", "count", "outcomes"),
            Column("judged", "count", "judged"),
            *(Column(route, "count", route) for route in ROUTES),
            Column("possible", "count", "could\nclose"),
            Column("certain", "count", "could only close", shown=False),
        ), rows,
    )  # fmt: skip
