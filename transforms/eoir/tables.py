"""Rows of the release as typed frames: what can't be read is unknown and counted, or quarantined.

| kind | read as | null if |
|---|---|---|
| ID | Int64 | it isn't a whole number |
| DATE | Date | it isn't a date, is a placeholder, or is outside 1900 to 2199 |
| MONTH | String, YYYY-MM | it isn't a month and year |
| FLAG | Boolean | it is neither 0 nor 1 |
| CODE | String, trimmed | it isn't one of the column's codes |
| CHARGE | String, spelled by `transforms.normalize.charges` | it doesn't begin like a charge |

Quotes around a value are taken off. A null spelling (schemas/codes/nulls.yaml; in this release also
a single 0) is unknown and no fault, unless it is one of a column's own codes, as the nationality NA
is. Anything else that is lost counts as `TABLE.COLUMN:BAD_NUMBER`, `BAD_DATE`,
`PLACEHOLDER` or `UNKNOWN_CODE`. The letters of a code keep their case: a small s in CHG_STATUS
comes from a shifted row; it does not mean sustained.

An unreadable row of charges leaves a row in which only IDNCASE is known and `unread` is true, so
that nobody takes the readable charges for all of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from schemas.eoir.columns import DATE, codes_of, shape_of
from schemas.eoir.tables import TABLES, Kind, Table
from transforms.avro.quarantined import KEPT_BYTES, QUARANTINED
from transforms.eoir.files import TableFile
from transforms.eoir.lines import AROUND, cases_of, repair, split_odd
from transforms.frames.frame import Frame
from transforms.frames.nulls import NO_CODE, is_no_code, is_no_date
from transforms.normalize.charges import charge_code
from transforms.normalize.dates import is_placeholder, written_day
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
# Tables in which an unreadable row means that there may be more than what was read.
UNREAD_MEANS_MORE = ("B_TblProceedCharges",)
_FIRST, _LAST = pl.date(1900, 1, 1), pl.date(2199, 12, 31)
_CHARGE_SHAPE = r"^2\d\d[0-9A-Za-z]*$"


@dataclass(frozen=True, slots=True)
class ReadRows:
    """What a run of lines held.

    Args:
        rows: The used columns of the readable rows (`frame_schema`).
        lines: The number of lines, including blank ones.
        quarantined: Rows of quarantined.avsc; `offset` is the line's number in the run, from 0.
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


def read_rows(data: bytes, file: TableFile) -> ReadRows:
    """Read whole lines of a table.

    Args:
        data: Lines without NUL bytes and carriage returns, each ending in a newline.
        file: Their file.

    Returns:
        Their rows, and what was quarantined.
    """
    table = TABLES[file.table]
    parted = split_odd(data, len(file.header))
    even, lines = parted.even, parted.lines
    numbers = np.delete(np.arange(lines), [line.row for line in parted.odd])
    repaired, short, shifted, blank = [], [], [], 0
    for line in parted.odd:
        if not line.raw.strip():
            blank += 1
            continue
        if (row := repair(line.raw, table, file.header)) is not None:
            repaired.append((line.row, row))
        elif line.raw.count(b"\t") + 1 < len(file.header):
            short.append((line.row, line.raw))
        else:
            shifted.append((line.row, line.raw))
    whole = even + b"".join(row + b"\n" for _, row in repaired)
    places = [*numbers.tolist(), *(at for at, _ in repaired)] if repaired else numbers
    texts = _texts(whole, file, table)
    rows, warnings = _typed(texts, table)
    case = CASE_COLUMN.get(table.name, "IDNCASE")
    nobody = rows[case].is_null()
    quarantined = [
        _quarantined(short, file, "TOO_FEW_FIELDS", None, "the row is cut short"),
        _quarantined(
            shifted,
            file,
            "TOO_MANY_FIELDS",
            None,
            "stray tabs that can be repaired in no way or several",
        ),
    ]
    lost: list[tuple[int, bytes]] = []
    if nobody.any():
        raw = whole.split(b"\n")
        lost = [(int(places[at]), raw[at]) for at in nobody.arg_true()]
        quarantined.append(
            _quarantined(lost, file, "MISSING_CASE_ID", case, "the row belongs to no case")
        )
        rows = rows.filter(~nobody)
    if table.name in UNREAD_MEANS_MORE:
        rows = _with_unread(rows, [raw for _, raw in (*short, *shifted, *lost)], file)
    tally = {
        ("read", table.name): lines - blank,
        ("repaired", table.name): len(repaired) + parted.trimmed,
    } | {("warning", f"{table.name}.{reason}"): count for reason, count in warnings.items()}
    return ReadRows(rows, lines, pl.concat(quarantined), tally_of(tally))


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


