"""Scope: which cases are assessed. If that is unknown, the case is included."""

from __future__ import annotations

import datetime
from collections.abc import Collection

import polars as pl

from schemas.rulebook.condition import Condition
from transforms.frames.frame import Frame
from transforms.score.criteria import expression


def completed(records: Frame, as_of: datetime.date) -> pl.Series:
    """Tell whether each case has left the court's docket by a day.

    Args:
        records: Normalized case records.
        as_of: The day.

    Returns:
        Boolean, never null: a case without a known end is pending.
    """
    return records["completed_on"].le(as_of.isoformat()).fill_null(False)


def in_scope(facts: Frame, scope: Condition | None, courts: Collection[str] | None) -> pl.Series:
    """Tell whether each case is in scope.

    Args:
        facts: Facts, with the convictions that the rulebook counts.
        scope: A scope's condition; None for every case.
        courts: Court codes; None for every court.

    Returns:
        Boolean; null if unknown.
    """
    checks = [pl.lit(True)]
    if scope is not None:
        checks.append(expression(scope.sql))
    if courts is not None:
        checks.append(pl.col("court").is_in(sorted(courts)))
    return facts.with_columns(pl.all_horizontal(checks).alias("_inside"))["_inside"]


def mark(
    records: Frame,
    facts: Frame,
    as_of: datetime.date,
    scope: Condition | None,
    courts: Collection[str] | None,
) -> tuple[Frame, pl.Series]:
    """Mark cases, and select those to assess: pending cases that are or may be in scope.

    Args:
        records: Normalized case records.
        facts: Their facts.
        as_of: The as-of date.
        scope: A scope's condition; None for every case.
        courts: Court codes; None for every court.

    Returns:
        The records with `scope_unknown` and `completed` (Boolean), and whether each one is
        included.
    """
    done, inside = completed(records, as_of), in_scope(facts, scope, courts)
    marked = records.with_columns(scope_unknown=inside.is_null(), completed=done)
    return marked, inside.fill_null(True) & ~done
