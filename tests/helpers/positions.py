"""Positions as rows of plain values, and the other way around."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from transforms.score.kleene import FALSE, TRUE, UNKNOWN
from transforms.score.position import Position

Row = tuple[bool | int | None, ...]
_DEGREES = {False: FALSE, None: UNKNOWN, True: TRUE}
_TRUTHS = {degree: truth for truth, degree in _DEGREES.items()}


def rows_of(positions: Position) -> list[Row]:
    """The truths, then the lowest and the highest score, of each position."""
    truths = [[_TRUTHS[n] for n in degrees.tolist()] for degrees in positions.truths.values()]
    return list(zip(*truths, positions.low.tolist(), positions.high.tolist(), strict=True))


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
