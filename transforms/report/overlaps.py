"""Overlaps: which numbers of cases give a small one away because one is part of the other.

All who are here ten years are here five years. If 81 cases close for the one reason, and 71 of them
for the other as well, then 10 are here between five and ten years.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from schemas.small_cells import LEAST
from transforms.frames.frame import Frame

READ = ("route", "state", "reasons", "checks", "review_reasons", "settling_facts", "conflicts")
SCHEMA = pl.Schema({"by": pl.String, "route": pl.String, "names": pl.String, "count": pl.Int64})


def tally_overlaps(recommendations: Frame) -> Frame:
    """Count cases by all the names that a page counts one by one.

    Args:
        recommendations: The columns `READ` of recommendation.avsc.

    Returns:
        Columns `SCHEMA`: what is counted, the route, and the names that a case has, joined by
        blanks.
    """
    decided = recommendations.filter(pl.col("state") != "OPEN")
    return pl.concat(
        frame.select(
            "route",
            by=pl.lit(by),
            names=names.cast(pl.List(pl.String)).list.unique().list.sort().list.join(" "),
        )
        .group_by("by", "route", "names")
        .agg(pl.len().cast(pl.Int64).alias("count"))
        .select(SCHEMA.names())
        .cast(SCHEMA)
        for by, frame, names in (
            ("reason", recommendations, _field("reasons", "criterion")),
            ("check", recommendations, _field("checks", "fact")),
            ("review", recommendations, _field("review_reasons", "kind")),
            ("settles", decided, pl.col("settling_facts")),
            ("conflict", recommendations, pl.col("conflicts")),
        )
    )


def add_up(tallies: Iterable[Frame]) -> Frame:
    """Add up the counts of parts."""
    whole = pl.concat([SCHEMA.to_frame(), *tallies])
    return whole.group_by("by", "route", "names").agg(pl.col("count").sum())


def given_away(overlaps: Frame, by: str, routes: Iterable[str]) -> frozenset[str]:
    """Find the names whose number of cases would give a small one away.

    Args:
        overlaps: From `add_up`.
        by: What is counted.
        routes: The routes that are counted together.

    Returns:
        Each name all of whose cases have another name too, that has 1 to 10 more.
    """
    rows = overlaps.filter((pl.col("by") == by) & pl.col("route").is_in(list(routes)))
    lists = [names.split() for names in rows["names"].to_list()]
    names = sorted({name for found in lists for name in found})
    place = {name: number for number, name in enumerate(names)}
    has = np.zeros((len(lists), len(names)))
    for row, found in enumerate(lists):
        has[row, [place[name] for name in found]] = 1
    both = has.T @ (has * rows["count"].to_numpy().astype(np.float64)[:, None])
    sizes = both.diagonal()
    more = sizes[None, :] - sizes[:, None]
    part = (both == sizes[:, None]) & (more > 0) & (more < LEAST)
    return frozenset(name for name, here in zip(names, part.any(axis=1), strict=True) if here)


def _field(column: str, field: str) -> pl.Expr:
    return pl.col(column).list.eval(pl.element().struct.field(field))
