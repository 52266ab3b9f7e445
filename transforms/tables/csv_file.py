"""Read CSV files, in parts, whatever their separator and encoding.

A file is UTF-8 or UTF-16 if that is how it reads, and otherwise Windows-1252, which is what Excel
writes in the US. Columns are separated by commas, semicolons, or tabs, whichever splits the header
into the most columns. A row with a wrong number of fields isn't guessed at.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv

from schemas.errors import InputError
from transforms.files.storage import open_file
from transforms.tables.sheet import UNREAD, Part, Sheet, column_name, without_blanks

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
READ_BYTES = 1 << 22
# A header, and Excel's line `sep=;` above it, are within this.
_HEAD_BYTES = 1 << 20
# What Excel can hold in a cell. A cell with more comes from a quotation mark that isn't closed.
_MOST_CELL = 32_767
_CELL = pl.col("cell")
_SEP_LINE = re.compile(r"^\ufeff?sep=(.)\r?\n?$")
_NAMES = {"cp1252": "Windows-1252", "latin-1": "ISO 8859-1"}


@dataclass(frozen=True)
class Dialect:
    """How a file is written.

    Args:
        encoding: A codec of Python's.
        separator: What separates columns.
        skipped: How many lines are above the header.
        header: The names of the columns.
        odd_quotes: Whether the number of quotation marks is odd, so that one may not be closed.
    """

    encoding: str
    separator: str
    skipped: int
    header: tuple[str, ...]
    odd_quotes: bool

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what had to be guessed."""
        if self.encoding not in _NAMES:
            return ()
        return (f"isn't UTF-8, so it was read as {_NAMES[self.encoding]}",)


def read_csv(path: str, name: str) -> tuple[Sheet, tuple[str, ...]]:
    """Open a CSV file.

    Args:
        path: The file.
        name: The name of its sheet.

    Returns:
        The sheet, and how the file was read where that had to be guessed.

    Raises:
        InputError: It has no header, or isn't text.
        OSError: It can't be read.
    """
    dialect = dialect_of(path)
    return Sheet(name, path, dialect.header, lambda: _parts(path, dialect)), dialect.notes


def dialect_of(path: str) -> Dialect:
    """Find out how a CSV file is written; this reads it whole.

    Raises:
        InputError: It has no header, or isn't text.
        OSError: It can't be read.
    """
    with open_file(path) as stream:
        head = stream.read(_HEAD_BYTES)
        encoding, quotes = _survey(head, stream)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head).lstrip("\ufeff")
    lines = io.StringIO(text, newline="")
    first, separators, skipped = lines.readline(), tuple(SEPARATORS), 0
    if found := _SEP_LINE.match(first):
        separators, skipped = (found[1],), 1
        text = lines.read()
    if "\x00" in text:
        raise InputError(f"{path}: is not a text file")
    headers = {separator: _header(text, separator) for separator in separators}
    separator = max(headers, key=lambda one: len(headers[one]))
    if not any(headers[separator]):
        raise InputError(f"{path}: is empty; its first row must have the names of the columns")
    return Dialect(encoding, separator, skipped, headers[separator], quotes % 2 == 1)


def _header(text: str, separator: str) -> tuple[str, ...]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    with contextlib.suppress(csv.Error):
        return tuple(cell.strip() for cell in next(rows, []))
    return ()


def _survey(head: bytes, rest: BinaryIO) -> tuple[str, int]:
    """Find a file's encoding, and count its quotation marks."""
    wide = _utf16(head)
    utf8, is_utf8, is_cp1252 = codecs.getincrementaldecoder("utf-8")(), True, True
    part, quotes = head, 0
    mark = '"'.encode(wide or "utf-8")
    while part:
        quotes += part.count(mark)
        if is_utf8 and not wide:
            try:
                utf8.decode(part)
            except UnicodeDecodeError:
                is_utf8 = False
        # Five bytes mean nothing in Windows-1252.
        is_cp1252 = is_cp1252 and part.translate(None, b"\x81\x8d\x8f\x90\x9d") == part
        part = rest.read(READ_BYTES)
    if wide:
        return wide, quotes
    if is_utf8:
        with contextlib.suppress(UnicodeDecodeError):
            utf8.decode(b"", final=True)
            return "utf-8", quotes
    return "cp1252" if is_cp1252 else "latin-1", quotes


