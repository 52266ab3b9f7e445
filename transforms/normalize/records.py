"""Normalize: one spelling for every value, and the conflicts within each record.

What cannot be read becomes unknown, with a warning `field:REASON`, where that is safe:

| field | reason | what is done |
|---|---|---|
| a date in no known form, or of another century | BAD_DATE | the date is unknown |
| a past thing (birth, conviction ...) dated after as-of | FUTURE_DATE | the date is unknown |
| court, nationality, form or category not in the tables | UNKNOWN_CODE | the code is unknown |
| an A-number that is not A and 8 or 9 digits | BAD_NUMBER | it is unknown |

An element of a list is never dropped: a conviction with a date that cannot be read is a conviction.
The date of a removal or a conviction after as-of stays: as of then it is a conflict, as are other
things of one record that cannot both be true (`transforms.normalize.conflicts`). Only a record
without a case_id goes to quarantine: MISSING_CASE_ID.
"""

from __future__ import annotations

import datetime
import functools
from dataclasses import dataclass

import polars as pl

from schemas.codes import aliases, charge_families
from transforms.frames.frame import Frame, put
from transforms.frames.labels import label_lists
from transforms.normalize.case_frame import CASES, case_key
from transforms.normalize.charges import charge_code
from transforms.normalize.conflicts import find_conflicts
from transforms.normalize.dates import FIRST, LAST, is_nothing, iso_date, iso_day, iso_time
from transforms.normalize.quarantine import QUARANTINED, set_aside

PAST_DATES = (
    "birth_date",
    "nta_issued",
    "nta_filed",
    "represented_since",
    "present_continuously_since",
    "lpr_since",
)
OTHER_DATES = ("next_hearing", "completed_on", "court_outcome_date")
CODES = {"court": "courts", "nationality": "nationalities"}
TEXTS = ("source", "opla_office", "case_type", "language", "lead_case_id")
LIST_DATES = {
    "entries": ("date",),
    "status_violations": ("date",),
    "removals": ("date",),
    "orders": ("date",),
    "fraud_findings": ("date",),
    "convictions": ("date",),
    "applications": ("filed", "decided"),
}
LIST_CODES = {"convictions": ("category", "offenses"), "applications": ("form", "forms")}
UPPER = ("case_type", "language")
_A_NUMBER = r"^A[0-9]{8,9}$"
_ISO_TIME = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?)?$"
)


def normalize(records: Frame, as_of: datetime.date) -> tuple[Frame, Frame]:
    """Normalize case records.

    Args:
        records: Columns of case_record.avsc, as agencies write them.
        as_of: The as-of date.

    Returns:
        The records normalized, with the columns `warnings` and `conflicts` (List(String)), and the
        quarantined ones as rows of quarantined.avsc.
    """
    records = records.with_columns(case_id=case_key())
    mended, flags = _mend(records, as_of)
    mended = mended.with_columns(_precision(), warnings=flags)
    mended = mended.with_columns(find_conflicts(mended, as_of))
    nameless = mended["case_id"].is_null()
    if not nameless.any():
        return mended, QUARANTINED.to_frame()
    quarantined = set_aside(
        records.filter(nameless),
        "normalize",
        pl.lit("MISSING_CASE_ID"),
        pl.lit("case_id"),
        "the record has no case_id",
    )
    return mended.filter(~nameless), quarantined


@dataclass(frozen=True)
class _Field:
    """How one column is mended where it is not in good form already.

    Args:
        column: The column.
        fine: Whether a value is in good form; null counts as yes.
        read: The value as it is read, the costly part; the next two go by its column `_read`.
        mended: The value in good form, null where it cannot be.
        lost: For each reason, whether the value is set to unknown for it.
    """

    column: str
    fine: pl.Expr
    read: pl.Expr
    mended: pl.Expr
    lost: dict[str, pl.Expr]


