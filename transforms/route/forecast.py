"""Forecast: when a route will change by itself, as milestones are reached.

Between two milestones, nothing changes, so the first change can only be on a milestone's date. Each
case is routed again on each of its own future milestones.
"""

from __future__ import annotations

import polars as pl

from schemas.facts import high, low
from transforms.frames.frame import Frame
from transforms.route.table import RouteTable
from transforms.score.position import MovingPart


def forecast(moving: MovingPart, route: pl.Series, as_of: pl.Series) -> Frame:
    """Find the first date after as-of on which the route differs, and the route from then on.

    Args:
        moving: The cases, ready to be assessed as of any day.
        route: Their routes as of `as_of`.
        as_of: The as-of date (Date), one per case.

    Returns:
        `changes_on` (Date) and `changes_to` (String), null if the route never changes; one row per
        case.
    """
    dates = moving.weighing.dates
    table = RouteTable.of(moving.weighing.rulebook)
    now = pl.DataFrame({"row": pl.int_range(len(route), dtype=pl.UInt32, eager=True), "now": route})
    moments = [pl.DataFrame(schema={**now.schema, "day": pl.Date})]
    spans = {m.unnamed: m for m in moving.weighing.rulebook.milestones}
    for milestone in spans.values():
        least, most = dates[low(milestone.id)], dates[high(milestone.id)]
        is_another = most.ne_missing(least)
        for day, ahead in ((least, least > as_of), (most, (most > as_of) & is_another)):
            if ahead.any():
                moments.append(now.with_columns(day=day).filter(ahead))
    # All at once, because a case costs little and a frame of cases costs much.
    later = pl.concat(moments, rechunk=True)
    there = moving.take(later["row"])
    first = (
        later.with_columns(route=table.recommended(there.position(later["day"])))
        .filter(pl.col("route") != pl.col("now"))
        .sort("row", "day")
        .unique("row", keep="first", maintain_order=True)
    )
    return now.join(first, on="row", how="left", maintain_order="left").select(
        pl.col("day").alias("changes_on"), pl.col("route").alias("changes_to")
    )
