"""Positions as rows of plain values, and the other way around; and cases to weigh."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from tests.helpers.small_rulebook import small
from transforms.score.kleene import FALSE, TRUE, UNKNOWN, Degrees
from transforms.score.milestones import milestone_dates
from transforms.score.position import Position, Weighing
from transforms.score.presumptions import presumable, with_presumptions

Row = tuple[bool | int | None, ...]
_DEGREES = {False: FALSE, None: UNKNOWN, True: TRUE}
_TRUTHS = {degree: truth for truth, degree in _DEGREES.items()}


def rows_of(positions: Position) -> list[Row]:
    """The truths, then the lowest and the highest score, of each position."""
    truths = _truths(positions.truths)
    return list(zip(*truths, positions.low.tolist(), positions.high.tolist(), strict=True))


def truths_of(values: Mapping[str, Degrees]) -> list[Row]:
    """The truths of each case."""
    return list(zip(*_truths(values), strict=True))


def _truths(values: Mapping[str, Degrees]) -> list[list[bool | None]]:
    return [[_TRUTHS[n] for n in degrees.tolist()] for degrees in values.values()]


def positions_of(atoms: Sequence[str], rows: Sequence[Row]) -> Position:
    """Positions from such rows."""
    *truths, low, high = zip(*rows, strict=True)
    return Position(
        {
            atom: np.array([_DEGREES[truth] for truth in each], np.int8)
            for atom, each in zip(atoms, truths, strict=True)
        },
        np.array(low, np.int32),
        np.array(high, np.int32),
    )


def weighing(record: pl.DataFrame, *, presume: bool) -> Weighing:
    """Cases under the small rulebook."""
    presumed = with_presumptions(record, presumable(record, small()).applies, small())
    dates = milestone_dates(record, small())
    return Weighing(small(), record, presumed if presume else None, dates)


def days(*each: datetime.date) -> pl.Series:
    """A day for each case."""
    return pl.Series(each, dtype=pl.Date)
