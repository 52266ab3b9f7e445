"""Sheets: the tables of a workbook or of other files, as frames of text with their row numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from transforms.frames.frame import Frame

ROW = "row"
UNREAD = pl.Schema({ROW: pl.Int64, "detail": pl.String, "raw": pl.Binary})


class Part(NamedTuple):
    """Some rows of a sheet.

    Args:
        frame: `row` (Int64), and for each column of the header `c0`, `c1`, ... (String; a list
            that a file nests in a record is a List of Struct of String). A blank cell is null. Rows
            without any value are left out.
        unread: Columns of `UNREAD`: rows that can't be read, with the reason and the bytes.
    """

    frame: Frame
    unread: Frame


@dataclass(frozen=True)
class Sheet:
    """A table with a header.

    Rows are numbered as Excel shows them. In CSV and NDJSON files, the first record is row 1.

    Args:
        name: The sheet's name; a file with a single table gives it the file's name.
        file: The file.
        header: The names of the columns as written, without blanks around them; "" for none.
        read: Reads the rows below the header, from the first.
        of_records: Whether its rows are records with named fields, so that columns have no letters.
        inner: For each column that is a list of records, the names of their fields as written.
    """

    name: str
    file: str
    header: tuple[str, ...]
    read: Callable[[], Iterator[Part]]
    of_records: bool = False
    inner: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Book:
    """A file, or a folder of CSV files, as sheets.

    Args:
        path: Its path.
        files: The files that are read.
        sheets: Its sheets, in order.
        notes: How it was read, in words, where that had to be guessed.
    """

    path: str
    files: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()


def column_name(position: int) -> str:
    """Return the name, in frames, of the column at a position of the header."""
    return f"c{position}"


def text_part(rows: Sequence[int], columns: Iterable[pl.Series], unread: Frame) -> Part:
    """Make a part of text columns: blank cells become null, and blank rows are left out.

    Args:
        rows: The number of each row.
        columns: For each position, its cells (String).
        unread: Columns of `UNREAD`.
    """
    made = {ROW: pl.Series(ROW, rows, pl.Int64)}
    made |= {column_name(place): column for place, column in enumerate(columns)}
    return Part(without_blanks(pl.DataFrame(made)), unread)


def without_blanks(frame: Frame) -> Frame:
    """Make blank text null, and leave out the rows in which nothing is left.

    Args:
        frame: `row`, and columns of String or List.
    """
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    others = [name for name in frame.columns if name != ROW]
    # Blanks are those of Unicode, so the non-breaking blanks of workbooks and web pages count.
    given = frame.with_columns(
        pl.when(pl.col(name).str.contains(r"\S")).then(pl.col(name)) for name in texts
    )
    return given.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in others))


def no_unread() -> Frame:
    """Return an empty frame of `UNREAD`."""
    return UNREAD.to_frame()


def column_letter(position: int) -> str:
    """Return the letters that Excel shows above a column.

    Examples:
        >>> [column_letter(position) for position in (0, 25, 26, 702)]
        ['A', 'Z', 'AA', 'AAA']
    """
    letters, left = "", position + 1
    while left:
        left, last = divmod(left - 1, 26)
        letters = chr(ord("A") + last) + letters
    return letters
