"""Read tables of every kind: workbooks, CSV files and folders of them, NDJSON, and Parquet."""

from __future__ import annotations

import os

from schemas.errors import InputError
from transforms.files.storage import is_local, list_files, why_not
from transforms.tables import csv_file, records_file, workbook
from transforms.tables.endings import CSV, ENDINGS, NDJSON, PARQUET, WORKBOOKS
from transforms.tables.records_file import Lists
from transforms.tables.sheet import Book


def read_book(path: str, lists: Lists | None = None) -> Book:
    """Open a file of tables, by its ending, or a folder of CSV files.

    Args:
        path: The file or folder.
        lists: For NDJSON and Parquet: the columns that are lists of records.

    Returns:
        Its sheets. Their rows are read when they are asked for.

    Raises:
        InputError: It can't be read; the message says why and what to do.
    """
    try:
        return _book(path, lists or {})
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({why_not(error)})") from None


def _book(path: str, lists: Lists) -> Book:
    name, ending = os.path.splitext(os.path.basename(path))
    if is_local(path) and os.path.isdir(path):
        return _folder(path)
    if ending.lower() in WORKBOOKS:
        return workbook.read_workbook(path)
    if ending.lower() in CSV:
        sheet, notes = csv_file.read_csv(path, name)
        return Book(path, (path,), (sheet,), notes)
    if ending.lower() in NDJSON:
        return Book(path, (path,), (records_file.read_ndjson(path, name, lists),))
    if ending.lower() in PARQUET:
        return Book(path, (path,), (records_file.read_parquet(path, name, lists),))
    raise InputError(f"{path}: isn't a table; its name must end in {', '.join(ENDINGS)}")


def _folder(path: str) -> Book:
    files = [
        str(file.path)
        for file in list_files(path)
        if str(file.path).lower().endswith(CSV)
        and not os.path.basename(str(file.path)).startswith(("_", "."))
    ]
    if not files:
        raise InputError(f"{path}: has no {CSV[0]} file")
    sheets, notes = [], []
    for file in files:
        name = os.path.splitext(os.path.basename(file))[0]
        sheet, guesses = csv_file.read_csv(file, name)
        sheets.append(sheet)
        notes += [f"{os.path.basename(file)} {note}" for note in guesses]
    return Book(path, tuple(files), tuple(sheets), tuple(notes))
