"""Outliers: offices and attorneys who depart more or less often than chance explains."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from transforms.frames.frame import Frame
from transforms.oversight import figures
from transforms.oversight.floors import COMPARED_FROM, RATES_FROM
from transforms.oversight.table import Column, Table

Row = dict[str, Any]
INNER, OUTER = 0.95, 0.998


@dataclass(frozen=True, slots=True)
class Funnel:
    """A funnel chart: each office by its decisions and its share of departures.

    Args:
        expected: The share that all are tested against.
        points: For each office, its name, its decisions, its share, and whether it is an outlier.
        limits: For some numbers of decisions, the inner and the outer limits: number, low, high,
            lowest, highest.
    """

    expected: float
    points: Sequence[tuple[str, int, float, bool]]
    limits: Sequence[tuple[int, float, float, float, float]]

    @property
    def most(self) -> int:
        """Return the most decisions of an office."""
        return max((number for _, number, _, _ in self.points), default=1)


def tested(known: Frame, keys: Sequence[str]) -> list[Row]:
    """Test each group with enough decisions against the median of their shares of departures.

    The median is the middle office, however far a few are out; the share of all isn't.

    Args:
        known: Decisions of which it is known what was recommended.
        keys: The columns that name a group; it isn't tested if one of them isn't known.

    Returns:
        A row per group, the most unlikely first.
    """
    counted = (
        known.drop_nulls(list(keys))
        .group_by(list(keys))
        .agg(decisions=pl.len(), departed=(~pl.col("followed")).sum())
        .filter(pl.col("decisions") >= COMPARED_FROM)
        .sort(*keys)
    )
    expected = _expected(counted, known)
    rows = []
    for row in counted.iter_rows(named=True):
        whole, part = row["decisions"], row["departed"]
        low, high = figures.limits(whole, expected, INNER)
        lowest, highest = figures.limits(whole, expected, OUTER)
        share = part / whole
        rows.append(
            {**row, "share": share, "expected": expected, "inner_low": low, "inner_high": high,
             "outer_low": lowest, "outer_high": highest,
             "p": figures.differs_from(part, whole, expected)}
        )  # fmt: skip
    for row, p in zip(rows, figures.adjusted([row["p"] for row in rows]), strict=True):
        row["p_adjusted"] = p
        row["outlier"] = _verdict(row)
    return sorted(rows, key=lambda row: (row["p"], *(row[key] for key in keys)))


def _verdict(row: Row) -> str:
    if row["p_adjusted"] is None or row["p_adjusted"] >= figures.ALPHA:
        return ""
    return "more" if row["share"] > row["expected"] else "fewer"


def _expected(counted: Frame, known: Frame) -> float:
    shares = sorted((counted["departed"] / counted["decisions"]).to_list())
    # If most never depart, the median says nothing of how often somebody may.
    return (statistics.median(shares) if shares else 0.0) or int((~known["followed"]).sum()) / max(
        known.height, 1
    )


def ranges(known: Frame) -> list[Row]:
    """Compare the attorneys of each office who have enough decisions.

    Returns:
        A row per office with two such attorneys, the widest range first.
    """
    counted = (
        known.drop_nulls(["office", "reviewer"])
        .group_by("office", "reviewer")
        .agg(decisions=pl.len(), departed=(~pl.col("followed")).sum())
        .filter(pl.col("decisions") >= RATES_FROM)
        .sort("office", "reviewer")
    )
    rows = []
    for (office,), part in counted.group_by("office", maintain_order=True):
        if part.height < 2:
            continue
        parts, wholes = part["departed"].to_list(), part["decisions"].to_list()
        shares = [p / w for p, w in zip(parts, wholes, strict=True)]
        rows.append(
            {"office": office, "reviewers": part.height, "lowest": min(shares),
             "highest": max(shares), "range": max(shares) - min(shares),
             "p": figures.many_differ(parts, wholes)}
        )  # fmt: skip
    for row, p in zip(rows, figures.adjusted([row["p"] for row in rows]), strict=True):
        row["p_adjusted"] = p
        row["differ"] = "yes" if p is not None and p < figures.ALPHA else ""
    return sorted(rows, key=lambda row: (-row["range"], row["office"]))


def tables(known: Frame) -> tuple[Table, ...]:
    """Make the tables of outliers and of ranges.

    Args:
        known: Decisions of which it is known what was recommended.
    """
    offices = [row | {"group": row["office"]} for row in tested(known, ["office"])]
    reviewers = [row | {"group": f"{row['office']}, {row['reviewer']}"}
                 for row in tested(known, ["office", "reviewer"])]  # fmt: skip
    columns = (
        Column("decisions", "count", "decisions"),
        Column("departed", "count", "departed"),
        Column("share", "share", "share"),
        Column("expected", "share", "expected", shown=False),
        Column("inner_low", "low", "95 %\nlimits"),
        Column("inner_high", "high", ""),
        Column("outer_low", "low", "99.8 %\nlimits", shown=False),
        Column("outer_high", "high", "", shown=False),
        Column("p", "p", "p", shown=False),
        Column("p_adjusted", "p", "p, ad-\njusted"),
        Column("outlier", "text", "outlier"),
    )
    says = (
        f"Those with {COMPARED_FROM} decisions or more, against the median of their shares. "
        "Chance alone would keep a share within the limits. The last column says who departs in "
        "more, or in fewer, decisions than chance explains, adjusted for how many are compared."
    )
    return (
        Table("outliers", "Which offices depart more, or less, than the others?", says,
              (Column("group", "label", "office"), *columns), offices),
        Table("outlying", "And which attorneys?", says,
              (Column("group", "label", "office, attorney"), *columns), reviewers),
        Table("ranges", "How far apart are attorneys of one office?",
              f"Shares of departures of attorneys with {RATES_FROM} decisions or more.",
              (Column("office", "label", "office"),
               Column("reviewers", "whole", "attorneys"),
               Column("lowest", "share", "lowest"), Column("highest", "share", "highest"),
               Column("range", "share", "range"),
               Column("p", "p", "p", shown=False), Column("p_adjusted", "p", "p, ad-\njusted"),
               Column("differ", "text", "they\ndiffer")),
              ranges(known)),
    )  # fmt: skip


def funnel(known: Frame) -> Funnel | None:
    """Make the funnel of offices; None if none has enough decisions."""
    rows = tested(known, ["office"])
    if not rows:
        return None
    expected = rows[0]["expected"]
    most = max(row["decisions"] for row in rows)
    steps = sorted({COMPARED_FROM, *(round(COMPARED_FROM + (most - COMPARED_FROM) * n / 40)
                                     for n in range(41))})  # fmt: skip
    return Funnel(
        expected,
        [(row["office"], row["decisions"], row["share"], bool(row["outlier"])) for row in rows],
        [(n, *figures.limits(n, expected, INNER), *figures.limits(n, expected, OUTER))
         for n in steps],
    )  # fmt: skip
