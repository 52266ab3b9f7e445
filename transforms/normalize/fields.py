"""Which cell reads which field of a case record, and how columns are normalized.

Values that are already in normal form, as most are, stay as they are; the rest are read.
"""

from __future__ import annotations

import datetime
import functools
from dataclasses import dataclass

import polars as pl

from schemas.codes import number_ranges
from transforms.frames.frame import Frame, put
from transforms.normalize.case_frame import CASES
from transforms.normalize.cells import (
    CODE_CELL,
    ID_CELL,
    TEXT_CELL,
    Cell,
    a_number_cell,
    charge_cell,
    code_cell,
    date_cell,
    number_cell,
    time_cell,
)
from transforms.normalize.dates import is_placeholder
from transforms.normalize.losses import Losses
from transforms.normalize.offenses import is_settled, offense_of

PAST_DATES = (
    "birth_date",
    "moved_docket_on",
    "nta_issued",
    "nta_filed",
    "represented_since",
    "present_continuously_since",
    "apprehended_on",
    "lpr_since",
    "released_from_incarceration",
)
OTHER_DATES = ("next_hearing", "completed_on", "court_outcome_date")
LIST_DATES = {
    "entries": ("date",),
    "status_violations": ("date",),
    "removals": ("date",),
    "orders": ("date",),
    "fraud_findings": ("date",),
    "convictions": ("date",),
    "applications": ("filed", "decided"),
}
TABLES = {
    "court": "courts",
    "nationality": "nationalities",
    "convictions.category": "offenses",
    "applications.form": "forms",
}
TEXTS = {
    "source": TEXT_CELL,
    "opla_office": TEXT_CELL,
    "case_type": CODE_CELL,
    "language": CODE_CELL,
    "lead_case_id": ID_CELL,
    "court_outcome": ID_CELL,
    "convictions.incident": ID_CELL,
}


@dataclass(frozen=True)
class Field:
    """How one column is normalized where it isn't already.

    Args:
        column: The column.
        fine: Whether a value is in normal form; null counts as yes.
        read: The value as read, which is the costly part; the next two use its column `_read`.
        normal: The value in normal form; null if that isn't possible.
        lost: For each reason, whether it sets the value to unknown.
    """

    column: str
    fine: pl.Expr
    read: pl.Expr
    normal: pl.Expr
    lost: dict[str, pl.Expr]


@functools.cache
def cells(as_of: datetime.date) -> dict[str, Cell]:
    """Return the cells of a case record by field; for elements of a list, as `convictions.date`."""
    past, later = date_cell(as_of.isoformat()), date_cell(None)
    found = dict.fromkeys(PAST_DATES, past) | dict.fromkeys(OTHER_DATES, later)
    found |= {f"{column}.{name}": past for column, names in LIST_DATES.items() for name in names}
    # Dates after the as-of date stay as they are here, so that they are found as conflicts.
    found |= dict.fromkeys(("removals.date", "convictions.date"), later)
    found["birth_date"] = date_cell(as_of.isoformat(), parts=True)
    found |= {name: code_cell(table) for name, table in TABLES.items()}
    found |= {name: number_cell(*ends) for name, ends in number_ranges().items()}
    found |= {"charges.code": charge_cell(), "a_number": a_number_cell()}
    return found | TEXTS | {"updated_at": time_cell()}


def normalize_fields(records: Frame, as_of: datetime.date) -> tuple[Frame, Losses]:
    """Normalize each column that needs it.

    Args:
        records: Columns of case_record.avsc, as agencies write them.
        as_of: The as-of date.

    Returns:
        The records, and what was set to unknown in them.
    """
    fields = _fields(as_of)
    fine = records.select(field.fine.fill_null(True).alias(field.column) for field in fields)
    columns: list[pl.Series] = []
    flags: Losses = {}
    for field in fields:
        if fine[field.column].all():
            continue
        rows = (~fine[field.column]).arg_true()
        there = records.select(field.column, "birth_precision")[rows]
        done = there.with_columns(field.read.alias("_read")).select(
            field.normal.alias("normal"),
            *(lost.fill_null(False).alias(reason) for reason, lost in field.lost.items()),
        )
        columns.append(put(records[field.column], rows, done["normal"]))
        for reason in field.lost:
            if done[reason].any():
                flags[reason] = rows.filter(done[reason])
    return records.with_columns(columns), flags


@functools.lru_cache(maxsize=8)
def _fields(as_of: datetime.date) -> list[Field]:
    alone: dict[str, Cell] = {}
    listed: dict[str, dict[str, Cell]] = {}
    for name, cell in cells(as_of).items():
        column, _, part = name.partition(".")
        if part:
            listed.setdefault(column, {})[part] = cell
        else:
            alone[column] = cell
    return [
        *(_scalar(name, cell) for name, cell in alone.items()),
        *(_list(column, parts) for column, parts in listed.items()),
    ]


def _scalar(name: str, cell: Cell) -> Field:
    raw, read = pl.col(name), pl.col("_read")
    fine, kept, lost = cell.fine(raw), cell.kept(read), cell.lost(raw, read)
    if name == "birth_date":
        precision = pl.col("birth_precision")
        fine = fine & ~precision.is_in(["MONTH", "YEAR"]).fill_null(False)
        length = (
            pl.when(precision == "YEAR").then(4).when(precision == "MONTH").then(7).otherwise(10)
        )
        # The year or month of a day may be a placeholder even if the day itself isn't.
        short = kept.str.head(length)
        lost["PLACEHOLDER"] |= is_placeholder(short).fill_null(False)
        kept = pl.when(~is_placeholder(short)).then(short)
    labeled = {f"{name}:{reason}": flag for reason, flag in lost.items()}
    return Field(name, raw.is_null() | fine, cell.read(raw), kept, labeled)


def _list(column: str, parts: dict[str, Cell]) -> Field:
    """Normalize a list: every element is kept, and what can't be read in it becomes unknown."""
    element = pl.element()
    raw = {name: element.struct.field(name) for name in parts}
    read = {name: element.struct.field(f"_{name}") for name in parts}
    fine = [raw[name].is_null() | cell.fine(raw[name]) for name, cell in parts.items()]
    lost = {
        f"{column}.{name}:{reason}": flag
        for name, cell in parts.items()
        for reason, flag in cell.lost(raw[name], read[name]).items()
    }
    with_read = element.struct.with_fields(
        cell.read(raw[name]).alias(f"_{name}") for name, cell in parts.items()
    )
    kept = {name: cell.kept(read[name]) for name, cell in parts.items()}
    if column == "convictions":
        fine.append(is_settled(element))
        kept |= offense_of(element, read["category"])
    normal = pl.struct(
        kept.get(name, element.struct.field(name)).alias(name) for name in _field_names(column)
    )
    return Field(
        column,
        pl.col(column).list.eval(pl.all_horizontal(fine)).list.all(),
        pl.col(column).list.eval(pl.when(element.is_not_null()).then(with_read)),
        pl.col("_read").list.eval(pl.when(element.is_not_null()).then(normal)),
        {
            reason: pl.col("_read").list.eval(flag.fill_null(False)).list.any()
            for reason, flag in lost.items()
        },
    )


def _field_names(column: str) -> list[str]:
    dtype = CASES[column]
    assert isinstance(dtype, pl.List)
    assert isinstance(dtype.inner, pl.Struct)
    return [field.name for field in dtype.inner.fields]
