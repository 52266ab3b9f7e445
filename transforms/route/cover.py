"""Cover: the few facts that, asked for together, could settle most open cases."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from schemas.facts import FACTS
from transforms.frames.frame import Frame

# Open cases by the facts that could settle them alone.
SETS = pl.Schema({"facts": pl.List(pl.Enum(tuple(FACTS))), "count": pl.Int64()})
# Sets that are taken apart at once.
_AT_A_TIME = 100_000


class Asked(NamedTuple):
    """A fact to ask for, after those before it.

    Args:
        fact: The fact.
        more: How many more open cases an answer to it alone could settle.
        together: How many open cases an answer to it or to one before could settle.
    """

    fact: str
    more: int
    together: int


def cover(sets: Frame, most: int) -> tuple[Asked, ...]:
    """Choose facts one after the other, each time the one that reaches the most further cases.

    Args:
        sets: Open cases by the facts that could settle them (`SETS`).
        most: The most facts to choose.

    Returns:
        The facts in order; fewer if they already reach every case that one answer could settle.
    """
    left = sets
    chosen: list[Asked] = []
    together = 0
    while len(chosen) < most:
        left = left.filter(pl.col("facts").list.len() > 0)
        if left.is_empty():
            break
        reached = _reached(left).sort("count", "name", descending=[True, False])
        [name, more] = reached.row(0)
        together += more
        chosen.append(Asked(name, more, together))
        left = left.filter(~pl.col("facts").list.contains(name))
    return tuple(chosen)


def _reached(sets: Frame) -> Frame:
    """Count the cases that an answer to each fact could settle: `name` (String) and `count`."""
    parts = (
        part.explode("facts").group_by("facts").agg(pl.col("count").sum())
        for part in sets.iter_slices(_AT_A_TIME)
    )
    counted = pl.concat(parts).group_by("facts").agg(pl.col("count").sum())
    return counted.select(pl.col("facts").cast(pl.String).alias("name"), "count")
