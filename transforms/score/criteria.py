"""Criteria: evaluate a rulebook's conditions over a fact frame as TRUE, FALSE, or UNKNOWN."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import polars as pl

from schemas.rulebook.compiled import CompiledCriterion
from schemas.rulebook.condition import Condition
from transforms.frames.frame import Frame


@functools.cache
def expression(sql: str) -> pl.Expr:
    """Convert a compiled condition to a polars expression."""
    return pl.sql_expr(sql)


@functools.cache
def _named(sql: str, name: str) -> pl.Expr:
    return expression(sql).alias(name)


@functools.cache
def _is_true(sql: str, name: str) -> pl.Expr:
    return expression(sql).fill_null(False).alias(name)


def holds(facts: Frame, conditions: Iterable[Condition]) -> list[pl.Series]:
    """Tell for which cases each condition is TRUE (Boolean, never null)."""
    return _columns(facts, [_is_true(c.sql, str(n)) for n, c in enumerate(conditions)])


def values_of(facts: Frame, conditions: Iterable[Condition]) -> list[pl.Series]:
    """Compute the value of each condition for each case (Boolean, null if UNKNOWN)."""
    return _columns(facts, [_named(c.sql, str(n)) for n, c in enumerate(conditions)])


def _columns(facts: Frame, exprs: list[pl.Expr]) -> list[pl.Series]:
    """Evaluate expressions named by their number."""
    # All at once, because each evaluation has a cost of its own. With the facts, the number of rows
    # stays, even if no condition reads a column.
    return facts.with_columns(exprs).select(str(n) for n in range(len(exprs))).get_columns()


def evaluate(criteria: Iterable[CompiledCriterion], facts: Frame) -> Frame:
    """Compute the value of each criterion for each case.

    Args:
        criteria: Compiled criteria.
        facts: Facts, with the milestones that the criteria read as Boolean columns.

    Returns:
        One Boolean column per criterion, named by its id, null if UNKNOWN; one row per case.
    """
    ids = [criterion.id for criterion in criteria]
    values = [_named(c.condition.sql, c.id) for c in criteria]
    return facts.with_columns(values).select(ids)
