"""Tables as files of a run or an import: case records in Avro, and every refused cell in a CSV."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import BinaryIO

import polars as pl

from pipelines.cli.progress import count
from schemas.avro import avro_schema
from schemas.errors import InputError
from schemas.manifest import InputFile
from schemas.table_import import REFUSED_FILE, RefusedCell, SheetRows, TableImport, UnreadColumn
from transforms.avro.account import Digest, digest
from transforms.avro.encode import encode_blocks, write_header
from transforms.avro.quarantined import QUARANTINED
from transforms.files.names import path_text
from transforms.files.storage import (
    create_file,
    is_local,
    list_files,
    open_file,
    size_of,
    why_not,
)
from transforms.frames.frame import Frame
from transforms.tables.convert import Conversion
from transforms.tables.forms import EXAMPLE, list_fields
from transforms.tables.read import read_book
from transforms.tables.refusals import PLACED
from transforms.tables.sheet import Book

MOST_SHOWN = 20


@dataclass
class RefusedCells:
    """The refused cells of all tables of a run: counted, the first kept, and all written.

    Args:
        file: Where they are written, as CSV.
    """

    file: BinaryIO
    counts: Counter[str] = field(default_factory=Counter)
    first: list[RefusedCell] = field(default_factory=list)

    def start(self) -> None:
        """Start counting for another table; the file continues."""
        self.counts, self.first = Counter(), []

    def add(self, refused: Frame) -> None:
        """Add cells.

        Args:
            refused: Columns of `transforms.tables.refusals.PLACED`.
        """
        if refused.is_empty():
            return
        counted = refused.group_by("path", "reason").len()
        self.counts.update({f"{path}:{reason}": n for path, reason, n in counted.iter_rows()})
        more = refused.head(MOST_SHOWN - len(self.first)).to_dicts()
        self.first += [RefusedCell.model_validate(cell) for cell in more]
        refused.write_csv(self.file, include_header=False)


@contextlib.contextmanager
def refused_cells(folder: str) -> Iterator[RefusedCells]:
    """Open the list of refused cells of a run.

    Args:
        folder: The run's directory.
    """
    with create_file(f"{folder}/{REFUSED_FILE}") as file:
        file.write(f"{','.join(PLACED.names())}\n".encode())
        yield RefusedCells(file)


@dataclass(frozen=True)
class ImportedTable:
    """A table whose case records are in an Avro file.

    Args:
        account: What was read, and what happened to it.
        inputs: The files that were read.
        quarantined: Columns of quarantined.avsc: rows that belong to no case record.
    """

    account: TableImport
    inputs: tuple[InputFile, ...]
    quarantined: Frame


def import_table(path: str, target: str, refused: RefusedCells) -> ImportedTable:
    """Convert a table to an Avro file of case records.

    Args:
        path: A workbook, a folder of CSV files, or another file of tables.
        target: The Avro file to write.
        refused: Takes the refused cells.

    Raises:
        InputError: The table can't be read, or it changed while it was read.
    """
    book = read_book(path, list_fields())
    before = [_digest(file) for file in book.files]
    conversion = Conversion(book)
    refused.start()
    cases, quarantined = 0, [QUARANTINED.to_frame()]
    schema = avro_schema("case_record")
    with create_file(target) as file:
        file.write(write_header(schema))
        for part in conversion.parts():
            file.write(encode_blocks(part.cases, schema))
            cases += part.cases.height
            count("rows", part.cases.height)
            refused.add(part.refused)
            if part.quarantined.height:
                quarantined.append(part.quarantined)
    for name, was in zip(book.files, before, strict=True):
        if _digest(name) != was:
            raise InputError(f"{name}: changed while it was read; run it again")
    if not cases:
        raise InputError(_no_cases(path, conversion))
    return ImportedTable(
        _account(book, conversion, cases, refused),
        tuple(
            InputFile(path=path_text(name), bytes=was.bytes, sha256=was.sha256)
            for name, was in zip(book.files, before, strict=True)
            if name in {sheet.file for sheet in conversion.account.sheets.values()}
        ),
        pl.concat(quarantined),
    )


def table_bytes(path: str) -> int:
    """Return the size of a table, or of the files in a folder, in bytes; 0 if it isn't there."""
    try:
        if is_local(path) and os.path.isdir(path):
            return sum(file.size_in_bytes for file in list_files(path))
        return size_of(path)
    except OSError:
        return 0


def _no_cases(path: str, conversion: Conversion) -> str:
    sheet = conversion.account.sheets["cases"]
    if sheet.quarantined:
        return f"{sheet.file}: none of its {sheet.quarantined:,} rows could be read"
    example = f", only the example, whose id is {EXAMPLE}" if sheet.examples else ""
    return f"{path}: there is no case in it{example}"


def _account(book: Book, conversion: Conversion, cases: int, refused: RefusedCells) -> TableImport:
    found = conversion.account
    return TableImport(
        path=path_text(book.path),
        notes=book.notes,
        sheets={
            name: SheetRows(**{**asdict(sheet), "file": path_text(sheet.file)})
            for name, sheet in found.sheets.items()
        },
        cases=cases,
        without_id=found.without_id,
        repeated=found.repeated,
        open_lists={name: count for name, count in found.open_lists.items() if count},
        refused=dict(sorted(refused.counts.items())),
        first_refused=tuple(refused.first),
        unread_columns=tuple(
            UnreadColumn(file=path_text(one.file), sheet=one.sheet, name=one.name, meant=one.meant)
            for one in found.unknown
        ),
        unread_sheets=found.unread,
    )


def _digest(path: str) -> Digest:
    try:
        with open_file(path) as stream:
            return digest(stream)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({why_not(error)})") from None