def _texts(data: bytes, file: TableFile, table: Table) -> Frame:
    """Read the used columns as written, by name; null if the file doesn't have them."""
    at = {
        column: pl.col(f"{file.header.index(column)}") if column in file.header else pl.lit(None)
        for column in table.columns
    }
    # Lossy, but only unused text columns may hold anything other than ASCII.
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
        .select(place.cast(pl.String).alias(column) for column, place in at.items())
        .collect()
    )


def _typed(texts: Frame, table: Table) -> tuple[Frame, dict[str, int]]:
    """Convert columns to their types, and count the values of each that were lost."""
    columns, lost = [], {}
    for name, kind in table.columns.items():
        done = _typed_column(texts.select(name), name, kind, table)
        columns.append(done["read"].alias(name))
        count = int(done["lost"].sum())
        if kind is Kind.DATE:
            lost[f"{name}:PLACEHOLDER"] = placeholders = int(done["placeholder"].sum())
            count -= placeholders
        lost[f"{name}:{_REASONS[kind]}"] = count
    return pl.DataFrame(columns), {reason: count for reason, count in lost.items() if count}


def _typed_column(texts: Frame, name: str, kind: Kind, table: Table) -> Frame:
    """Convert one column: `read`, and whether it is `lost`, and a `placeholder` (Boolean)."""
    # Rows share their days and codes, and only their ids differ.
    distinct = texts if kind is Kind.ID else texts.unique()
    written, is_date = pl.col("written"), kind is Kind.DATE
    read = (
        distinct.lazy()
        .select(name, _written(name, kind, table).alias("written"))
        .with_columns(
            _read(written, name, kind, table).alias("read"),
            (is_placeholder(_day(written)) if is_date else pl.lit(False)).alias("placeholder"),
        )
        .select(
            name,
            "read",
            (written.is_not_null() & pl.col("read").is_null()).alias("lost"),
            pl.col("placeholder").fill_null(False),
        )
        .collect()
    )
    if kind is Kind.ID:
        return read
    return texts.join(read, on=name, how="left", nulls_equal=True, maintain_order="left")


_REASONS = {
    Kind.ID: "BAD_NUMBER",
    Kind.DATE: "BAD_DATE",
    Kind.MONTH: "BAD_DATE",
    Kind.FLAG: "UNKNOWN_CODE",
    Kind.CODE: "UNKNOWN_CODE",
    Kind.CHARGE: "UNKNOWN_CODE",
}


def _written(name: str, kind: Kind, table: Table) -> pl.Expr:
    """Return a column's text; null if it means unknown."""
    text = pl.col(name).str.strip_chars(f"{AROUND}\t\r\f\v")
    if kind in (Kind.DATE, Kind.MONTH):
        empty = is_no_date(text)
    elif kind is Kind.FLAG:
        # Zero is a value there.
        empty = is_no_code(text)
    else:
        empty = is_no_code(text) | (text == "0")
    for code in codes_of(table, name) or ():
        if re.search(NO_CODE, code):
            empty = empty & (text != code)
    return pl.when(~empty).then(text).alias(name)


def _read(text: pl.Expr, name: str, kind: Kind, table: Table) -> pl.Expr:
    if kind is Kind.ID:
        return pl.when(text.str.contains(r"^\d{1,18}$")).then(text).cast(pl.Int64, strict=False)
    if kind is Kind.DATE:
        day = _day(text)
        date = pl.when(~is_placeholder(day)).then(day).str.to_date("%Y-%m-%d", strict=False)
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


def _day(text: pl.Expr) -> pl.Expr:
    """Read a date in the release's own form, or in another that agencies write, as YYYY-MM-DD."""
    usual = text.str.contains(rf"^{DATE}$")
    # Reading the other forms costs much more, and almost no file has them.
    return pl.when(usual).then(text.str.head(10)).otherwise(written_day(pl.when(~usual).then(text)))


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
