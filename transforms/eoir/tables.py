"""Rows of the release as typed frames; rows that can't be read are quarantined.

`transforms.eoir.values` says how a value is read. What is lost counts as `TABLE.COLUMN:REASON`.

An unreadable row of charges leaves a row in which only IDNCASE is known and `unread` is true, so
that nobody takes the readable charges for all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import polars as pl

from schemas.eoir.tables import TABLES, Table
from transforms.avro.quarantined import KEPT_BYTES, QUARANTINED
from transforms.eoir.files import TableFile
from transforms.eoir.lines import Ints, cases_of, repair, split_odd
from transforms.eoir.values import DTYPES, read_coded, read_ids, written
from transforms.frames.frame import Frame
from transforms.route.tally import SCHEMA as TALLY

# The case that a row belongs to; a row of leads and riders belongs to two.
CASE_COLUMN = {"tbl_Lead_Rider": "IDNRIDERCASE"}
# Tables in which an unreadable row means that there may be more than what was read.
UNREAD_MEANS_MORE = ("B_TblProceedCharges",)
# Lines, each with its number, from 0.
Numbered: TypeAlias = list[tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class ReadRows:
    """What runs of lines held.

    Args:
        rows: The used columns of the readable rows (`frame_schema`).
        lines: The number of lines, including blank ones.
        quarantined: Rows of quarantined.avsc; `offset` is the line's number, from 0.
        tally: Columns `of`, `key`, `count`.
    """

    rows: Frame
    lines: int
    quarantined: Frame
    tally: Frame


def frame_schema(table: Table) -> pl.Schema:
    """Return the columns and dtypes of a table's rows."""
    schema = pl.Schema({name: DTYPES[kind] for name, kind in table.columns.items()})
    if table.name in UNREAD_MEANS_MORE:
        schema["unread"] = pl.Boolean()
    return schema


def read_rows(runs: Iterable[bytes], file: TableFile) -> ReadRows:
    """Read whole lines of a table.

    Args:
        runs: Runs of lines without NUL bytes and carriage returns, each ending in a newline.
        file: Their file.

    Returns:
        Their rows, and what was quarantined.
    """
    table = TABLES[file.table]
    case = CASE_COLUMN.get(table.name, "IDNCASE")
    short, shifted, nobody = Numbered(), Numbered(), Numbered()
    ids, cells, lines, tally = [], [], 0, Counter[tuple[str, str]]()
    for data in runs:
        run = _separated(data, lines, file)
        lines += run.lines
        short += run.short
        shifted += run.shifted
        tally["read", table.name] += run.rows
        tally["repaired", table.name] += run.repaired
        texts = written(run.whole, file)
        read, lost = read_ids(texts, table)
        ids.append(read)
        cells.append(texts.drop_columns(read.columns))
        _warn(tally, table, lost)
        if at := read[case].is_null().arg_true().to_list():
            raw = run.whole.split(b"\n")
            nobody += [(int(run.numbers[row]), raw[row]) for row in at]
    coded, lost = read_coded(cells, table)
    _warn(tally, table, lost)
    no_ids = frame_schema(table).to_frame().select(pl.col(pl.Int64))
    rows = pl.concat([no_ids, *ids]).hstack(coded).select(*table.columns)
    rows = rows.filter(pl.col(case).is_not_null())
    if table.name in UNREAD_MEANS_MORE:
        rows = _with_unread(rows, [raw for _, raw in (*short, *shifted, *nobody)], file)
    quarantined = [
        _quarantined(short, file, "TOO_FEW_FIELDS", None, "the row is cut short"),
        _quarantined(
            shifted,
            file,
            "TOO_MANY_FIELDS",
            None,
            "stray tabs that can be repaired in no way or several",
        ),
        _quarantined(nobody, file, "MISSING_CASE_ID", case, "the row belongs to no case"),
    ]
    return ReadRows(rows, lines, pl.concat(quarantined), tally_of(tally))


def _warn(tally: Counter[tuple[str, str]], table: Table, lost: dict[str, int]) -> None:
    tally.update({("warning", f"{table.name}.{reason}"): count for reason, count in lost.items()})


@dataclass(frozen=True, slots=True)
class _Run:
    """A run of lines, by their number of fields.

    Args:
        whole: Lines with as many fields as the header; repaired ones come last.
        numbers: The numbers of these lines.
        short: Lines with too few fields.
        shifted: Lines with too many, which can't be repaired.
        lines: How many lines there are.
        rows: How many of them aren't blank.
        repaired: How many were repaired.
    """

    whole: bytes
    numbers: Ints
    short: Numbered
    shifted: Numbered
    lines: int
    rows: int
    repaired: int


def _separated(data: bytes, first: int, file: TableFile) -> _Run:
    """Separate the lines of a run, whose first line has a number, by their number of fields."""
    parted = split_odd(data, len(file.header))
    repaired, short, shifted, blank = Numbered(), Numbered(), Numbered(), 0
    for line in parted.odd:
        number, raw = first + line.row, line.raw
        if not raw.strip():
            blank += 1
        elif (row := repair(raw, TABLES[file.table], file.header)) is not None:
            repaired.append((number, row))
        elif raw.count(b"\t") + 1 < len(file.header):
            short.append((number, raw))
        else:
            shifted.append((number, raw))
    even = np.delete(np.arange(first, first + parted.lines), [line.row for line in parted.odd])
    return _Run(
        whole=parted.even + b"".join(row + b"\n" for _, row in repaired),
        numbers=np.append(even, [number for number, _ in repaired]),
        short=short,
        shifted=shifted,
        lines=parted.lines,
        rows=parted.lines - blank,
        repaired=len(repaired) + parted.trimmed,
    )


def _with_unread(rows: Frame, lines: list[bytes], file: TableFile) -> Frame:
    """Add to rows one for each case that an unreadable line may belong to."""
    table = TABLES[file.table]
    cases = sorted({case for line in lines for case in cases_of(line, table, file.header)})
    unread = pl.DataFrame(
        {"IDNCASE": cases, "unread": True}, schema_overrides={"IDNCASE": pl.Int64}
    )
    return pl.concat([rows.with_columns(unread=pl.lit(False)), unread], how="diagonal").select(
        frame_schema(table).names()
    )


def tally_of(counts: dict[tuple[str, str], int]) -> Frame:
    """Make a tally of counts under a name and a key, without zeros (`transforms.route.tally`)."""
    rows = [(of, key, count) for (of, key), count in counts.items() if count]
    return pl.DataFrame(rows, schema=TALLY, orient="row")


def _quarantined(
    lines: list[tuple[int, bytes]], file: TableFile, reason: str, field: str | None, detail: str
) -> Frame:
    return pl.DataFrame(
        {
            "stage": "read",
            "reason": reason,
            "field": field,
            "detail": detail,
            "source_file": file.path,
            "offset": [at for at, _ in lines],
            "record_count": 1,
            "case_id": None,
            "raw": [raw if len(raw) <= KEPT_BYTES else None for _, raw in lines],
        },
        schema=QUARANTINED,
    )
