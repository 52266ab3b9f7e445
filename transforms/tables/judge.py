"""Judge the cells of a sheet: text becomes typed values, and what can't be read is named.

Yes and no, whole numbers, and values of enums are read as in Avro files that hold them as text. All
other values stay as written. Normalization reads them later, so its own cells say here which of
them it won't be able to read, whatever the as-of date is.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

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
_Found: TypeAlias = dict[tuple[str, str], pl.Series]
"""By the path of a field and `path:REASON`, the positions of the rows with such a cell (UInt32)."""
# A date that is in the future on one as-of date isn't on a later one.
_LAST_DAY = datetime.date(2199, 12, 31)
_KINDS = {
    r"^\s*$": "blank",
    r"^#[A-Z/0?!_]+$": "an error of the spreadsheet",
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
    given = [column for column in columns if texts[column.field].null_count() < texts.height]
    typed = texts.select(ROW, *(_typed(column) for column in columns))
    flags = _lost(texts, given)
    lost = {label: rows for (path, label), rows in flags.items() if not path.startswith(NO_OTHER)}
    refused = [
        _refused(texts, path, label, rows)
        for found in (flags, _nones(texts, given), _unreadable(typed, given))
        for (path, label), rows in found.items()
    ]
    labels = labels_at(lost, texts.height).alias(LOST)
    return Judged(
        typed.with_columns(labels),
        pl.concat([REFUSED.to_frame(), *refused]).sort(ROW, maintain_order=True),
    )


def _typed(column: Column) -> pl.Expr:
    """Read a column of text in its own type."""
    change = change_of("string", column.avro)
    value = pl.col(column.field)
    if change is None:
        return value
    read = change.read(value, column.avro)
    # Null says unknown, too, and is what a blank cell becomes.
    return (
        pl.when(read != "UNKNOWN").then(read).alias(column.field) if column.kind == "enum" else read
    )


def _lost(texts: Frame, columns: Sequence[Column]) -> _Found:
    """Find the cells that can't be read in their own type."""
    flags = {}
    for column in columns:
        if change := change_of("string", column.avro):
            for reason, lost in change.lost(pl.col(column.field), column.avro).items():
                flags[column.path, f"{column.path}:{reason}"] = lost
    return _rows_of(texts, flags)


def _nones(texts: Frame, columns: Sequence[Column]) -> _Found:
    """Find where a person wrote none for a number or for yes or no, and may have meant 0 or no.

    In the files of programs it means unknown, and it is read as that here, too, but not silently.
    """
    reasons = {"number": "BAD_NUMBER", "boolean": "UNKNOWN_CODE"}
    flags = {
        (column.path, f"{column.path}:{reasons[column.kind]}"): pl.col(column.field).str.contains(
            r"(?i)^\s*none\s*$"
        )
        for column in columns
        if column.kind in reasons
    }
    return _rows_of(texts, flags)


def _unreadable(typed: Frame, columns: Sequence[Column]) -> _Found:
    """Find the values that normalization will set to unknown."""
    reads: dict[str, Cell] = cells(_LAST_DAY)
    judged = [column for column in columns if column.path in reads]
    odd = typed.select(
        (pl.col(column.field).is_not_null() & ~reads[column.path].fine(pl.col(column.field)))
        .fill_null(pl.col(column.field).is_not_null())
        .alias(column.path)
        for column in judged
    )
    found: _Found = {}
    for column in judged:
        rows = odd[column.path].arg_true()
        if rows.is_empty():
            continue
        cell, raw = reads[column.path], pl.col(column.field)
        there = typed.select(column.field)[rows].with_columns(cell.read(raw).alias("_read"))
        flags = {
            (column.path, f"{column.path}:{reason}"): flag
            for reason, flag in cell.lost(raw, pl.col("_read")).items()
        }
        found |= {of: rows.gather(at) for of, at in _rows_of(there, flags).items()}
    return found


def _rows_of(frame: Frame, flags: dict[tuple[str, str], pl.Expr]) -> _Found:
    """Return the positions of the rows for which each flag is true, if there are any."""
    true = frame.select(flag.fill_null(False).alias(label) for (_, label), flag in flags.items())
    return {of: true[of[1]].arg_true() for of in flags if true[of[1]].any()}


def _refused(texts: Frame, path: str, label: str, at: pl.Series) -> Frame:
    field = path.rpartition(".")[2]
    return texts.select(ROW, field)[at].select(
        ROW,
        pl.lit(path).alias("path"),
        pl.lit(label.removeprefix(f"{path}:")).alias("reason"),
        kinds(texts[field].gather(at)).alias("kind"),
    )


def kinds(text: pl.Series) -> pl.Series:
    """Say what kind of value each text is: `a date`, `a whole number`, `text`, and so on."""
    value = pl.col(text.name)
    found = pl.coalesce(
        pl.when(value.str.contains(shape)).then(pl.lit(kind)) for shape, kind in _KINDS.items()
    )
    return text.to_frame().select(pl.coalesce(found, pl.lit("text"))).to_series()
