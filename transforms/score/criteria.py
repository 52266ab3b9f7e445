"""Criteria: evaluating a rulebook's conditions over a fact frame, TRUE, FALSE or UNKNOWN."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import polars as pl

from schemas.rulebook.compiled import CompiledCriterion
from transforms.frames.frame import Frame


@functools.cache
def expression(sql: str) -> pl.Expr:
    """A compiled condition as a polars expression."""
    return pl.sql_expr(sql)


def evaluate(criteria: Iterable[CompiledCriterion], facts: Frame) -> Frame:
    """The value of each criterion for each case.

    Args:
        criteria: Compiled criteria.
        facts: Facts, with the milestones they read as Boolean columns.

    Returns:
        A Boolean column a criterion, named by its id, null where UNKNOWN; one row a case.
    """
    ids = [criterion.id for criterion in criteria]
    values = [expression(c.condition.sql).alias(c.id) for c in criteria]
    return facts.with_columns(values).select(ids)


def effective(real: Frame, presumed: Frame) -> Frame:
    """The values that routing goes by: what is known, else FALSE where it is presumed FALSE.

    A presumption never makes a criterion TRUE: what a route rests on must stand in the record.

    Args:
        real: Values on facts in the record (columns are criterion ids).
        presumed: Values with the presumptions put in.

    Returns:
        The columns of `real`.
    """
    return real.select(
        pl.col(name).fill_null(pl.when(~presumed[name]).then(False)) for name in real.columns
    )


def holds_any(names: list[str]) -> pl.Expr:
    """Whether one of some criteria holds (Kleene OR); FALSE for none."""
    return pl.any_horizontal(names) if names else pl.lit(False)
