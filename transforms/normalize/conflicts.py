"""Conflicts: two statements in a normalized record that can't both be true.

`schemas.conflicts` is the catalog: what each conflict says, and which facts it affects. This module
finds them, by their signs (`transforms.normalize.signs`). Something that is merely unknown doesn't
conflict with anything, and no conflict quarantines a case.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

import polars as pl

from schemas.conflicts import CONFLICTS
from transforms.frames.frame import Frame
from transforms.frames.labels import labels_at
from transforms.normalize.signs import Element, signs


def find_conflicts(records: Frame, as_of: datetime.date) -> pl.Series:
    """Find the conflicts in each record.

    Args:
        records: Normalized case records, with `warnings`.
        as_of: The as-of date.

    Returns:
        `conflicts` (List(String), never null): ids from `schemas.conflicts`, in its order.
    """
    by_name = signs(as_of)
    among = _among(records, {name: sign.among for name, sign in by_name.items()})
    found = {}
    for name in CONFLICTS:
        rows, shows = among.get(name), by_name[name].shows
        if rows is not None and shows is not None:
            read = records.select(*_columns([shows]))[rows]
            rows = _rows_that_hold(read, rows, {name: shows}).get(name)
        if rows is not None:
            found[name] = rows
    return labels_at(found, records.height).alias("conflicts")


def _among(records: Frame, conditions: Mapping[str, pl.Expr | Element]) -> dict[str, pl.Series]:
    """Return the rows that meet each condition."""
    of_records: dict[str, pl.Expr] = {}
    of_elements: dict[str, dict[str, pl.Expr]] = {}
    for name, condition in conditions.items():
        if isinstance(condition, Element):
            of_elements.setdefault(condition.column, {})[name] = condition.holds
        else:
            of_records[name] = condition
    numbers = pl.int_range(records.height, dtype=pl.UInt32, eager=True).alias("row")
    found = _rows_that_hold(records, numbers, of_records)
    for column, holds in of_elements.items():
        # An element stands in its list's place, and other columns of its record beside it.
        beside = [name for name in _columns(holds.values()) if name != column]
        elements = records.select(numbers, column).explode(
            column, empty_as_null=False, keep_nulls=False
        )
        rows = elements["row"]
        if len(rows) and beside:
            elements = elements.hstack(records.select(beside)[rows])
        if len(rows):
            with_one = _rows_that_hold(elements, rows, holds)
            found |= {name: of.unique(maintain_order=True) for name, of in with_one.items()}
    return found


def _columns(conditions: Iterable[pl.Expr]) -> list[str]:
    names = (name for condition in conditions for name in condition.meta.root_names())
    return list(dict.fromkeys(names))


def _rows_that_hold(
    frame: Frame, numbers: pl.Series, conditions: Mapping[str, pl.Expr]
) -> dict[str, pl.Series]:
    """Return the numbers of the rows that meet each condition, without those that none meet.

    Args:
        frame: The columns of the conditions.
        numbers: The number of each row (UInt32), in order; several may have the same one.
        conditions: The conditions by name; unknown counts as no.
    """
    flags = frame.select(holds.fill_null(False).alias(name) for name, holds in conditions.items())
    return {flag.name: numbers.filter(flag) for flag in flags if flag.any()}
