"""Forecast: when a route will change by itself, as milestones are reached.

Between two milestones, nothing changes, so the first change can only be on a milestone's date. Each
case is routed again on each of its own future milestones.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from schemas.outcomes import ROUTES
from transforms.frames.frame import Frame
from transforms.route.leverage import Routes
from transforms.route.table import RouteTable, shown
from transforms.score.ends import NO_HIGH, Whole
from transforms.score.moving import MovingPart

_NEVER = len(ROUTES)


def forecast(moving: MovingPart, now: Routes, as_of: pl.Series) -> Frame:
    """Find the first date after as-of on which the route differs, and the route from then on.

    Args:
        moving: The cases, ready to be assessed as of any day.
        now: Their routes as of `as_of`: numbers of ROUTES.
        as_of: The as-of date (Date), one per case.

    Returns:
        `changes_on` (Date) and `changes_to` (String), null if the route never changes; one row per
        case.
    """
    # All at once, because a case costs little and a frame of cases costs much.
    rows, days = _moments(moving, as_of.to_physical().to_numpy())
    table = RouteTable.of(moving.rulebook)
    route = shown(table.look_up(table.route, moving.take(rows).position(days)))
    changes = np.flatnonzero(route != now[rows])
    changes = changes[np.lexsort((days[changes], rows[changes]))]
    there, first = np.unique(rows[changes], return_index=True)
    on = np.full(len(now), np.datetime64("NaT"), "datetime64[D]")
    on[there] = days[changes[first]].astype("datetime64[D]")
    to = np.full(len(now), _NEVER, np.uint32)
    to[there] = route[changes[first]]
    names = pl.Series([*ROUTES, None], dtype=pl.String)
    return pl.DataFrame({"changes_on": on, "changes_to": names.gather(pl.Series(to))})


def _moments(moving: MovingPart, as_of: Whole) -> tuple[Whole, Whole]:
    """Return the rows of cases and the days after as-of on which they reach a milestone."""
    rows, days = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
    # Many milestones are on the same day, and many have two bounds that are the same day.
    spans = {milestone.unnamed: milestone.id for milestone in moving.rulebook.milestones}
    for name in spans.values():
        least, most = moving.dates[name]
        is_another = (most != least) & (most != NO_HIGH)
        for day, ahead in ((least, least > as_of), (most, (most > as_of) & is_another)):
            there = np.flatnonzero(ahead)
            rows.append(there.astype(np.int32))
            days.append(day[there])
    return np.concatenate(rows), np.concatenate(days)
