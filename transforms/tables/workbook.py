"""Read workbooks: each sheet, with its cells as text.

Calamine reads the cells, and knows which are dates, in both of Excel's date systems. A date becomes
YYYY-MM-DD. A whole number has no decimal point, so that a case id typed as a number is the id.
"""

from __future__ import annotations

import datetime
import io
import itertools
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl
import python_calamine as calamine

from schemas.errors import InputError
from schemas.shown import shown
from transforms.files.storage import read_bytes
from transforms.tables.error_cells import Errors, error_cells
from transforms.tables.sheet import Book, Part, Sheet, no_unread, text_part

# What a workbook may unpack to. A million rows of cases need less.
MOST_BYTES = 2 << 30
# Excel keeps 15 digits of a number.
_EXACT = 10**15
# Rows of Python objects at once; they take much more memory than the frames made of them.
_ROWS = 1 << 13


def read_workbook(path: str) -> Book:
    """Open a workbook.

    Args:
        path: The file.

    Returns:
        Its sheets in order, hidden ones included. A sheet without any value has no header.

    Raises:
        InputError: It isn't a workbook, is protected by a password, or is damaged.
        OSError: It can't be read.
    """
    content = read_bytes(path)
    _check_size(path, content)
    book = _calling(path, lambda: calamine.load_workbook(io.BytesIO(content)))
    errors = _calling(path, lambda: error_cells(content))
    sheets = [
        _sheet(path, book, data.name, errors.get(data.name, {}))
        for data in book.sheets_metadata
        if data.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    return Book(path, (path,), tuple(sheets))


def cell_text(value: Any) -> str | None:
    """Write a cell as text.

    Args:
        value: What calamine reads.

    Returns:
        The text; None for a blank cell.

    Examples:
        >>> cell_text(123.0), cell_text(1.5), cell_text(True), cell_text("")
        ('123', '1.5', 'true', None)
        >>> cell_text(datetime.datetime(2011, 11, 17)), cell_text(datetime.time(9, 30))
        ('2011-11-17', '09:30:00')
    """
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(timespec="seconds")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def _sheet(path: str, book: calamine.CalamineWorkbook, name: str, errors: Errors) -> Sheet:
    table = _calling(path, lambda: book.get_sheet_by_name(name))
    first = table.start[1] if table.start else 0
    rows = enumerate(table.iter_rows(), 1)
    header_row, cells = next(((n, row) for n, row in rows if any(map(cell_text, row))), (0, []))
    # Columns to the left of the first value, which calamine skips, have a place too.
    header = [*[""] * first, *((cell_text(cell) or "").strip() for cell in cells)]

    def read() -> Iterator[Part]:
        below = itertools.islice(enumerate(table.iter_rows(), 1), header_row, None)
        while batch := list(itertools.islice(below, _ROWS)):
            if errors:
                batch = [(row, _with_errors(row, cells, first, errors)) for row, cells in batch]
            yield _part(batch, first)

    return Sheet(name, path, tuple(header), read)


def _with_errors(row: int, cells: Sequence[Any], first: int, errors: Errors) -> list[Any]:
    return [errors.get((row, at), cell) for at, cell in enumerate(cells, first)]


def _part(batch: Sequence[tuple[int, Sequence[Any]]], first: int) -> Part:
    blank = pl.Series(values=[None] * len(batch), dtype=pl.String)
    cells = zip(*(row for _, row in batch), strict=True)
    columns = [pl.Series(values=list(map(cell_text, column)), dtype=pl.String) for column in cells]
    return text_part([number for number, _ in batch], [*[blank] * first, *columns], no_unread())


def _check_size(path: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(member.file_size for member in packed.infolist())
    except zipfile.BadZipFile:
        if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise InputError(
                f"{path}: is protected by a password, or in Excel's old format; save it as .xlsx "
                "without a password"
            ) from None
        raise InputError(f"{path}: is not a workbook, or is damaged") from None
    if size > MOST_BYTES:
        raise InputError(
            f"{path}: unpacks to more than {MOST_BYTES >> 30} GiB; save its sheets as CSV files"
        )


def _calling(path: str, call: Any) -> Any:
    """Call calamine; everything that it raises, panics included, is a damaged workbook."""
    try:
        return call()
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            kind = shown(type(error).__name__)
            raise InputError(f"{path}: cannot be read as a workbook ({kind})") from None
        raise
