"""Table: results that are printed, written as CSV or JSON, and shown on a page alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from schemas.rulebook.compiled import CompiledRulebook
from schemas.small_cells import LEAST
from schemas.words import criterion_name
from transforms.explain.page import MARK
from transforms.export.words import Words
from transforms.frames.frame import Frame

Kind = Literal["label", "text", "count", "whole", "days", "share", "low", "high", "number", "p"]
_TYPES: Mapping[Kind, pl.DataType] = {
    "label": pl.String(),
    "text": pl.String(),
    "count": pl.Int64(),
    "whole": pl.Int64(),
    "days": pl.Float64(),
    "share": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "number": pl.Float64(),
    "p": pl.Float64(),
}
SMALL = "*"
UNDEFINED = "-"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Args:
        name: Its name in CSV and JSON.
        kind: What it holds. A `count` is of cases, so a small one is marked; a `whole` isn't. A
            `low` is followed by its `high`; the two are shown as one.
        head: Its heading on a page and, with `shown`, in a terminal.
        shown: Whether a terminal of 80 columns has room for it.
        of: The kind of the bounds in `low` and `high`.
    """

    name: str
    kind: Kind
    head: str
    shown: bool = True
    of: Literal["share", "number"] = "share"


# A share with its interval (`transforms.oversight.figures.rate`), and a ratio with its.
SHARE = (
    Column("share", "share", "share"),
    Column("low", "low", "95 %\nbetween"),
    Column("high", "high", ""),
)
RATIO = (
    Column("ratio", "number", "ratio"),
    Column("ratio_low", "low", "95 %\nbetween", of="number"),
    Column("ratio_high", "high", ""),
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Args:
        name: Its name, by which it is asked for as CSV.
        title: Its heading.
        says: What it holds, in a sentence or two.
        columns: Its columns.
        rows: Their values, a row per mapping.
        most: How many rows a terminal shows.
    """

    name: str
    title: str
    says: str
    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, Any]]
    most: int = 10

    @property
    def frame(self) -> Frame:
        """Return the rows as a frame, with a column per column; null where there is nothing."""
        schema = {column.name: _TYPES[column.kind] for column in self.columns}
        return pl.DataFrame(
            [{name: row.get(name) for name in schema} for row in self.rows], schema=schema
        )


@dataclass(frozen=True, slots=True)
class Findings:
    """What a command found.

    Args:
        title: Its heading.
        lines: What was counted, and what not, in sentences.
        tables: The tables.
        counts: The numbers behind the lines, by name.
        charts: Charts for the page, by the name of the table that they are shown with.
        names: Whether a table names cases or attorneys.
    """

    title: str
    lines: tuple[str, ...]
    tables: tuple[Table, ...]
    counts: Mapping[str, Any]
    charts: Mapping[str, Any] = field(default_factory=dict)
    names: bool = True

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "title": self.title,
            "counts": dict(self.counts),
            "tables": {table.name: table.frame.to_dicts() for table in self.tables},
        }


def criterion_titles(rulebook: CompiledRulebook) -> dict[str, str]:
    """Return the name of each criterion, by id; those on facts that the law protects are marked."""
    secret = Words(rulebook).confidential_criteria
    return {
        one.id: criterion_name(one.id, one.criterion.title) + (f" {MARK}" * (one.id in secret))
        for one in rulebook.criteria
    }


def cells(column: Column, row: Mapping[str, Any], high: Column | None = None) -> str:
    r"""Write a value for a person.

    Args:
        column: The column.
        row: The row.
        high: For a lower bound, the column of the upper one.

    Examples:
        >>> cells(Column("n", "count", ""), {"n": 7}), cells(Column("s", "share", ""), {"s": 0.25})
        ('7*', '25.0 %')
        >>> cells(Column("n", "count", ""), {"n": 1100})
        '1,100 '
        >>> cells(Column("p", "p", ""), {"p": 0.00001}), cells(Column("p", "p", ""), {"p": None})
        ('<0.001', '-')
    """
    value = row.get(column.name)
    if column.kind in ("label", "text"):
        return "" if value is None else str(value)
    if value is None:
        return UNDEFINED
    if column.kind == "count":
        return f"{value:,}{SMALL if 0 < value < LEAST else ' '}"
    if column.kind == "whole":
        return f"{value:,}"
    if column.kind == "days":
        return f"{value:,g}"
    if column.kind == "share":
        return f"{100 * value:.1f} %"
    if column.kind == "p":
        return "<0.001" if value < 0.001 else f"{value:.3f}"
    if column.kind == "low" and high is not None:
        top = row.get(high.name)
        if top is None:
            return UNDEFINED
        if column.of == "share":
            return f"{100 * value:.1f}-{100 * top:.1f}"
        return f"{value:.2f}-{top:.2f}"
    return f"{value:,.2f}"
