"""Split recommendations by route."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.outcomes import ROUTES
from transforms.frames.frame import Frame


def by_route(recommendations: Frame) -> Iterator[tuple[str, Frame]]:
    """Split recommendations by route, with the route as the destination.

    Args:
        recommendations: Columns of recommendation.avsc.

    Yields:
        Each route that any case has, with its rows in order.
    """
    for route in ROUTES:
        rows = (recommendations["route"] == route).arg_true()
        if rows.len():
            # Filtering takes three times as long, because of the lists.
            yield route, recommendations[rows]
