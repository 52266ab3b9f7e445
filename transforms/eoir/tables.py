"""Rows of the release as typed frames: what cannot be read is unknown and counted, or set aside.

| kind | read as | null where |
|---|---|---|
| ID | Int64 | it is no whole number |
| DATE | Date | it is no date, or of another century than 1900 to 2199 |
| MONTH | String, YYYY-MM | it is no month and year |
| FLAG | Boolean | it is neither 0 nor 1 |
| CODE | String, blanks around it taken off | it is none of the codes that may stand there |
| CHARGE | String, spelled by `normalize.charges` | it does not begin as a charge does |

A null spelling (blank, N/A, b6, A.2.a, runs of ? or 0) is unknown and no fault. Anything else
that is lost counts as `TABLE.COLUMN:BAD_NUMBER`, `BAD_DATE` or `UNKNOWN_CODE`. The letters of a
code keep their
case: a small s in CHG_STATUS comes from a shifted row, it does not mean sustained.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from schemas.eoir import TABLES, Kind, Table
from schemas.eoir_columns import DATE, codes_of, shape_of
from transforms.eoir.files import TableFile
from transforms.eoir.lines import NULL_SPELLINGS, mend, split_odd
from transforms.frames.frame import Frame
from transforms.normalize.charges import charge_code
from transforms.normalize.quarantine import KEPT_BYTES, QUARANTINED
from transforms.route.tally import SCHEMA as TALLY

DTYPES = {
    Kind.ID: pl.Int64(),
    Kind.DATE: pl.Date(),
    Kind.MONTH: pl.String(),
    Kind.FLAG: pl.Boolean(),
    Kind.CODE: pl.String(),
    Kind.CHARGE: pl.String(),
}
# The case that a row belongs to; a row of leads and riders belongs to two.
CASE_COLUMN = {"tbl_Lead_Rider": "IDNRIDERCASE"}
_FIRST, _LAST = pl.date(1900, 1, 1), pl.date(2199, 12, 31)
_CHARGE_SHAPE = r"^2\d\d[0-9A-Za-z]*$"


@dataclass(frozen=True, slots=True)
class ReadRows:
    """What a run of lines held.

    Args:
        rows: The used columns of the rows that could be read (`frame_schema`).
        lines: How many lines there were, blank ones included.
        quarantined: Rows of quarantined.avsc; `offset` is the line's number in the run, from 0.
        tally: Columns `of`, `key`, `count`.
    """

    rows: Frame
    lines: int
    quarantined: Frame
    tally: Frame


def frame_schema(table: Table) -> pl.Schema:
    """Columns and dtypes of a table's rows."""
    return pl.Schema({name: DTYPES[kind] for name, kind in table.columns.items()})


def read_rows(data: bytes, file: TableFile) -> ReadRows:
    """Read whole lines of a table.

    Args:
        data: Lines without NUL bytes and carriage returns, each ending in a newline.
        file: Their file.

    Returns:
        Their rows, and what had to be set aside.
    """
    table = TABLES[file.table]
    even, lines, odd = split_odd(data, len(file.header))
    numbers = np.delete(np.arange(lines), [line.row for line in odd])
    mended, short, shifted, blank = [], [], [], 0
    for line in odd:
        if not line.raw.strip():
            blank += 1
            continue
        if (row := mend(line.raw, table, file.header)) is not None:
            mended.append((line.row, row))
        elif line.raw.count(b"\t") + 1 < len(file.header):
            short.append((line.row, line.raw))
        else:
            shifted.append((line.row, line.raw))
    whole = even + b"".join(row + b"\n" for _, row in mended)
    places = [*numbers.tolist(), *(at for at, _ in mended)] if mended else numbers
    texts = _texts(whole, file, table)
    rows, warnings = _typed(texts, table)
    case = CASE_COLUMN.get(table.name, "IDNCASE")
    nobody = rows[case].is_null()
    quarantined = [
        _set_aside(short, file, "TOO_FEW_FIELDS", None, "the row is cut short"),
        _set_aside(shifted, file, "TOO_MANY_FIELDS", None, "stray tabs; no one way to mend it"),
    ]
    if nobody.any():
        raw = whole.split(b"\n")
        lost = [(int(places[at]), raw[at]) for at in nobody.arg_true()]
        quarantined.append(
            _set_aside(lost, file, "MISSING_CASE_ID", case, "the row belongs to no case")
        )
        rows = rows.filter(~nobody)
    tally = {("read", table.name): lines - blank, ("mended", table.name): len(mended)} | {
        ("warning", f"{table.name}.{reason}"): count for reason, count in warnings.items()
    }
    return ReadRows(rows, lines, pl.concat(quarantined), tally_of(tally))


