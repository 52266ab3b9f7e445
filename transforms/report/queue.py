"""Queue: the cases of each route, by score, as many as the page holds."""

from __future__ import annotations

import polars as pl

from transforms.frames.coder import compact
from transforms.frames.frame import Frame

MOST = 10_000
EXPLAINED = 500
# Rows that stand in the page itself, for a browser that runs no script.
PLAIN = 200


class Queue:
    """The first cases of a route, while its frames pass by.

    The order is that of a night's queue (queue.avsc): the highest score first.

    Args:
        most: How many cases are kept.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.total = 0
        self._kept: Frame | None = None

    def add(self, recommendations: Frame) -> None:
        """Add cases.

        Args:
            recommendations: `case_id`, `score_low`, and any other columns.
        """
        self.total += recommendations.height
        found = recommendations
        if self._kept is not None:
            if self._kept.height == self.most:
                # Most frames have few cases that could still be among the first.
                least = self._kept["score_low"][-1]
                found = found.filter((pl.col("score_low") >= least).fill_null(True))
            found = pl.concat([self._kept, found], rechunk=True)
        # Otherwise, the kept rows would hold the text of every frame that they came from.
        self._kept = compact(_first(found, self.most))

    @property
    def cases(self) -> Frame | None:
        """Return the first cases, in order; None if there are none."""
        return self._kept


def _first(frame: Frame, most: int) -> Frame:
    order = frame.select("score_low", "case_id", row=pl.int_range(pl.len(), dtype=pl.UInt32))
    rows = order.sort("score_low", "case_id", descending=[True, False], nulls_last=True)
    return frame[rows["row"].head(most)]
