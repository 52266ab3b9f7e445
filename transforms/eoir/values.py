"""Values of the release by their kinds: what can't be read is unknown and counted.

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
is. Anything else that is lost counts as `COLUMN:BAD_NUMBER`, `BAD_DATE`, `PLACEHOLDER` or
`UNKNOWN_CODE`. The letters of a code keep their case: a small s in CHG_STATUS comes from a shifted
row; it does not mean sustained.

Rows share their days and codes, and only their ids differ. So ids are read run by run, and any
other column is split into its distinct values, which are read once for many runs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl
import pyarrow as pa
from pyarrow import csv as pa_csv

from schemas.eoir.columns import DATE, codes_of, shape_of
from schemas.eoir.tables import TABLES, Kind, Table
from transforms.eoir.files import TableFile
from transforms.eoir.lines import AROUND
from transforms.frames.days import iso_day
from transforms.frames.frame import Frame
from transforms.frames.nulls import NO_CODE, is_no_code, is_no_date
from transforms.normalize.charges import charge_code
from transforms.normalize.dates import is_placeholder, written_day

DTYPES = {
    Kind.ID: pl.Int64(),
    Kind.DATE: pl.Date(),
    Kind.MONTH: pl.String(),
    Kind.FLAG: pl.Boolean(),
    Kind.CODE: pl.String(),
    Kind.CHARGE: pl.String(),
}
_REASONS = {
    Kind.ID: "BAD_NUMBER",
    Kind.DATE: "BAD_DATE",
    Kind.MONTH: "BAD_DATE",
    Kind.FLAG: "UNKNOWN_CODE",
    Kind.CODE: "UNKNOWN_CODE",
    Kind.CHARGE: "UNKNOWN_CODE",
}
_FIRST, _LAST = pl.date(1900, 1, 1), pl.date(2199, 12, 31)
_CHARGE_SHAPE = r"^2\d\d[0-9A-Za-z]*$"
# An id that needs no other look.
_PLAIN = r"^[1-9][0-9]{0,17}$"
_TABS = pa_csv.ParseOptions(
    delimiter="\t", quote_char=False, escape_char=False, ignore_empty_lines=False
)


def written(data: bytes, file: TableFile) -> pa.Table:
    """Split lines into the used columns, as written.

    Args:
        data: Lines with as many fields as the header, each ending in a newline.
        file: Their file.

    Returns:
        Bytes, in columns by name: ids as they are, and other columns as dictionaries. A column that
        the file doesn't have is null.
    """
    types = _types(TABLES[file.table])
    if not data:
        return types.empty_table()
    return pa_csv.read_csv(
        # To Arrow, a carriage return ends a line. Any other blank is as good within a value.
        pa.BufferReader(data.replace(b"\r", b"\v")),
        read_options=pa_csv.ReadOptions(
            use_threads=False, block_size=len(data), column_names=file.header
        ),
        parse_options=_TABS,
        convert_options=pa_csv.ConvertOptions(
            column_types=types,
            include_columns=types.names,
            include_missing_columns=True,
            null_values=[],
        ),
    )


def _types(table: Table) -> pa.Schema:
    coded = pa.dictionary(pa.int32(), pa.binary())
    return pa.schema(
        (name, pa.binary() if kind is Kind.ID else coded) for name, kind in table.columns.items()
    )


def read_ids(lines: pa.Table, table: Table) -> tuple[Frame, dict[str, int]]:
    """Read the columns of ids.

    Args:
        lines: From `written`.
        table: Their table.

    Returns:
        The columns, and how many values were lost, by reason.
    """
    columns, lost = [], {}
    for name in _names(table, ids=True):
        text = _text(lines[name].combine_chunks()).alias(name)
        odd = (~text.str.contains(_PLAIN)).arg_true()
        number = text.cast(pl.Int64, strict=False)
        if len(odd):
            read = _read_distinct(text.gather(odd), Kind.ID, table)
            number = number.scatter(odd, read["read"])
            lost[f"{name}:{_REASONS[Kind.ID]}"] = int(read["lost"].sum())
        columns.append(number)
    return pl.DataFrame(columns), lost


def read_coded(parts: Sequence[pa.Table], table: Table) -> tuple[Frame, dict[str, int]]:
    """Read the other columns of one or more runs of lines.

    Args:
        parts: From `written`.
        table: Their table.

    Returns:
        The columns, and how many values were lost, by reason.
    """
    names = _names(table, ids=False)
    whole = pa.concat_tables(part.select(names) for part in (_types(table).empty_table(), *parts))
    whole = whole.unify_dictionaries().combine_chunks()
    columns, lost = [], {}
    for name in names:
        kind, [coded] = table.columns[name], whole[name].chunks
        number = pl.Series(coded.indices)
        read = _read_distinct(_text(coded.dictionary).alias(name), kind, table)
        columns.append(read["read"].gather(number).alias(name))
        count = int(read["lost"].gather(number).sum())
        if kind is Kind.DATE:
            lost[f"{name}:PLACEHOLDER"] = places = int(read["placeholder"].gather(number).sum())
            count -= places
        lost[f"{name}:{_REASONS[kind]}"] = count
    return pl.DataFrame(columns), lost


def _names(table: Table, *, ids: bool) -> list[str]:
    return [name for name, kind in table.columns.items() if (kind is Kind.ID) == ids]


def _text(values: pa.Array) -> pl.Series:
    raw = pl.Series(values, dtype=pl.Binary)
    try:
        return raw.cast(pl.String)
    except pl.exceptions.ComputeError:
        # Only unused columns of text may hold anything other than ASCII, so this is junk.
        return pl.Series([value.decode(errors="replace") for value in raw], dtype=pl.String)


def _read_distinct(texts: pl.Series, kind: Kind, table: Table) -> Frame:
    """Read values of a column: `read`, and whether it is `lost`, and a `placeholder` (Boolean)."""
    name, text = texts.name, pl.col("text")
    return (
        texts.to_frame()
        .lazy()
        .select(_given(name, kind, table).alias("text"))
        .with_columns(
            _read(text, name, kind, table).alias("read"),
            (is_placeholder(_day(text)) if kind is Kind.DATE else pl.lit(False)).alias(
                "placeholder"
            ),
        )
        .select(
            "read",
            (text.is_not_null() & pl.col("read").is_null()).alias("lost"),
            pl.col("placeholder").fill_null(False),
        )
        .collect()
    )


def _given(name: str, kind: Kind, table: Table) -> pl.Expr:
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
        date = iso_day(pl.when(~is_placeholder(day)).then(day))
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
