"""The files of a release: which table each one holds, and where its used columns are.

A release is a folder of tables, or the zip file that the court publishes, read as it is.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

import polars as pl

from schemas.eoir.columns import is_published
from schemas.eoir.tables import RENAMED, TABLES, Table
from schemas.errors import InputError
from transforms.files.find import find_below
from transforms.files.storage import open_file

# A header is a few hundred bytes; a file without a newline in this many isn't a table.
HEADER_BYTES = 1 << 16
# What is read together. More takes more memory, and leaves a processor idle at the end; with less,
# the same days and codes are read more often.
RANGE_BYTES = 32 << 20
_ENDINGS = (".csv", ".txt", ".tsv")
_JUVENILE_LOOKUP = "tbllookup_juvenile"
# Characters around a value that don't belong to it.
_AROUND = ' "'


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file of the release.

    Args:
        path: The file's path; in a zip file, the zip's path, a slash, and its name there.
        bytes: Its size, unpacked.
        table: The table that it holds.
        header: Its columns in order, in capitals, by the names of `schemas.eoir.tables`.
        body: Where the first row begins.
        archive: The zip file that it is in, or None.
    """

    path: str
    bytes: int
    table: str
    header: tuple[str, ...]
    body: int
    archive: str | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the used columns that the file doesn't have."""
        return tuple(name for name in TABLES[self.table].columns if name not in self.header)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Columns of the file that the court was not known to publish: nothing of them is read."""
        table = TABLES[self.table]
        return tuple(name for name in self.header if name and not is_published(table, name))

    def open(self) -> AbstractContextManager[BinaryIO]:
        """Open the file's bytes, unpacked."""
        return _open(self.path, self.archive)


@dataclass(frozen=True, slots=True)
class FileRange:
    """A stretch of a file; the rows that begin in it are read together."""

    file: TableFile
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Release:
    """The tables of a release in a folder or a zip file.

    Args:
        folder: The folder or zip file.
        inputs: What was opened, with its size: the files, or only the zip file.
        files: One file per table, in the order of `schemas.eoir.TABLES`.
        expected: The rows of each table according to `Count.txt`, as far as it says.
        juveniles: What a number in `tbl_JuvenileHistory` means, according to the release's own
            lookup table.
    """

    folder: str
    inputs: dict[str, int]
    files: tuple[TableFile, ...]
    expected: dict[str, int]
    juveniles: dict[str, str]

    def ranges(self, size: int) -> list[FileRange]:
        """Cut the files into stretches of about this many bytes; packed files stay whole."""
        return [
            FileRange(file, start, min(start + step, file.bytes))
            for file in self.files
            for step in [size if file.archive is None else file.bytes]
            for start in range(file.body, file.bytes, step)
        ]


def find_release(folder: str) -> Release:
    """Find the tables of a release, and check that each one can be read.

    Names of files and columns may be in any case; files end in .csv, .txt, or .tsv.

    Args:
        folder: The release's zip file, or the folder it was unpacked to; the tables may be in
            subfolders.

    Raises:
        InputError: A required table is missing, appears twice, or lacks a required column; or the
            zip file can't be read.
    """
    folder = folder.rstrip("/") or "/"
    archive = folder if folder.lower().endswith(".zip") else None
    found, size = _packed(folder) if archive else (_listing(folder), 0)
    files = []
    for table in TABLES.values():
        paths = found.get(table.name.lower(), {})
        if len(paths) > 1:
            raise InputError(
                f"{folder}: holds {table.name} twice, {' and '.join(sorted(paths)[:2])}; remove one"
            )
        if not paths and table.required:
            raise InputError(f"{folder}: there is no {table.name}.csv in it; is it a release?")
        files += [_open_table(path, bytes_, table, archive) for path, bytes_ in paths.items()]
    return Release(
        folder=folder,
        inputs={file.path: file.bytes for file in files} if archive is None else {archive: size},
        files=tuple(files),
        expected=_expected(_text(next(iter(found.get("count", {})), None), archive)),
        juveniles=_juveniles(_text(next(iter(found.get(_JUVENILE_LOOKUP, {})), None), archive)),
    )


@contextmanager
def _open(path: str, archive: str | None) -> Iterator[BinaryIO]:
    if archive is None:
        with open_file(path) as stream:
            yield stream
        return
    try:
        with (
            open_file(archive) as packed,
            zipfile.ZipFile(packed) as zipped,
            zipped.open(path.removeprefix(f"{archive}/")) as stream,
        ):
            yield cast(BinaryIO, stream)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise InputError(f"{path}: the zip is damaged there ({error}); fetch it again") from None
    except (RuntimeError, NotImplementedError):
        raise InputError(
            f"{path}: the zip is encrypted, or compressed by an unsupported method"
        ) from None


