"""Baseline in plain Polars, part 1: one spelling for every value.

A value in normal form is only checked. Each distinct spelling of the others is read once, by
the project's readers of single spellings (a date, a charge, an A-number). The forms that agencies
write are data, like the code tables.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from schemas.codes import aliases, number_ranges, open_offenses
from transforms.frames.nulls import given_code, given_text, is_no_code, is_no_date
from transforms.normalize.a_numbers import a_number
from transforms.normalize.charges import charge_code
from transforms.normalize.dates import (
    is_placeholder,
    real_date,
    real_time,
    written_date,
    written_day,
    written_time,
)

# No date between these is a placeholder; the few outside are read like odd spellings.
FIRST, LAST = datetime.date(1904, 1, 2), datetime.date(2079, 6, 5)
PAST = (
    "moved_docket_on",
    "nta_issued",
    "nta_filed",
    "represented_since",
    "present_continuously_since",
    "apprehended_on",
    "lpr_since",
    "released_from_incarceration",
)
ANY_DAY = ("next_hearing", "completed_on", "court_outcome_date")
ISO_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?)?$"
LIST_DATES = {
    "entries": ("date",),
    "status_violations": ("date",),
    "removals": ("date",),
    "orders": ("date",),
    "fraud_findings": ("date",),
    "convictions": ("date",),
    "applications": ("filed", "decided"),
}
# A future day in one of these is kept, to be found as a conflict.
MAY_LIE_AHEAD = ("removals", "convictions")
LISTS = (
    *LIST_DATES,
    "charges",
    "military_service",
    "relatives",
    "caretaking",
    "victimization",
    "ties",
)
Reader = Callable[[pl.Expr], pl.Expr]


@dataclass
class Tidied:
    """Normalized records, and the dates and lists read from them.

    Args:
        records: The records, as they go into the snapshot.
        days: What was read as a date, as Date: `birth_date.low`, `birth_date.high` and the rest by
            name.
        elements: For each list its elements with the row each belongs to (`_row`), dates as Date.
        warnings: `_row` and `label` of each value set to unknown.
    """

    records: pl.DataFrame
    days: pl.DataFrame
    elements: dict[str, pl.DataFrame]
    warnings: list[pl.DataFrame] = field(default_factory=list)


def tidy(raw: pl.DataFrame, today: datetime.date) -> Tidied:
    """Normalize records; `case_id` is already trimmed."""
    work = Tidied(raw, pl.DataFrame(), {})
    columns: dict[str, pl.Series] = {}
    days = raw.select(_good_day(name, today) for name in PAST).hstack(
        raw.select(_good_day(name, LAST) for name in ANY_DAY)
    )
    for name in (*PAST, *ANY_DAY):
        text, read = _read_days(
            raw[name], days[name], today if name in PAST else None, name, work.warnings
        )
        columns[name], days = text, days.with_columns(read.alias(name))
    _birth(work, raw, today, columns)
    for name, table in (("court", "courts"), ("nationality", "nationalities")):
        columns[name] = _respell(raw[name], _coded(table), name, work.warnings, "UNKNOWN_CODE")
    for name, reader in (
        ("source", given_text),
        ("opla_office", given_text),
        ("lead_case_id", given_code),
        ("court_outcome", given_code),
        ("case_type", _upper),
        ("language", _upper),
    ):
        columns[name] = _respell(raw[name], reader, name, work.warnings)
    for name, (least, most) in number_ranges().items():
        if "." not in name:
            columns[name] = _bounded(raw[name], least, most, name, work.warnings)
    columns["a_number"] = _numbers(raw["a_number"], work.warnings)
    columns["updated_at"] = _times(raw["updated_at"], work.warnings)
    for name in LISTS:
        columns[name], work.elements[name] = _elements(raw[name], today, work.warnings)
    work.records = raw.with_columns(series.alias(name) for name, series in columns.items())
    work.days = days.hstack(work.days)
    return work


def put(column: pl.Series, rows: pl.Series, values: pl.Series) -> pl.Series:
    """Replace a column's values at some rows."""
    place = np.arange(len(column), dtype=np.uint32)
    place[rows.to_numpy()] = np.arange(len(column), len(column) + len(rows), dtype=np.uint32)
    return pl.concat([column, values.cast(column.dtype).alias(column.name)]).gather(
        pl.Series(place)
    )


