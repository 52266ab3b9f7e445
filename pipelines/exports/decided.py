"""The decisions in a workbook or a CSV file that a worklist was written to."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import polars as pl

from schemas.errors import InputError
from transforms.export.decisions import NAMES, REFUSED, Decided, decisions
from transforms.frames.frame import Frame
from transforms.tables.header import match_header, name_key
from transforms.tables.read import read_book
from transforms.tables.sheet import ROW, Book, Part, Sheet, column_letter

ENDINGS = (".xlsx", ".csv")
# A line about confidentiality may stand above the header.
_MOST_ABOVE = 5
_NEEDED = ("case_id", "decision")


class RefusedCell(NamedTuple):
    """A cell that can't be used: where it is, what is wrong, and what is allowed."""

    sheet: str
    row: int
    column: str | None
    name: str
    wrong: str
    allowed: str


class DecidedBook(NamedTuple):
    """What a file gives.

    Args:
        decided: The reviews of each sheet that has decisions, and what was refused.
        refused: The refused cells, with their places.
        unknown: Columns that aren't read, each with its sheet and the name that was meant, if any.
        notes: How the file was read, where that had to be guessed.
    """

    decided: tuple[Decided, ...]
    refused: tuple[RefusedCell, ...]
    unknown: tuple[tuple[str, str, str | None], ...]
    notes: tuple[str, ...]


def read_decisions(path: str) -> DecidedBook:
    """Read the decisions in a file.

    Args:
        path: A workbook or a CSV file with the columns of a worklist.

    Raises:
        InputError: It can't be read, or has no sheet with the columns `case_id` and `decision`.
    """
    if not path.lower().endswith(ENDINGS):
        raise InputError(f"{path}: isn't a worklist; give an .xlsx or a .csv file")
    book = read_book(path)
    found, refused, unknown = [], [], []
    for sheet in filter(None, map(_with_header, book.sheets)):
        matched = match_header(sheet, {name: name for name in NAMES})
        unknown += [(sheet.name, one.name, one.meant) for one in matched.unknown if one.name]
        texts, unread = _texts(sheet, matched.columns)
        made = decisions(texts)
        found.append(made)
        every = pl.concat([made.refused, unread]).sort(ROW, maintain_order=True)
        for row, name, wrong, allowed in every.iter_rows():
            place = matched.columns.get(name)
            column = None if place is None else column_letter(int(place.removeprefix("c")))
            refused.append(RefusedCell(sheet.name, row, column, name, wrong, allowed))
    if not found:
        raise _no_decisions(book)
    return DecidedBook(tuple(found), tuple(refused), tuple(unknown), book.notes)


def _with_header(sheet: Sheet) -> Sheet | None:
    """Find the header of a sheet, which may stand below a line of text; None if it has none."""
    if _is_header(list(sheet.header)):
        return sheet
    for part in sheet.read():
        for row, *cells in part.frame.head(_MOST_ABOVE).iter_rows():
            if _is_header(cells):
                header = tuple((cell or "").strip() for cell in cells)
                return dataclasses.replace(sheet, header=header, read=partial(_below, sheet, row))
        break
    return None


def _is_header(cells: list[str | None]) -> bool:
    keys = {name_key(cell) for cell in cells if cell}
    return all(name_key(name) in keys for name in _NEEDED)


def _below(sheet: Sheet, header_row: int) -> Iterator[Part]:
    for part in sheet.read():
        yield part._replace(frame=part.frame.filter(pl.col(ROW) > header_row))


def _texts(sheet: Sheet, columns: dict[str, str]) -> tuple[Frame, Frame]:
    """Return a sheet's rows by the names of their columns, and the rows that can't be read."""
    empty = pl.DataFrame(schema={ROW: pl.Int64, **dict.fromkeys(columns, pl.String)})
    frames, unread = [empty], [REFUSED.to_frame()]
    for part in sheet.read():
        frames.append(part.frame.select(ROW, **{name: pl.col(at) for name, at in columns.items()}))
        unread.append(
            part.unread.select(
                ROW,
                name=pl.lit("the row"),
                wrong=pl.col("detail"),
                allowed=pl.lit("as many cells as the header has"),
            )
        )
    return pl.concat(frames), pl.concat(unread)


def _no_decisions(book: Book) -> InputError:
    return InputError(
        f"{book.path}: has no sheet with the columns case_id and decision; "
        "make one with discretion export, or name its columns so"
    )