def _packed(archive: str) -> tuple[dict[str, dict[str, int]], int]:
    """List the tables in a zip file, as `_listing` does for a folder, and the size of the zip."""
    try:
        with (
            open_file(archive) as packed,
            zipfile.ZipFile(packed) as zipped,
        ):
            members = [(one.filename, one.file_size) for one in zipped.infolist()]
            size = packed.seek(0, io.SEEK_END)
    except zipfile.BadZipFile:
        raise InputError(f"{archive}: not a zip, or one that is damaged or cut short") from None
    except OSError as error:
        reason = getattr(error, "strerror", None) or "no such file"
        raise InputError(f"{archive}: cannot be read ({reason})") from None
    found = _by_name({f"{archive}/{name}": bytes_ for name, bytes_ in members})
    if not found:
        raise InputError(f"{archive}: has no table of a release")
    return found, size


def _listing(folder: str) -> dict[str, dict[str, int]]:
    """List paths and sizes of files, by their name without extension, in lower case."""
    below = find_below(folder, _ENDINGS)
    for path, reason in below.left_out:
        # A table that is skipped would look like one that the release doesn't have.
        raise InputError(f"{path}: {reason}")
    found = _by_name({file.path: file.bytes for file in below.files})
    if not found:
        raise InputError(f"{folder}: has no table of a release")
    return found


def _by_name(sizes: dict[str, int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for path, size in sizes.items():
        name, dot, ending = path.replace("\\", "/").rsplit("/", 1)[-1].lower().rpartition(".")
        if dot + ending in _ENDINGS:
            found.setdefault(name, {})[path] = size
    return found


def _open_table(path: str, size: int, table: Table, archive: str | None) -> TableFile:
    try:
        with _open(path, archive) as stream:
            start = stream.read(HEADER_BYTES)
    except OSError as error:
        reason = getattr(error, "strerror", None) or "not readable"
        raise InputError(f"{path}: cannot be read ({reason})") from None
    line, newline, _ = start.partition(b"\n")
    if not newline and len(start) == HEADER_BYTES:
        raise InputError(f"{path}: has no header line; is it a tab-separated table?")
    header = _header(line)
    missing = [
        column for column in table.columns if column not in header and column not in table.optional
    ]
    if missing:
        raise InputError(
            f"{path}: the header has no {', '.join(missing[:3])}; "
            f"is it a tab-separated {table.name}?"
        )
    repeated = [column for column in table.columns if header.count(column) > 1]
    if repeated:
        raise InputError(f"{path}: the header has {repeated[0]} twice")
    return TableFile(path, size, table.name, header, len(line) + len(newline), archive)


def _header(line: bytes) -> tuple[str, ...]:
    text = line.replace(b"\0", b"").decode("latin-1").removeprefix("ï»¿").rstrip("\r")
    names = [name.strip().strip('"').upper() for name in text.split("\t")]
    return tuple(RENAMED.get(name, name) for name in names)


def _text(path: str | None, archive: str | None) -> str:
    """Read a small file's text; empty if it doesn't exist."""
    if path is None:
        return ""
    with _open(path, archive) as stream:
        content: bytes = stream.read()
    return content.replace(b"\0", b"").decode("latin-1")


def _expected(text: str) -> dict[str, int]:
    """Read counts by table: the last number in a line that begins with a table's name."""
    names = {name.lower(): name for name in TABLES}
    expected = {}
    for line in filter(str.strip, text.splitlines()):
        words = re.split(r"[\s|,;:=]+", re.sub(r"(?<=\d),(?=\d{3})", "", line.strip()))
        stem = re.sub(r"\.(csv|txt|tsv)$", "", words[0].strip('"').lower())
        numbers = [word for word in words[1:] if word.isdigit()]
        if stem in names and numbers:
            expected[names[stem]] = int(numbers[-1])
    return expected


def _juveniles(text: str) -> dict[str, str]:
    if not text.strip():
        return {}
    lookup = pl.read_csv(
        io.BytesIO(text.replace("\r", "").encode()),
        separator="\t",
        quote_char=None,
        infer_schema=False,
        truncate_ragged_lines=True,
    )
    lookup = lookup.rename(lambda name: name.strip(_AROUND).upper())
    code = next(
        (name for name in lookup.columns if name.startswith("STR") and "CODE" in name), None
    )
    if code is None or "IDNJUVENILE" not in lookup.columns:
        return {}
    pairs = lookup.select("IDNJUVENILE", pl.col(code).alias("code")).drop_nulls()
    return {number.strip(_AROUND): word.strip(_AROUND) for number, word in pairs.iter_rows()}