def warn(warnings: list[pl.DataFrame], where: pl.DataFrame, label: str) -> None:
    """Record that a value was set to unknown."""
    if where.height:
        warnings.append(where.select(pl.col("_row").cast(pl.UInt32), pl.lit(label).alias("label")))


def _good_day(name: str, last: datetime.date) -> pl.Expr:
    text = pl.col(name)
    day = text.str.to_date("%Y-%m-%d", strict=False)
    # The parser treats blanks as zeros.
    shaped = (text.str.len_bytes() == 10) & ~text.str.contains(" ", literal=True)
    return pl.when(shaped, day.is_between(FIRST, last)).then(day).alias(name)


def _read_days(
    text: pl.Series,
    days: pl.Series,
    today: datetime.date | None,
    name: str,
    warnings: list[pl.DataFrame],
    rows: pl.Series | None = None,
) -> tuple[pl.Series, pl.Series]:
    """Read text and dates that weren't in normal form; `rows` are the cases' rows."""
    odd = (text.is_not_null() & days.is_null()).arg_true()
    if odd.is_empty():
        return text, days
    raw = pl.DataFrame({"raw": text.gather(odd)})
    spellings = _spellings(raw, written_day)
    read = raw.join(spellings, on="raw", how="left", maintain_order="left")
    read = read.with_columns(
        _row=odd if rows is None else rows.gather(odd),
        day=pl.col("real").str.to_date("%Y-%m-%d", strict=False),
    )
    warn(warnings, read.filter("bad"), f"{name}:BAD_DATE")
    warn(warnings, read.filter("placeholder"), f"{name}:PLACEHOLDER")
    if today is not None:
        warn(warnings, read.filter(pl.col("day") > today), f"{name}:FUTURE_DATE")
        read = read.with_columns(day=pl.when(pl.col("day") <= today).then("day"))
    iso = read.select(pl.col("day").dt.strftime("%Y-%m-%d")).to_series()
    return put(text, odd, iso), put(days, odd, read["day"])


