"""Rows of a release as its files hold them: tab-separated, and as messy as the real ones."""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from schemas.eoir.columns import kind_of
from schemas.eoir.tables import RENAMED, TABLES, Kind
from transforms.frames.frame import Frame

NULLS = ("N/A", "b6", "A.2.a", "??", "0", "  ")
JUNK = {"CUSTODY": "LIN", "CASE_TYPE": "0900", "C_BIRTHDATE": "E", "CHG_STATUS": "s", "NAT": "#"}
NULLED, JUNKED, NUL_BYTES, CUT = 0.01, 5e-4, 1e-4, 1e-5
# As in the real files: 101 of 12.6 million cases, and fewer in other tables.
TABBED = 8e-6


def tidy_lines(rows: Frame) -> bytes:
    """Write rows as lines, with only a tab between fields.

    Args:
        rows: String columns.

    Returns:
        One line per row, latin-1.
    """
    return _lines(rows).encode("latin-1")


def messy_lines(rows: Frame, table: str, seed: tuple[int, ...], tabbed: float = TABBED) -> bytes:
    """Write rows as lines, with the mess of the real files.

    Nulls are spelled in six ways. Codes are padded, or are junk from another column. Text has stray
    quotes and NUL bytes. A stray tab shifts a row. A few lines are cut short.

    Args:
        rows: Columns of `schemas.eoir.headers`, String.
        table: Their table.
        seed: The seed of the mess.
        tabbed: The share of rows with a stray tab.

    Returns:
        Lines, latin-1, some ending in a carriage return and a newline.
    """
    random = np.random.default_rng(seed)
    columns = {}
    used = {
        "Sex" if name == "GENDER" else name: kind for name, kind in TABLES[table].columns.items()
    }
    for name in rows.columns:
        column, kind = rows[name], used.get(name)
        spelled = pl.Series(NULLS[: 4 if kind is Kind.FLAG else None]).gather(
            random.integers(0, 4 if kind is Kind.FLAG else len(NULLS), rows.height)
        )
        column = column.zip_with(
            column.is_not_null() | pl.Series(random.random(rows.height) > NULLED), spelled
        )
        if kind is Kind.CODE:
            padded = pl.Series(random.random(rows.height) < NULLED)
            column = column.zip_with(~padded, column + " ")
        if name in JUNK:
            junk = pl.Series(random.random(rows.height) < JUNKED) & column.is_not_null()
            column = column.zip_with(~junk, pl.Series([JUNK[name]]).new_from_index(0, rows.height))
        if kind is None:
            quoted = pl.Series(random.random(rows.height) < NUL_BYTES)
            column = column.zip_with(~quoted, '"' + column)
        columns[name] = column
    lines = _lines(pl.DataFrame(columns)).encode("latin-1").split(b"\n")[:-1]
    typed = [at for at, name in enumerate(rows.columns) if _is_typed(table, name)]
    for at in np.flatnonzero(random.random(len(lines)) < tabbed):
        lines[at] = _tabbed(lines[at], typed, random)
    for at in np.flatnonzero(random.random(len(lines)) < NUL_BYTES):
        lines[at] += b"\0"
    for at in np.flatnonzero(random.random(len(lines)) < CUT):
        lines[at] = lines[at][: len(lines[at]) // 2].replace(b"\t", b" ", 1)
    for at in np.flatnonzero(random.random(len(lines)) < NUL_BYTES):
        lines[at] += b"\r"
    return b"".join(line + b"\n" for line in lines)


def _is_typed(table: str, column: str) -> bool:
    name = RENAMED.get(column.upper(), column.upper())
    return kind_of(TABLES[table], name) in (Kind.TEXT, Kind.CHARGE)


def _tabbed(line: bytes, typed: list[int], random: np.random.Generator) -> bytes:
    """Put a stray tab in or after typed text, or else a word of letters."""
    fields = line.split(b"\t")
    there = [at for at in typed if re.search(rb"[A-Za-z]", fields[at])]
    if not typed:
        there = [at for at, text in enumerate(fields) if re.fullmatch(rb"[A-Z]{2,}", text)]
    if there:
        at = int(random.choice(there))
        cut = int(random.integers(1, len(fields[at]) + 1))
        fields[at] = fields[at][:cut] + b"\t" + fields[at][cut:]
    return b"\t".join(fields)


def _lines(rows: Frame) -> str:
    if not rows.height:
        return ""
    joined = rows.select(pl.concat_str(pl.all().fill_null(""), separator="\t")).to_series()
    return "\n".join(joined.to_list()) + "\n"
