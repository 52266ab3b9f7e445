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
    return _bounds(tuple((factor.id, factor.criterion.weight or 0) for factor in factors))


@functools.lru_cache(maxsize=64)
def _bounds(weights: tuple[tuple[str, int], ...]) -> list[pl.Expr]:
    lows, highs = [pl.lit(0, pl.Int32)], [pl.lit(0, pl.Int32)]
    for name, weight in weights:
        sure = pl.col(name).fill_null(False).cast(pl.Int32) * pl.lit(weight, pl.Int32)
        possible = pl.col(name).fill_null(True).cast(pl.Int32) * pl.lit(weight, pl.Int32)
        lows.append(sure if weight > 0 else possible)
        highs.append(possible if weight > 0 else sure)
    return [
        functools.reduce(pl.Expr.add, lows).alias(low("score")),
        functools.reduce(pl.Expr.add, highs).alias(high("score")),
    ]