def _mend(records: Frame, as_of: datetime.date) -> tuple[Frame, pl.Series]:
    """Mend each column where it needs it; the second result lists what was set to unknown."""
    fields = _fields(as_of)
    fine = records.select(field.fine.fill_null(True).alias(field.column) for field in fields)
    columns: list[pl.Series] = []
    flags: dict[str, pl.Series] = {}
    for field in fields:
        rows = (~fine[field.column]).arg_true()
        if rows.is_empty():
            continue
        there = records.select(field.column, "birth_precision")[rows]
        done = there.with_columns(field.read.alias("_read")).select(
            field.mended.alias("mended"),
            *(lost.fill_null(False).alias(reason) for reason, lost in field.lost.items()),
        )
        columns.append(put(records[field.column], rows, done["mended"]))
        for reason in field.lost:
            if done[reason].any():
                flags[f"{reason}"] = rows.filter(done[reason])
    names = sorted(flags)
    never = pl.Series([False]).new_from_index(0, records.height)
    marked = pl.DataFrame({name: never.clone().scatter(flags[name], True) for name in names})
    lists = (
        label_lists(marked, pl.Series(names, dtype=pl.String))
        if names
        else pl.Series([[]], dtype=pl.List(pl.String)).new_from_index(0, records.height)
    )
    return records.with_columns(columns), lists


def _fields(as_of: datetime.date) -> list[_Field]:
    today = as_of.isoformat()
    return [
        *(_date_field(name, today) for name in PAST_DATES),
        *(_date_field(name, None) for name in OTHER_DATES),
        *(_code_field(name, table) for name, table in CODES.items()),
        *(_text_field(name) for name in TEXTS),
        _a_number_field(),
        _updated_field(),
        *(
            _list_field(column, today)
            for column in dict.fromkeys((*LIST_DATES, *LIST_CODES, "charges"))
        ),
    ]


def _date_field(name: str, today: str | None) -> _Field:
    raw, iso = pl.col(name), iso_day(pl.col(name))
    fine = raw.is_null() | _is_fine_date(raw, today)
    if name == "birth_date":
        precision = pl.col("birth_precision")
        fine = fine & ~precision.is_in(["MONTH", "YEAR"]).fill_null(False)
        length = (
            pl.when(precision == "YEAR").then(4).when(precision == "MONTH").then(7).otherwise(10)
        )
        iso = iso_date(raw).str.head(length)
    losses = _date_losses(raw, pl.col("_read"), today)
    lost = {f"{name}:{reason}": flag for reason, flag in losses.items()}
    return _Field(name, fine, iso, _kept_date(pl.col("_read"), today), lost)


def _is_fine_date(raw: pl.Expr, today: str | None) -> pl.Expr:
    # The parser takes blanks for zeros, so the shape is asked too.
    shaped = (raw.str.len_bytes() == 10) & ~raw.str.contains(" ", literal=True)
    parsed = raw.str.to_date("%Y-%m-%d", strict=False)
    return shaped & parsed.is_not_null() & (raw >= FIRST) & (raw <= (today or LAST))


def _kept_date(iso: pl.Expr, today: str | None) -> pl.Expr:
    return iso if today is None else pl.when(iso <= today).then(iso)


def _date_losses(raw: pl.Expr, iso: pl.Expr, today: str | None) -> dict[str, pl.Expr]:
    losses = {"BAD_DATE": raw.is_not_null() & iso.is_null() & ~is_nothing(raw)}
    return losses if today is None else losses | {"FUTURE_DATE": iso > today}


def _code_field(name: str, table: str) -> _Field:
    raw, read = pl.col(name), pl.col("_read")
    lost = {f"{name}:UNKNOWN_CODE": raw.is_not_null() & read.is_null() & ~is_nothing(raw)}
    return _Field(name, raw.is_in(_codes(table)), _coded(raw, table), read, lost)


def _text_field(name: str) -> _Field:
    raw = pl.col(name)
    text = raw.str.strip_chars()
    text = text.str.to_uppercase() if name in UPPER else text
    fine = (raw == text) & ~is_nothing(raw)
    return _Field(name, fine, text, pl.when(~is_nothing(pl.col("_read"))).then("_read"), {})


def _a_number_field() -> _Field:
    raw, read = pl.col("a_number"), pl.col("_read")
    digits = raw.str.replace_all(r"[^0-9]", "")
    # 00/00/0000 has eight digits and is no number.
    number = pl.when(digits.str.len_bytes().is_between(8, 9) & ~is_nothing(raw)).then("A" + digits)
    lost = {"a_number:BAD_NUMBER": raw.is_not_null() & read.is_null() & ~is_nothing(raw)}
    return _Field("a_number", raw.str.contains(_A_NUMBER), number, read, lost)


