"""Score: the weighted factors as an interval.

A factor adds its weight if TRUE, and nothing if FALSE; if UNKNOWN, it widens the interval.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import polars as pl

from schemas.facts import high, low
from schemas.rulebook.compiled import CompiledCriterion


def score(factors: Sequence[CompiledCriterion]) -> list[pl.Expr]:
    """Compute the score's bounds over a frame of criterion values.

    Args:
        factors: The weighted criteria.

    Returns:
        `score.low` and `score.high` (Int32), never null.
    """
    lows, highs = [pl.lit(0, pl.Int32)], [pl.lit(0, pl.Int32)]
    for factor in factors:
        weight = pl.lit(factor.criterion.weight, pl.Int32)
        sure = pl.col(factor.id).fill_null(False).cast(pl.Int32) * weight
        possible = pl.col(factor.id).fill_null(True).cast(pl.Int32) * weight
        positive = (factor.criterion.weight or 0) > 0
        lows.append(sure if positive else possible)
        highs.append(possible if positive else sure)
    return [
        functools.reduce(pl.Expr.add, lows).alias(low("score")),
        functools.reduce(pl.Expr.add, highs).alias(high("score")),
    ]