def _utf16(head: bytes) -> str | None:
    """Tell whether a file is UTF-16, by its mark or by a zero byte in its first letter."""
    if head.startswith(codecs.BOM_UTF16_LE) or head[1:2] == b"\x00":
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE) or head[:1] == b"\x00":
        return "utf-16-be"
    return None


def _parts(path: str, dialect: Dialect) -> Iterator[Part]:
    width = len(dialect.header)
    names = [column_name(place) for place in range(width)]
    odd: list[tuple[int, str, bytes]] = []

    def keep(row: pa_csv.InvalidRow) -> str:
        cells = "1 cell" if row.actual_columns == 1 else f"{row.actual_columns} cells"
        wrong = f"has {cells}, and the header {width}"
        odd.append((row.number, wrong, row.text.encode(errors="replace")))
        return "skip"

    with open_file(path) as stream:
        try:
            reader = pa_csv.open_csv(
                stream,
                read_options=pa_csv.ReadOptions(
                    encoding=dialect.encoding,
                    use_threads=False,
                    block_size=READ_BYTES,
                    column_names=names,
                    skip_rows=dialect.skipped,
                ),
                parse_options=pa_csv.ParseOptions(
                    delimiter=dialect.separator,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=keep,
                ),
                convert_options=pa_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
            last = None
            for last in _numbered(reader, odd, names, dialect.skipped):
                _check_quotes(path, _swallowing(last, _CELL.str.len_bytes() > _MOST_CELL))
                yield last
            if dialect.odd_quotes and last is not None:
                # What isn't closed runs to the end of the file.
                spans_lines = _CELL.str.contains("\n", literal=True)
                end = max(last.frame["row"].max() or 0, last.unread["row"].max() or 0)
                _check_quotes(path, [row for row in _swallowing(last, spans_lines) if row == end])
        except (pa.ArrowInvalid, UnicodeError) as error:
            # Arrow's own words quote the file.
            kind = "a quotation mark isn't closed" if "straddling" in str(error) else "is damaged"
            raise InputError(f"{path}: cannot be read as CSV: {kind}") from None


def _numbered(
    reader: pa_csv.CSVStreamingReader,
    odd: list[tuple[int, str, bytes]],
    names: list[str],
    skipped: int,
) -> Iterator[Part]:
    """Number the rows of each batch, counting those that were refused."""
    number, numbered = 1, 0
    refused: set[int] = set()
    for batch in reader:
        refused.update(row for row, _, _ in odd[numbered:])
        new, numbered = odd[numbered:], len(odd)
        rows: list[int] | range = range(number, number + batch.num_rows)
        if refused:
            rows = []
            while len(rows) < batch.num_rows:
                if number in refused:
                    refused.discard(number)
                else:
                    rows.append(number)
                number += 1
        else:
            number += batch.num_rows
        frame = pl.DataFrame(batch).insert_column(0, pl.Series("row", rows, pl.Int64))
        # The first row is the header.
        below = without_blanks(frame.filter(pl.col("row") > 1))
        yield _shifted(Part(below, _unread(new)), skipped)
    if rest := odd[numbered:]:
        nothing = pl.DataFrame(schema={"row": pl.Int64, **dict.fromkeys(names, pl.String)})
        yield _shifted(Part(nothing, _unread(rest)), skipped)


def _unread(odd: list[tuple[int, str, bytes]]) -> pl.DataFrame:
    return pl.DataFrame(odd, schema=UNREAD, orient="row")


def _shifted(part: Part, by: int) -> Part:
    shift = pl.col("row") + by
    return Part(part.frame.with_columns(shift), part.unread.with_columns(shift)) if by else part


def _swallowing(part: Part, swallows: pl.Expr) -> list[int]:
    """Return the rows with a cell of which a condition on `_CELL` is true."""
    raw = part.unread["raw"].cast(pl.String, strict=False)
    cells = [(part.unread["row"], raw), *((part.frame["row"], c) for c in part.frame)]
    return [
        row
        for rows, texts in cells
        if texts.dtype == pl.String
        for row in rows.filter(texts.to_frame("cell").select(swallows).to_series())
    ]


def _check_quotes(path: str, rows: list[int]) -> None:
    """Refuse a file in which a quotation mark makes one cell of the rows that follow it."""
    if rows:
        raise InputError(
            f"{path}: row {min(rows)}: a quotation mark isn't closed, so nobody can tell where "
            "this row ends; correct it"
        )