def _spellings(raw: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    """Distinct rows with `raw` read as a date: `real`, or why not (`bad`, `placeholder`)."""
    return (
        raw.unique()
        .with_columns(iso=reader(pl.col("raw")))
        .with_columns(
            real=real_date(pl.col("iso")),
            placeholder=is_placeholder(pl.col("iso")).fill_null(False),
        )
        .with_columns(
            bad=pl.col("real").is_null() & ~pl.col("placeholder") & ~is_no_date(pl.col("raw"))
        )
    )


def _birth(
    work: Tidied, raw: pl.DataFrame, today: datetime.date, columns: dict[str, pl.Series]
) -> None:
    """Read births to the day, month, or year; `birth_precision` may shorten them."""
    pair = raw.select("birth_date", precision=pl.col("birth_precision").cast(pl.String))
    whole = ~pl.col("precision").is_in(["MONTH", "YEAR"]).fill_null(False)
    good = pair.select(pl.when(whole).then(_good_day("birth_date", today))).to_series()
    odd = (pair["birth_date"].is_not_null() & good.is_null()).arg_true()
    text, low, high = pair["birth_date"], good, good
    if len(odd):
        length = pl.col("precision").replace_strict({"YEAR": 4, "MONTH": 7}, default=10)
        kept, year = pl.col("kept"), pl.col("low").dt.year()
        there = pair[odd].rename({"birth_date": "raw"})
        spellings = (
            _spellings(there, written_date)
            .with_columns(future=pl.col("real") > today.isoformat())
            .with_columns(short=pl.when(~pl.col("future")).then(pl.col("real").str.head(length)))
            .with_columns(
                kept=real_date(pl.col("short")),
                placeholder=pl.col("placeholder")
                | is_placeholder(pl.col("short")).fill_null(False),
            )
            .with_columns(
                low=(kept + pl.lit("-01-01").str.slice(kept.str.len_bytes() - 4)).str.to_date(
                    "%Y-%m-%d", strict=False
                )
            )
            .with_columns(
                high=pl.when(kept.str.len_bytes() == 10)
                .then("low")
                .when(kept.str.len_bytes() == 7)
                .then(pl.col("low").dt.month_end())
                .otherwise(pl.date(year, 12, 31))
            )
        )
        read = there.join(
            spellings, on=["raw", "precision"], how="left", maintain_order="left", nulls_equal=True
        ).with_columns(_row=odd)
        warn(work.warnings, read.filter("bad"), "birth_date:BAD_DATE")
        warn(work.warnings, read.filter("placeholder"), "birth_date:PLACEHOLDER")
        warn(work.warnings, read.filter("future"), "birth_date:FUTURE_DATE")
        text = put(text, odd, read["kept"])
        low, high = put(good, odd, read["low"]), put(good, odd, read["high"])
    columns["birth_date"] = text
    lengths = text.str.len_bytes().alias("length").to_frame()
    columns["birth_precision"] = lengths.select(
        pl.col("length")
        .replace_strict(
            {10: "DAY", 7: "MONTH", 4: "YEAR"}, default="UNKNOWN", return_dtype=pl.String
        )
        .cast(raw.schema["birth_precision"])
    ).to_series()
    work.days = pl.DataFrame({"birth_date.low": low, "birth_date.high": high})


def _respell(
    text: pl.Series,
    reader: Reader,
    name: str,
    warnings: list[pl.DataFrame],
    lost: str = "",
    rows: pl.Series | None = None,
) -> pl.Series:
    """Put each distinct value of a column into its one spelling."""
    raw, read = pl.col("raw"), pl.col("read")
    changed = (
        text.unique()
        .drop_nulls()
        .alias("raw")
        .to_frame()
        .with_columns(read=reader(raw))
        .filter(raw.ne_missing(read))
    )
    if changed.is_empty():
        return text
    if lost:
        unreadable = changed.filter(read.is_null() & ~is_no_code(raw))["raw"]
        where = text.is_in(unreadable.implode()).arg_true()
        where = where if rows is None else rows.gather(where)
        warn(warnings, pl.DataFrame({"_row": where}), f"{name}:{lost}")
    return text.replace(changed["raw"], changed["read"])


def _upper(text: pl.Expr) -> pl.Expr:
    return given_code(text).str.to_uppercase()


def _key(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().str.replace_all("[^a-z0-9]+", " ").str.strip_chars()


def _coded(table: str) -> Reader:
    return lambda text: _key(text).replace_strict(
        aliases(table), default=None, return_dtype=pl.String
    )


def _bounded(
    numbers: pl.Series,
    least: int,
    most: int,
    name: str,
    warnings: list[pl.DataFrame],
    rows: pl.Series | None = None,
) -> pl.Series:
    """Keep possible numbers; others become unknown."""
    out = (~numbers.is_between(least, most)).fill_null(False).arg_true()
    if out.is_empty():
        return numbers
    where = out if rows is None else rows.gather(out)
    warn(warnings, pl.DataFrame({"_row": where}), f"{name}:OUT_OF_RANGE")
    return numbers.scatter(out, None)


def _numbers(text: pl.Series, warnings: list[pl.DataFrame]) -> pl.Series:
    good = text.str.contains("^A[0-9]{7,9}$") & ~text.str.contains("^A0+$")
    odd = (~good).arg_true()
    if odd.is_empty():
        return text
    raw = pl.col("raw")
    read = pl.DataFrame({"raw": text.gather(odd), "_row": odd}).with_columns(new=a_number(raw))
    nothing = is_no_code(raw.str.replace_all(r"[A\s#-]", "")) | is_no_code(raw)
    warn(warnings, read.filter(pl.col("new").is_null() & ~nothing), "a_number:BAD_NUMBER")
    return put(text, odd, read["new"])


def _times(text: pl.Series, warnings: list[pl.DataFrame]) -> pl.Series:
    day = pl.col("updated_at").str.head(10).str.to_date("%Y-%m-%d", strict=False)
    good = pl.col("updated_at").str.contains(ISO_TIME) & day.is_between(FIRST, LAST)
    odd = (
        ~text.to_frame().select(good.fill_null(False)).to_series() & text.is_not_null()
    ).arg_true()
    if odd.is_empty():
        return text
    raw, iso = pl.col("raw"), pl.col("iso")
    read = (
        pl.DataFrame({"raw": text.gather(odd), "_row": odd})
        .with_columns(iso=written_time(raw))
        .with_columns(
            new=real_time(iso), placeholder=is_placeholder(iso.str.head(10)).fill_null(False)
        )
    )
    bad = pl.col("new").is_null() & ~pl.col("placeholder") & ~is_no_date(raw)
    warn(warnings, read.filter(bad), "updated_at:BAD_DATE")
    warn(warnings, read.filter("placeholder"), "updated_at:PLACEHOLDER")
    return put(text, odd, read["new"])


def _offenses(
    flat: pl.DataFrame, warnings: list[pl.DataFrame], rows: pl.Series
) -> dict[str, pl.Series]:
    """Read a conviction's words: they give its category, or leave it open."""
    written, words, given_open = (pl.col(name) for name in ("category", "offense", "category_open"))
    codes = pl.Series(sorted(set(aliases("offenses").values()))).implode()

    def is_open(text: pl.Expr) -> pl.Expr:
        return _key(text).is_in(sorted(open_offenses())).fill_null(False)

    settled = written.is_not_null() | words.is_null() | given_open.fill_null(False)
    fine = (
        (written.is_null() | written.is_in(codes))
        & settled
        & (given_open.is_not_null() | ~is_open(written))
    )
    odd = (~flat.select(fine).to_series()).arg_true()
    if odd.is_empty():
        return {}
    read, by_words = _coded("offenses")(written), given_text(written).is_null()
    lost = written.is_not_null() & read.is_null() & ~is_no_code(written)
    unreadable = read.is_null() & given_text(words).is_not_null()
    opened = pl.when(by_words).then(is_open(words)).otherwise(is_open(written) | unreadable)
    new = flat.select("category", "offense", "category_open")[odd].select(
        category=pl.coalesce(
            read, pl.when(by_words & ~given_open.fill_null(False)).then(_coded("offenses")(words))
        ),
        category_open=pl.coalesce(given_open, pl.when(opened).then(True)),
        offense=pl.coalesce(
            given_text(words), pl.when(~written.is_in(codes)).then(given_text(written))
        ),
        lost=lost,
    )
    where = rows.gather(odd).filter(new["lost"])
    warn(warnings, pl.DataFrame({"_row": where}), "convictions.category:UNKNOWN_CODE")
    return {
        name: put(flat[name], odd, new[name]) for name in ("category", "category_open", "offense")
    }


def _elements(
    lists: pl.Series, today: datetime.date, warnings: list[pl.DataFrame]
) -> tuple[pl.Series, pl.DataFrame]:
    """Normalize a list column, and return it with its elements; only changed lists are rebuilt."""
    name = lists.name
    flat = (
        lists.to_frame("_item")
        .with_row_index("_row")
        .filter(pl.col("_item").list.len() > 0)
        .explode("_item")
        .with_columns(pl.col("_item").struct.unnest())
    )
    rows = flat["_row"]
    new: dict[str, pl.Series] = {}
    days: dict[str, pl.Series] = {}
    for column in LIST_DATES.get(name, ()):
        latest = None if name in MAY_LIE_AHEAD else today
        good = flat.select(_good_day(column, latest or LAST)).to_series()
        new[column], days[column] = _read_days(
            flat[column], good, latest, f"{name}.{column}", warnings, rows
        )
    for field_name, (least, most) in number_ranges().items():
        of_list, _, column = field_name.partition(".")
        if of_list == name and column:
            new[column] = _bounded(flat[column], least, most, field_name, warnings, rows)
    if name == "convictions":
        new["incident"] = _respell(flat["incident"], given_code, f"{name}.incident", warnings)
        new |= _offenses(flat, warnings, rows)
    if name == "applications":
        new["form"] = _respell(
            flat["form"], _coded("forms"), f"{name}.form", warnings, "UNKNOWN_CODE", rows
        )
    if name == "charges":
        new["code"] = _respell(
            flat["code"], charge_code, f"{name}.code", warnings, "UNREADABLE_CHARGE", rows
        )
    changed = [flat[column].ne_missing(series) for column, series in new.items()]
    tidied = flat.with_columns(series.alias(column) for column, series in new.items())
    read = tidied.with_columns(series.alias(column) for column, series in days.items())
    if any(series.any() for series in changed):
        at = rows.filter(functools.reduce(pl.Series.__or__, changed)).unique()
        struct = pl.struct(f.name for f in lists.dtype.inner.fields)  # type: ignore[attr-defined]
        rebuilt = (
            tidied.filter(pl.col("_row").is_in(at.implode()))
            .group_by("_row", maintain_order=True)
            .agg(pl.when(pl.col("_item").is_not_null()).then(struct).alias("_item"))
        )
        lists = put(lists, rebuilt["_row"], rebuilt["_item"])
    return lists, read.drop("_item")
