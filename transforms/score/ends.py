"""Ends: bounds of counts and dates as whole numbers, for arithmetic over whole frames."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.facts import high, low
from transforms.frames.frame import Frame

Whole: TypeAlias = npt.NDArray[np.int32]
# What stands for no bound; no count and no date in a record comes near it.
NO_LOW, NO_HIGH = np.iinfo(np.int32).min, np.iinfo(np.int32).max


def ends_of(frame: Frame, names: Collection[str]) -> dict[str, tuple[Whole, Whole]]:
    """Return the bounds of counts, dates, or milestones; dates as days since 1970.

    Args:
        frame: Their columns, such as `arrests.low` and `arrests.high` (whole numbers or Date).
        names: Their names.

    Returns:
        By name, the lower and the upper bound, one per row; `NO_LOW` or `NO_HIGH` if there is none.
    """
    columns = [
        pl.col(bound(name)).cast(pl.Int32).fill_null(none)
        for name in names
        for bound, none in ((low, NO_LOW), (high, NO_HIGH))
    ]
    known = frame.select(columns)
    return {name: (known[low(name)].to_numpy(), known[high(name)].to_numpy()) for name in names}
