"""Losses: what was set to unknown in a record, as `field:REASON`.

Reading a record leaves them in its field `warnings`. When the record is read again, for example by
a night that starts from a backlog's snapshot, the field is unknown without a trace of its value.
Only the warning still says that it was arrests: -1, and not that nobody asked.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import TypeAlias

import polars as pl

from transforms.frames.frame import Frame
from transforms.frames.labels import labels_at
from transforms.normalize.case_frame import CASES

Losses: TypeAlias = dict[str, pl.Series]
"""By `field:REASON`, the numbers of the rows (UInt32)."""

REASONS = (
    "BAD_DATE",
    "PLACEHOLDER",
    "FUTURE_DATE",
    "UNKNOWN_CODE",
    "UNREADABLE_CHARGE",
    "OUT_OF_RANGE",
    "BAD_NUMBER",
)


def field_of_warning(warning: pl.Expr) -> pl.Expr:
    """Return the field of a case record that a warning is about, even within a list."""
    return warning.str.extract(r"^([a-z_]+)[.:]")


def lost_before(records: Frame) -> Losses:
    """Find what an earlier reading set to unknown in normalized records and is still unknown.

    Args:
        records: Columns of case_record.avsc.

    Returns:
        The losses in `warnings`; warnings that aren't losses are skipped.
    """
    warned = records.select(pl.col("warnings").list.len() > 0).to_series().fill_null(False)
    rows = warned.arg_true()
    if rows.is_empty():
        return {}
    there = records[rows]
    losses = {}
    for label in there["warnings"].explode().drop_nulls().unique().sort():
        field, _, reason = label.partition(":")
        if reason in REASONS and field in _unknown():
            still = pl.col("warnings").list.contains(label) & _unknown()[field]
            losses[label] = rows.filter(there.select(still.fill_null(False)).to_series())
    return losses


def loss_lists(losses: Iterable[Losses], height: int) -> pl.Series:
    """Write losses as a list of labels for each record.

    Args:
        losses: The losses of the records.
        height: The number of records.

    Returns:
        List(String), never null; each list is sorted.
    """
    rows: dict[str, list[pl.Series]] = {}
    for loss in losses:
        for name, numbers in loss.items():
            rows.setdefault(name, []).append(numbers)
    return labels_at({name: pl.concat(rows[name]) for name in sorted(rows)}, height)


@functools.cache
def _unknown() -> dict[str, pl.Expr]:
    """Tell for each field, including `convictions.date` and the like, whether it is unknown."""
    found: dict[str, pl.Expr] = {}
    for name, dtype in CASES.items():
        inner = dtype.inner if isinstance(dtype, pl.List) else None
        if not isinstance(inner, pl.Struct):
            found[name] = _is_unknown(pl.col(name), dtype)
            continue
        item = pl.element()
        for part in inner.fields:
            unknown = _is_unknown(item.struct.field(part.name), part.dtype)
            some = pl.col(name).list.eval(item.is_not_null() & unknown).list.any()
            found[f"{name}.{part.name}"] = some
    return found


def _is_unknown(value: pl.Expr, dtype: object) -> pl.Expr:
    missing = value.is_null()
    return missing | (value == "UNKNOWN") if isinstance(dtype, pl.Enum) else missing
