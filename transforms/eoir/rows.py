"""Rows of the release that say something about a case of the release."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import polars as pl

from schemas.eoir.tables import TABLES
from transforms.eoir.read import LEAD_RIDER
from transforms.frames.frame import Frame


@dataclass(frozen=True, slots=True)
class Rules:
    """How to make records.

    Args:
        day: The date of the docket; None for every case, as of the release.
        juveniles: The release's own lookup table of juvenile codes.
        outcomes: The first and the last day of the outcomes that are wanted, too, each with its
            case as of the day before; None for no outcomes.
    """

    day: datetime.date | None
    juveniles: dict[str, str]
    outcomes: tuple[datetime.date, datetime.date] | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of some cases.

    Args:
        tables: Each table's rows: the first ones with their keys, of cases that are in the release,
            with CASE_TYPE filled in from the case.
        unread: The cases (`IDNCASE`) to which an unreadable row of charges may belong.
        counts: The numbers of the other rows: `repeated` and `no_case`, each with the table.
    """

    tables: dict[str, Frame]
    unread: pl.Series
    counts: dict[tuple[str, str], int]


def usable_rows(tables: dict[str, Frame]) -> Rows:
    """Select the rows that say something about a case of the release.

    Args:
        tables: Each table's rows of some cases, all their rows
            (`transforms.eoir.read.shuffled_schema`).
    """
    counts: dict[tuple[str, str], int] = {}
    charges = tables["B_TblProceedCharges"]
    readable = tables | {"B_TblProceedCharges": charges.filter(pl.col("unread").ne_missing(True))}
    known = {}
    for name, rows in readable.items():
        known[name] = rows.filter(_first_of_key(name))
        count(counts, "repeated", name, rows, known[name])
    cases = known["A_TblCase"].sort("IDNCASE")
    for name in TABLES:
        mine = known[name].join(cases, on="IDNCASE", how="semi", maintain_order="left")
        count(counts, "no_case", name, known[name], mine)
        known[name] = mine
    types = cases.select("IDNCASE", case_type_of_case="CASE_TYPE")
    proceedings = known["B_TblProceeding"].join(
        types, on="IDNCASE", how="left", maintain_order="left"
    )
    known["A_TblCase"] = cases
    known["B_TblProceeding"] = proceedings.with_columns(
        CASE_TYPE=pl.coalesce("CASE_TYPE", "case_type_of_case")
    )
    return Rows(known, charges.filter("unread")["IDNCASE"].unique(), counts)


def count(
    counts: dict[tuple[str, str], int], of: str, table: str, rows: Frame, left: Frame
) -> None:
    """Note how many rows of a table something happened to, given all of them and those left."""
    counts[of, table] = height(table, rows) - height(table, left)


def height(table: str, rows: Frame) -> int:
    """Count the rows of a table."""
    # A row of a lead and a rider counts once, for the rider.
    return rows.filter(pl.col("role") == "RIDER").height if table == LEAD_RIDER else rows.height


def _first_of_key(table: str) -> pl.Expr:
    """Tell whether a row is the first with its key; a row with an unreadable key is."""
    key = pl.col(TABLES[table].key)
    by = pl.struct("role", key) if table == LEAD_RIDER else key
    return key.is_null() | by.is_first_distinct()
