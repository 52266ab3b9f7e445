"""The files of a release: which table each holds, and where the used columns stand in it."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import polars as pl
from apache_beam.io.filesystem import BeamIOError
from apache_beam.io.filesystems import FileSystems

from schemas.eoir import RENAMED, TABLES, Table
from schemas.errors import InputError

# A header is a few hundred bytes; a file without a newline in so many is no table.
HEADER_BYTES = 1 << 16
RANGE_BYTES = 128 << 20
_ENDINGS = (".csv", ".txt", ".tsv")
_JUVENILE_LOOKUP = "tbllookup_juvenile"


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file of the release.

    Args:
        path: Where it is.
        bytes: Its size.
        table: The table it holds.
        header: Its columns in order, in capitals, by the names of `schemas.eoir`.
        body: Where the first row begins.
    """

    path: str
    bytes: int
    table: str
    header: tuple[str, ...]
    body: int


@dataclass(frozen=True, slots=True)
class FileRange:
    """A stretch of a file; the rows that begin in it are read together."""

    file: TableFile
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Release:
    """What a folder holds of a release.

    Args:
        folder: The folder.
        files: One file a table, in the order of `schemas.eoir.TABLES`.
        expected: The rows of each table by `Count.txt`, as far as it tells.
        juveniles: What a number of `tbl_JuvenileHistory` stands for, by the release's own lookup.
    """

    folder: str
    files: tuple[TableFile, ...]
    expected: dict[str, int]
    juveniles: dict[str, str]

    def ranges(self, size: int) -> list[FileRange]:
        """The files cut into stretches of about so many bytes."""
        return [
            FileRange(file, start, min(start + size, file.bytes))
            for file in self.files
            for start in range(file.body, file.bytes, size)
        ]


def find_release(folder: str) -> Release:
    """Find the tables of a release, and see that each can be read.

    Names of files and columns may be in any case; files end in .csv, .txt or .tsv.

    Args:
        folder: Where the release was unpacked; the tables may stand in folders below it.

    Raises:
        InputError: A table that must be there is not, is there twice, or lacks a column.
    """
    folder = folder.rstrip("/") or "/"
    found = _listing(folder)
    files = []
    for table in TABLES.values():
        paths = found.get(table.name.lower(), {})
        if len(paths) > 1:
            raise InputError(
                f"{folder}: holds {table.name} twice, {' and '.join(sorted(paths)[:2])}; "
                "take one away"
            )
        if not paths and table.required:
            raise InputError(f"{folder}: there is no {table.name}.csv in it; is it a release?")
        files += [_open_table(path, size, table) for path, size in paths.items()]
    return Release(
        folder=folder,
        files=tuple(files),
        expected=_expected(next(iter(found.get("count", {})), None)),
        juveniles=_juveniles(next(iter(found.get(_JUVENILE_LOOKUP, {})), None)),
    )


def _listing(folder: str) -> dict[str, dict[str, int]]:
    """Files by their name without the ending, in lower case; to paths and sizes."""
    try:
        results = FileSystems.match([f"{folder}/*", f"{folder}/**/*"])
    except BeamIOError as error:
        cause = next(iter((error.exception_details or {}).values()), error)
        reason = getattr(cause, "strerror", None) or "no such folder"
        raise InputError(f"{folder}: cannot be read ({reason})") from None
    found: dict[str, dict[str, int]] = {}
    for result in results:
        for match in result.metadata_list:
            name, dot, ending = match.path.rsplit("/", 1)[-1].lower().rpartition(".")
            if dot + ending in _ENDINGS:
                found.setdefault(name, {})[match.path] = match.size_in_bytes
    if not found:
        raise InputError(f"{folder}: no such folder, or no table of a release in it")
    return found


def _open_table(path: str, size: int, table: Table) -> TableFile:
    try:
        with FileSystems.open(path, compression_type="uncompressed") as stream:
            start = stream.read(HEADER_BYTES)
    except (OSError, BeamIOError) as error:
        reason = getattr(error, "strerror", None) or "not readable"
        raise InputError(f"{path}: cannot be read ({reason})") from None
    line, newline, _ = start.partition(b"\n")
    if not newline and len(start) == HEADER_BYTES:
        raise InputError(f"{path}: has no header line; is it a tab-separated table?")
    header = _header(line)
    missing = [column for column in table.columns if column not in header]
    if missing:
        raise InputError(
            f"{path}: the header has no {', '.join(missing[:3])}; "
            f"is it a tab-separated {table.name}?"
        )
    repeated = [column for column in table.columns if header.count(column) > 1]
    if repeated:
        raise InputError(f"{path}: the header has {repeated[0]} twice")
    return TableFile(path, size, table.name, header, len(line) + len(newline))


def _header(line: bytes) -> tuple[str, ...]:
    text = line.replace(b"\0", b"").decode("latin-1").removeprefix("ï»¿").rstrip("\r")
    names = [name.strip().strip('"').upper() for name in text.split("\t")]
    return tuple(RENAMED.get(name, name) for name in names)


def _text(path: str) -> str:
    with FileSystems.open(path, compression_type="uncompressed") as stream:
        content: bytes = stream.read()
    return content.replace(b"\0", b"").decode("latin-1")


def _expected(path: str | None) -> dict[str, int]:
    """Counts by table: the last number of a line that begins with a table's name."""
    if path is None:
        return {}
    names = {name.lower(): name for name in TABLES}
    expected = {}
    for line in _text(path).splitlines():
        words = re.split(r"[\s|,;:=]+", re.sub(r"(?<=\d),(?=\d{3})", "", line.strip()))
        stem = re.sub(r"\.(csv|txt|tsv)$", "", words[0].strip('"').lower())
        numbers = [word for word in words[1:] if word.isdigit()]
        if stem in names and numbers:
            expected[names[stem]] = int(numbers[-1])
    return expected


def _juveniles(path: str | None) -> dict[str, str]:
    if path is None:
        return {}
    lookup = pl.read_csv(
        io.BytesIO(_text(path).replace("\r", "").encode()),
        separator="\t",
        quote_char=None,
        infer_schema=False,
        truncate_ragged_lines=True,
    )
    lookup = lookup.rename(lambda name: name.strip().upper())
    code = next(
        (name for name in lookup.columns if name.startswith("STR") and "CODE" in name), None
    )
    if code is None or "IDNJUVENILE" not in lookup.columns:
        return {}
    pairs = lookup.select("IDNJUVENILE", pl.col(code).alias("code")).drop_nulls()
    return {number.strip(): word.strip() for number, word in pairs.iter_rows()}
