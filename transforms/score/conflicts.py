"""Conflicts by fact: which facts of a case are in conflict."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import polars as pl

from schemas.conflicts import conflicts_of
from transforms.frames.frame import Frame
from transforms.frames.labels import flags_at


class Conflicting:
    """Tells which cases have a conflict that affects some facts.

    Args:
        facts: Facts, possibly with `conflicts` (ids from `schemas.conflicts`).
    """

    def __init__(self, facts: Frame) -> None:
        self.height = facts.height
        self.rows: dict[str, pl.Series] = {}
        if "conflicts" in facts.columns:
            # Few cases have any, so only those are examined.
            some = facts.select(pl.row_index("row"), "conflicts").filter(
                pl.col("conflicts").list.len() > 0
            )
            if some.is_empty():
                return
            for (conflict,), there in sorted(some.explode("conflicts").group_by("conflicts")):
                self.rows[str(conflict)] = flags_at(there["row"], self.height)

    def any_of(self, facts: Iterable[str]) -> pl.Series:
        """Tell whether one of some facts is in conflict (Boolean, never null)."""
        if not self.rows:
            return self._never
        names = dict.fromkeys(name for fact in facts for name in conflicts_of(fact))
        return functools.reduce(
            pl.Series.__or__, (self.rows[name] for name in names if name in self.rows), self._never
        )

    @functools.cached_property
    def _never(self) -> pl.Series:
        return pl.Series([False]).new_from_index(0, self.height)
