"""Running: tallies added up while frames pass by, so that memory holds only their sum."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from transforms.frames.coder import compact
from transforms.frames.frame import Frame


class Running:
    """Adds up tallies, one at a time.

    Args:
        add_up: Adds up any number of tallies, also those that it has added up before.
    """

    def __init__(self, add_up: Callable[[Iterable[Frame]], Frame]) -> None:
        self._add_up = add_up
        self._sum = add_up([])
        self._new: list[Frame] = []
        self._new_rows = 0

    def add(self, tally: Frame) -> None:
        """Add a tally."""
        # Otherwise, it would hold the text of the frame that it was counted from.
        self._new.append(compact(tally))
        self._new_rows += tally.height
        # Added up one by one, a sum of many rows would take time by the square of their number.
        if self._new_rows > self._sum.height:
            self._sum = self.total
            self._new, self._new_rows = [], 0

    @property
    def total(self) -> Frame:
        """Return the sum so far."""
        return self._add_up([self._sum, *self._new])