def tally_of(counts: dict[tuple[str, str], int]) -> Frame:
    """Counts under a name and a key as a tally (`transforms.route.tally`), zeros left out."""
    rows = [(of, key, count) for (of, key), count in counts.items() if count]
    return pl.DataFrame(rows, schema=TALLY, orient="row")


def _texts(data: bytes, file: TableFile, table: Table) -> Frame:
    """The used columns as they stand, by their names."""
    at = {column: f"{file.header.index(column)}" for column in table.columns}
    # Lossy: only text columns that are not used may hold anything but ASCII.
    return (
        pl.scan_csv(
            data,
            separator="\t",
            has_header=False,
            quote_char=None,
            schema={f"{number}": pl.String for number in range(len(file.header))},
            encoding="utf8-lossy",
            raise_if_empty=False,
        )
        .select(pl.col(place).alias(column) for column, place in at.items())
        .collect()
    )


def _typed(texts: Frame, table: Table) -> tuple[Frame, dict[str, int]]:
    """Typed columns, and how many values of each were lost."""
    tidy = texts.lazy().select(_written(name, kind) for name, kind in table.columns.items())
    typed = tidy.select(
        pl.all(),
        *(
            _read(pl.col(name), name, kind, table).alias(f"{name}:")
            for name, kind in table.columns.items()
        ),
    )
    done = typed.select(
        *(f"{name}:" for name in table.columns),
        *(
            (pl.col(name).is_not_null() & pl.col(f"{name}:").is_null()).alias(name)
            for name in table.columns
        ),
    ).collect()
    lost = {
        f"{name}:{_REASONS[kind]}": int(done[name].sum()) for name, kind in table.columns.items()
    }
    rows = done.select(pl.col(f"{name}:").alias(name) for name in table.columns)
    return rows, {reason: count for reason, count in lost.items() if count}


_REASONS = {
    Kind.ID: "BAD_NUMBER",
    Kind.DATE: "BAD_DATE",
    Kind.MONTH: "BAD_DATE",
    Kind.FLAG: "UNKNOWN_CODE",
    Kind.CODE: "UNKNOWN_CODE",
    Kind.CHARGE: "UNKNOWN_CODE",
}


def _written(name: str, kind: Kind) -> pl.Expr:
    """What stands in a column, null where it only says that there is nothing."""
    text = pl.col(name).str.strip_chars()
    empty = (text == "") | text.str.contains(NULL_SPELLINGS)
    if kind is Kind.FLAG:
        # A nought is an answer there.
        empty = empty & (text != "0")
    return pl.when(~empty).then(text).alias(name)


def _read(text: pl.Expr, name: str, kind: Kind, table: Table) -> pl.Expr:
    if kind is Kind.ID:
        return pl.when(text.str.contains(r"^\d{1,18}$")).then(text).cast(pl.Int64, strict=False)
    if kind is Kind.DATE:
        shaped = pl.when(text.str.contains(rf"^{DATE}$")).then(text.str.head(10))
        date = shaped.str.to_date("%Y-%m-%d", strict=False)
        return pl.when(date.is_between(_FIRST, _LAST)).then(date)
    if kind is Kind.MONTH:
        month = text.str.extract(r"^(0?[1-9]|1[0-2])/(?:19|20|21)\d\d$").str.zfill(2)
        return text.str.tail(4) + "-" + month
    if kind is Kind.FLAG:
        return pl.when(text.is_in(["0", "1"])).then(text == "1")
    if kind is Kind.CHARGE:
        code = charge_code(text)
        return pl.when(code.str.contains(_CHARGE_SHAPE)).then(code)
    return pl.when(_is_code(text, name, table)).then(text)


def _is_code(text: pl.Expr, name: str, table: Table) -> pl.Expr:
    codes = codes_of(table, name)
    if codes is not None:
        return text.is_in(sorted(codes))
    return text.str.contains(f"^{shape_of(table, name)}$")


def _set_aside(
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
