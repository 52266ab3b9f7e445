"""Tallies: what the page counts, added up over frames."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

import polars as pl

from transforms.frames.frame import Frame
from transforms.report.docket import COUNTED, PROTECTED
from transforms.route.fact_sets import count_sets
from transforms.route.recommendation import REASON_IDS

SCHEMA = pl.Schema({"by": pl.String, "value": pl.String, "route": pl.String, "count": pl.Int64})
RECOMMENDED = (
    "case_id",
    "court",
    "route",
    "form",
    "state",
    "needs_review",
    "review_reasons",
    "reasons",
    "checks",
    "possible_routes",
    "missing_facts",
    "settling_facts",
    "conflicts",
    "score_low",
    "score_high",
    "changes_on",
    "changes_to",
)
MONTHS = 12


def tally_recommendations(recommendations: Frame, as_of: datetime.date) -> Frame:
    """Count recommendations by what the page shows.

    Args:
        recommendations: The columns `RECOMMENDED` of recommendation.avsc.
        as_of: The as-of date.

    Returns:
        Columns `SCHEMA`. `possible` counts a case for each route that is possible for it, `certain`
        only for the one that is; `changes` has a month and the new route as its value, and the
        route now; `settles_open` and `settles` count open and other cases by fact.
    """
    is_open = pl.col("state") == "OPEN"
    possible = recommendations.select(value="route", route="possible_routes")
    soon = pl.col("changes_on") <= horizon(as_of)
    month = pl.col("changes_on").dt.strftime("%Y-%m")
    settling = recommendations.select("route", is_open.alias("open"), value="settling_facts")
    parts = [
        _counted("court", recommendations.select("route", value="court")),
        _counted("form", recommendations.select("route", value="form")),
        _counted("possible", possible.explode("route", empty_as_null=False)),
        _counted("certain", possible.filter(pl.col("route").list.len() == 1).explode("route")),
        _listed("reason", recommendations.select("route", value=REASON_IDS)),
        _listed("settles_open", settling.filter("open").drop("open")),
        _listed("settles", settling.filter(~pl.col("open")).drop("open")),
        _counted(
            "changes",
            recommendations.filter(soon).select(
                "route", value=pl.format("{} {}", month, "changes_to")
            ),
        ),
        _counted(
            "changes_later", recommendations.filter(~soon).select("route", value="changes_to")
        ),
    ]
    return pl.concat(parts)


def horizon(as_of: datetime.date) -> datetime.date:
    """Return the last day whose changes the page shows by month."""
    last: datetime.date = pl.select(pl.lit(as_of).dt.offset_by(f"{MONTHS}mo")).item()
    return last


def tally_docket(docket: Frame) -> Frame:
    """Count cases by the values of `transforms.report.docket`.

    Args:
        docket: Its columns, and `route`.

    Returns:
        Columns `SCHEMA`; a value that isn't known is null.
    """
    return pl.concat(
        _counted(name, docket.select("route", value=name)) for name in (*COUNTED, *PROTECTED)
    )


def tally_sets(recommendations: Frame) -> Frame:
    """Count open cases by the facts of which an answer could settle them.

    Args:
        recommendations: `state` and `settling_facts` of recommendation.avsc.

    Returns:
        Columns `transforms.route.fact_sets.SETS`.
    """
    is_open = pl.col("state") == "OPEN"
    return count_sets(recommendations.select(pl.col("settling_facts").filter(is_open)).to_series())


def add_up(tallies: Iterable[Frame]) -> Frame:
    """Add up tallies of frames."""
    return (
        pl.concat([SCHEMA.to_frame(), *tallies])
        .group_by("by", "value", "route")
        .agg(pl.col("count").sum())
        .sort("by", "value", "route")
    )


def by_value(tally: Frame, by: str) -> dict[str | None, dict[str, int]]:
    """Return one count of a tally: for each value, the number of cases of each route."""
    found: dict[str | None, dict[str, int]] = {}
    for value, route, count in _rows(tally, by):
        found.setdefault(value, {})[route] = count
    return found


def _rows(tally: Frame, by: str) -> Iterator[tuple[str | None, str, int]]:
    yield from tally.filter(pl.col("by") == by).select("value", "route", "count").iter_rows()


def _counted(by: str, values: Frame) -> Frame:
    return (
        values.group_by("value", "route")
        .agg(pl.len().cast(pl.Int64).alias("count"))
        .select(pl.lit(by).alias("by"), pl.col("value").cast(pl.String), "route", "count")
    )


def _listed(by: str, values: Frame) -> Frame:
    return _counted(by, values.explode("value").drop_nulls("value"))