def _updated_field() -> _Field:
    raw, read = pl.col("updated_at"), pl.col("_read")
    day = raw.str.head(10)
    fine = raw.str.contains(_ISO_TIME) & (day >= FIRST) & (day < LAST)
    fine = fine & day.str.to_date("%Y-%m-%d", strict=False).is_not_null()
    lost = {"updated_at:BAD_DATE": raw.is_not_null() & read.is_null() & ~is_nothing(raw)}
    return _Field("updated_at", fine, iso_time(raw), read, lost)


def _list_field(column: str, today: str) -> _Field:
    """A list of which each element is kept, with what cannot be read in it unknown."""
    element = pl.element()
    fine: list[pl.Expr] = []
    read: dict[str, pl.Expr] = {}
    kept: dict[str, pl.Expr] = {}
    lost: dict[str, pl.Expr] = {}
    for name in LIST_DATES.get(column, ()):
        raw, iso = element.struct.field(name), element.struct.field(f"_{name}")
        # What is dated after as-of there is left as it is, to be found a conflict.
        latest = None if column in ("removals", "convictions") else today
        fine.append(raw.is_null() | _is_fine_date(raw, latest))
        read[f"_{name}"] = iso_day(raw)
        kept[name] = _kept_date(iso, latest)
        losses = _date_losses(raw, iso, latest)
        lost |= {f"{column}.{name}:{reason}": flag for reason, flag in losses.items()}
    if column in LIST_CODES:
        name, table = LIST_CODES[column]
        raw, code = element.struct.field(name), element.struct.field(f"_{name}")
        fine.append(raw.is_null() | raw.is_in(_codes(table)))
        read[f"_{name}"] = _coded(raw, table)
        kept[name] = code
        unread = raw.is_not_null() & code.is_null() & ~is_nothing(raw)
        lost[f"{column}.{name}:UNKNOWN_CODE"] = unread
    if column == "charges":
        raw = element.struct.field("code")
        fine.append(raw.is_null() | raw.is_in(_charges()))
        read["_code"] = _charge(raw)
        kept["code"] = element.struct.field("_code")
    with_read = element.struct.with_fields(expr.alias(name) for name, expr in read.items())
    mended = pl.struct(
        kept.get(name, element.struct.field(name)).alias(name) for name in _field_names(column)
    )
    return _Field(
        column,
        pl.col(column).list.eval(pl.all_horizontal(fine)).list.all(),
        pl.col(column).list.eval(pl.when(element.is_not_null()).then(with_read)),
        pl.col("_read").list.eval(pl.when(element.is_not_null()).then(mended)),
        {
            reason: pl.col("_read").list.eval(flag.fill_null(False)).list.any()
            for reason, flag in lost.items()
        },
    )


def _field_names(column: str) -> list[str]:
    dtype = CASES[column]
    assert isinstance(dtype, pl.List)
    assert isinstance(dtype.inner, pl.Struct)
    return [field.name for field in dtype.inner.fields]


@functools.cache
def _codes(table: str) -> pl.Series:
    return pl.Series(sorted(set(aliases(table).values()))).implode()


@functools.cache
def _charges() -> pl.Series:
    return pl.Series(sorted(frozenset().union(*charge_families().values()))).implode()


def _coded(text: pl.Expr, table: str) -> pl.Expr:
    key = text.str.to_lowercase().str.replace_all(r"[^a-z0-9]+", " ").str.strip_chars()
    return key.replace_strict(aliases(table), default=None, return_dtype=pl.String)


def _charge(text: pl.Expr) -> pl.Expr:
    code = charge_code(text)
    return pl.when(~is_nothing(text) & (code != "")).then(code)


def _precision() -> pl.Expr:
    """How much of the birth date is known, by its length."""
    written = pl.col("birth_date").str.len_bytes()
    symbols = CASES["birth_precision"]
    return (
        pl.when(written == 10)
        .then(pl.lit("DAY", symbols))
        .when(written == 7)
        .then(pl.lit("MONTH", symbols))
        .when(written == 4)
        .then(pl.lit("YEAR", symbols))
        .otherwise(pl.lit("UNKNOWN", symbols))
        .alias("birth_precision")
    )
