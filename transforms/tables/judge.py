"""Judge the cells of a sheet: text becomes typed values, and what can't be read is named.

Yes and no, whole numbers, and values of enums are read as in Avro files that hold them as text. All
other values stay as written. Normalization reads them later, so its own cells say here which of
them it won't be able to read, whatever the as-of date is.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from transforms.avro.values import change_of
from transforms.frames.frame import Frame
from transforms.frames.labels import labels_at
from transforms.normalize.cells import Cell
from transforms.normalize.fields import cells
from transforms.tables.forms import NO_OTHER, Column
from transforms.tables.sheet import ROW

REFUSED = pl.Schema({ROW: pl.Int64, "path": pl.String, "reason": pl.String, "kind": pl.String})
LOST = "lost"
# A date that is in the future on one as-of date isn't on a later one.
_LAST_DAY = datetime.date(2199, 12, 31)
_KINDS = {
    r"^\s*$": "blank",
    r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}(T.*)?$": "a date",
    r"^\s*[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?\s*$": "a time of day",
    r"^\s*[+-]?[0-9]+(\.0*)?\s*$": "a whole number",
    r"^\s*[+-]?[0-9.,]*[0-9](?:[eE][+-]?[0-9]+)?\s*$": "a number",
    r"(?i)^\s*(true|false|yes|no)\s*$": "yes or no",
}


class Judged(NamedTuple):
    """The rows of a sheet, as far as they can be read.

    Args:
        frame: `row`; a column per field, in the dtypes of a case record; and `lost` (List(String)):
            `field:REASON` for each typed value that couldn't be read, as in `warnings`.
        refused: Columns of `REFUSED`: every cell that can't be read, with the kind of its value.
    """

    frame: Frame
    refused: Frame


def judge(texts: Frame, columns: Sequence[Column]) -> Judged:
    """Judge the cells of some rows.

    Args:
        texts: `row`, and a column of text (String) for each of the columns, by field.
        columns: The columns.
    """
    refused: list[Frame] = []
    lost: dict[str, pl.Series] = {}
    made = [texts[ROW]]
    for column in columns:
        text = texts[column.field]
        typed, flags = _typed(text, column)
        made.append(typed.alias(column.field))
        if not column.path.startswith(NO_OTHER):
            lost |= {f"{column.path}:{reason}": rows for reason, rows in flags.items()}
        for reason, rows in {**flags, **_unreadable(typed, column)}.items():
            refused.append(_refused(texts[ROW], text, rows, column.path, reason))
    labels = labels_at(lost, texts.height).alias(LOST)
    return Judged(
        pl.DataFrame([*made, labels]),
        pl.concat([REFUSED.to_frame(), *refused]).sort(ROW, maintain_order=True),
    )


def _typed(text: pl.Series, column: Column) -> tuple[pl.Series, dict[str, pl.Series]]:
    """Read a column in its own type; for each reason, the positions that can't be."""
    change = change_of("string", column.avro)
    if change is None:
        return text, {}
    value, frame = pl.col(text.name), text.to_frame()
    found = frame.select(
        change.read(value, column.avro).alias("read"), **change.lost(value, column.avro)
    )
    read = found["read"]
    if column.kind == "enum":
        # In a file with null for unknown, the default says no more.
        read = found.select(pl.when(pl.col("read") != "UNKNOWN").then("read")).to_series()
    flags = {name: found[name].arg_true() for name in found.columns if name != "read"}
    return read, {name: rows for name, rows in flags.items() if len(rows)}


def _unreadable(typed: pl.Series, column: Column) -> dict[str, pl.Series]:
    """Find the positions of the values that normalization will set to unknown, by reason."""
    cell: Cell | None = cells(_LAST_DAY).get(column.path)
    if cell is None:
        return {}
    raw, frame = pl.col(typed.name), typed.to_frame()
    odd = frame.select((raw.is_not_null() & ~cell.fine(raw)).fill_null(True)).to_series()
    rows = (odd & typed.is_not_null()).arg_true()
    if rows.is_empty():
        return {}
    there = frame[rows].with_columns(cell.read(raw).alias("_read"))
    lost = there.select(
        flag.fill_null(False).alias(reason)
        for reason, flag in cell.lost(raw, pl.col("_read")).items()
    )
    return {flags.name: rows.filter(flags) for flags in lost if flags.any()}


def _refused(rows: pl.Series, text: pl.Series, at: pl.Series, path: str, reason: str) -> Frame:
    return pl.DataFrame({ROW: rows.gather(at), "kind": kinds(text.gather(at))}).select(
        ROW, pl.lit(path).alias("path"), pl.lit(reason).alias("reason"), "kind"
    )


def kinds(text: pl.Series) -> pl.Series:
    """Say what kind of value each text is: `a date`, `a whole number`, `text`, and so on."""
    value = pl.col(text.name)
    found = pl.coalesce(
        pl.when(value.str.contains(shape)).then(pl.lit(kind)) for shape, kind in _KINDS.items()
    )
    return text.to_frame().select(pl.coalesce(found, pl.lit("text"))).to_series()
