"""Match a book with the forms: which sheet and which column holds what."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from schemas.errors import InputError
from transforms.frames.frame import Frame
from transforms.frames.nulls import given_code
from transforms.tables.forms import (
    CASE_ID,
    CASES_SHEET,
    EXAMPLE,
    EXTRA_SHEETS,
    Form,
    forms,
    list_fields,
)
from transforms.tables.header import match_header, name_key
from transforms.tables.lists import KEY
from transforms.tables.sheet import ROW, Book, Sheet


class Rows(NamedTuple):
    """A sheet, its form, and the column of its frames that holds each field."""

    sheet: Sheet
    form: Form
    columns: dict[str, str]


class UnknownColumn(NamedTuple):
    """A column that isn't read: its file, sheet, and name, and the name that was meant, if any."""

    file: str
    sheet: str
    name: str
    meant: str | None


class Matched(NamedTuple):
    """What a book holds.

    Args:
        rows: By the names of their forms, the sheets to read; `cases` is one of them.
        unknown: Columns that aren't known.
        unread: The names of sheets that aren't known.
    """

    rows: dict[str, Rows]
    unknown: tuple[UnknownColumn, ...]
    unread: tuple[str, ...]


class Given(NamedTuple):
    """The rows of a part of a sheet.

    Args:
        texts: `row`, the known columns by field, and `_key`, the case id; null if there is none.
        examples: How many rows of the template's example were left out.
    """

    texts: Frame
    examples: int


def match_book(book: Book) -> Matched:
    """Find the sheets and columns of a book.

    A sheet has the name of its form, in any spelling. A book with a single sheet that has case ids
    doesn't need to name it.

    Raises:
        InputError: There is no sheet of cases, one has no column for the case id, or two sheets or
            columns mean the same.
    """
    keys = {name_key(name): name for name in forms()}
    sheets: dict[str, Sheet] = {}
    others = []
    for sheet in book.sheets:
        name = keys.get(name_key(sheet.name))
        if name is None:
            others.append(sheet)
        elif name in sheets:
            raise InputError(f"{book.path}: has two sheets {name}; rename one")
        elif sheet.header or name == CASES_SHEET:
            sheets[name] = sheet
    if CASES_SHEET not in sheets:
        sheets[CASES_SHEET] = _only_sheet(book, others)
    unknown: list[UnknownColumn] = []
    rows = {name: _rows(sheets[name], forms()[name], unknown) for name in forms() if name in sheets}
    taken = sheets[CASES_SHEET]
    extra = {taken.name, *EXTRA_SHEETS}
    unread = tuple(sheet.name for sheet in others if sheet.header and sheet.name not in extra)
    return Matched(rows, tuple(unknown), unread)


def given_rows(rows: Rows, frame: Frame) -> Given:
    """Name the columns of a part of a sheet by their fields.

    Args:
        rows: The sheet.
        frame: A part's frame. Rows with nothing in the known columns are left out.
    """
    texts = frame.select(ROW, **{name: pl.col(at) for name, at in rows.columns.items()})
    texts = texts.filter(pl.any_horizontal(pl.all().exclude(ROW).is_not_null()))
    keyed = texts.with_columns(given_code(pl.col(CASE_ID)).alias(KEY))
    example = (pl.col(KEY).str.to_uppercase() == EXAMPLE).fill_null(False)
    kept = keyed.filter(~example)
    return Given(kept, keyed.height - kept.height)


def _only_sheet(book: Book, others: list[Sheet]) -> Sheet:
    found = [one for one in others if name_key(CASE_ID) in map(name_key, one.header)]
    if len(found) == 1:
        return found[0]
    if len(book.sheets) == 1:
        raise _no_case_id(book.sheets[0])
    raise InputError(f"{book.path}: has no sheet named {CASES_SHEET}, as in the template")


def _rows(sheet: Sheet, form: Form, unknown: list[UnknownColumn]) -> Rows:
    lists = list_fields()
    names = form.names
    if form.name == CASES_SHEET:
        # In files of records, the lists are within them.
        names |= {name: name for name in lists}
    found = match_header(sheet, names)
    if CASE_ID not in found.columns:
        raise _no_case_id(sheet)
    unknown += [
        UnknownColumn(sheet.file, form.name, one.name, one.meant)
        for one in found.unknown
        if one.name
    ]
    for name, inner in sheet.inner.items():
        unread = [f"{name}.{key}" for key in inner if key not in lists[name]]
        unknown += [UnknownColumn(sheet.file, form.name, key, None) for key in unread]
    return Rows(sheet, form, found.columns)


def _no_case_id(sheet: Sheet) -> InputError:
    return InputError(
        f"{sheet.file}: {sheet.name}: has no column case_id; its first row must have the names of "
        "the columns, as in the template"
    )
