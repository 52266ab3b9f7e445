"""Refusals: cells that can't be read, with their places, and rows that belong to no case record."""

from __future__ import annotations

import polars as pl

from schemas.table_import import UNREADABLE_ROW
from transforms.frames.frame import Frame, json_lines
from transforms.tables.forms import CASE_ID, CASES_SHEET, forms
from transforms.tables.judge import kinds
from transforms.tables.lists import KEY
from transforms.tables.match import Rows
from transforms.tables.sheet import ROW, column_letter

PLACED = pl.Schema(
    {
        "file": pl.String,
        "sheet": pl.String,
        ROW: pl.Int64,
        "column": pl.String,
        "title": pl.String,
        "path": pl.String,
        "reason": pl.String,
        "kind": pl.String,
        "allowed": pl.String,
    }
)
"""The refused cells: where each is, what is wrong, the kind of its value, and what is allowed."""


def refusals(texts: Frame, field: str, reason: str) -> Frame:
    """Refuse a column's cells, for one reason.

    Args:
        texts: The rows: `row` and the column, as text.
        field: The column.
        reason: One of `schemas.table_import.REASONS`.

    Returns:
        Columns of `transforms.tables.judge.REFUSED`.
    """
    return texts.select(
        ROW,
        pl.lit(field).alias("path"),
        pl.lit(reason).alias("reason"),
        kinds(texts[field].fill_null("")).alias("kind"),
    )


def placed(rows: Rows, refused: Frame) -> Frame:
    """Say where refused cells are, and what is allowed there.

    Args:
        rows: The sheet.
        refused: Columns of `transforms.tables.judge.REFUSED`.

    Returns:
        Columns of `PLACED`.
    """
    places = pl.DataFrame(
        [_place(rows, path) for path in refused["path"].unique(maintain_order=True)],
        schema={"path": pl.String, "column": pl.String, "title": pl.String, "allowed": pl.String},
        orient="row",
    )
    return (
        refused.join(places, on="path", maintain_order="left")
        .with_columns(pl.lit(rows.sheet.file).alias("file"), pl.lit(rows.form.name).alias("sheet"))
        .select(PLACED.names())
        .sort(ROW, pl.col("column").str.len_chars(), "column", maintain_order=True)
    )


def _place(rows: Rows, path: str) -> tuple[str, str | None, str, str]:
    """Return a cell's field, the letter of its column, its title, and what is allowed."""
    first, _, rest = path.partition(".")
    # On a list's own sheet, its fields are the columns; in files of records, the list is.
    of_list = rows.form.name == CASES_SHEET and first in forms()
    form = forms()[first] if of_list else rows.form
    field = rest or first
    if of_list and not rest:
        return path, _letter(rows, first), first, f"nothing: each has a row on the sheet {first}"
    column = form.column(field)
    allowed = column.allowed
    if field == CASE_ID:
        is_main = rows.form.name == CASES_SHEET
        allowed = "an id that no other row has" if is_main else "the id of a row on the sheet cases"
    return path, _letter(rows, first if of_list else field), column.title, allowed


def _letter(rows: Rows, field: str) -> str | None:
    if rows.sheet.of_records or field not in rows.columns:
        return None
    return column_letter(int(rows.columns[field].removeprefix("c")))


def orphans(rows: Rows, texts: Frame) -> tuple[Frame, Frame]:
    """Quarantine rows of a list's sheet whose case isn't known.

    Args:
        rows: The sheet.
        texts: The rows: `row`, text columns, and `_key`.

    Returns:
        The refused cells, as in `REFUSED`; and the rows, as in quarantined.avsc.
    """
    named = pl.col(KEY).is_not_null()
    refused = [
        refusals(texts.filter(~named), CASE_ID, "MISSING_CASE_ID"),
        refusals(texts.filter(named), CASE_ID, "NO_CASE"),
    ]
    reason = pl.when(named).then(pl.lit("NO_CASE")).otherwise(pl.lit("MISSING_CASE_ID"))
    quarantined = texts.select(
        pl.lit("import").alias("stage"),
        reason.alias("reason"),
        pl.lit(CASE_ID).alias("field"),
        pl.lit(f"sheet {rows.form.name}: the row's case isn't on the sheet cases").alias("detail"),
        pl.lit(rows.sheet.file).alias("source_file"),
        pl.col(ROW).alias("offset"),
        # It is a part of a record, and no record by itself.
        pl.lit(0, pl.Int64).alias("record_count"),
        pl.col(KEY).alias("case_id"),
        json_lines(texts.drop(KEY)).alias("raw")
        if texts.height
        else pl.lit(None, pl.Binary).alias("raw"),
    )
    return pl.concat(refused), quarantined


def unread_rows(rows: Rows, unread: Frame) -> tuple[Frame, Frame]:
    """Quarantine rows of a file that can't be read.

    Args:
        rows: The sheet.
        unread: Columns of `transforms.tables.sheet.UNREAD`.

    Returns:
        The rows as refused cells, in the columns of `PLACED`; and as in quarantined.avsc.
    """
    is_case = rows.form.name == CASES_SHEET
    allowed = "an object of fields" if rows.sheet.of_records else "as many cells as the header has"
    place = {"file": rows.sheet.file, "sheet": rows.form.name, "column": None, "title": "the row"}
    refused = unread.select(
        ROW,
        pl.lit("").alias("path"),
        pl.lit(UNREADABLE_ROW).alias("reason"),
        pl.col("detail").alias("kind"),
        pl.lit(allowed).alias("allowed"),
        *(pl.lit(value, pl.String).alias(name) for name, value in place.items()),
    ).select(PLACED.names())
    quarantined = unread.select(
        # A part of a record isn't counted among the records that couldn't be read.
        pl.lit("read" if is_case else "import").alias("stage"),
        pl.lit(UNREADABLE_ROW).alias("reason"),
        pl.lit(None, pl.String).alias("field"),
        pl.format("sheet {}: the row {}", pl.lit(rows.form.name), "detail").alias("detail"),
        pl.lit(rows.sheet.file).alias("source_file"),
        pl.col(ROW).alias("offset"),
        pl.lit(int(is_case), pl.Int64).alias("record_count"),
        pl.lit(None, pl.String).alias("case_id"),
        "raw",
    )
    return refused, quarantined
