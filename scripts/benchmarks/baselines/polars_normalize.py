"""Baseline in plain Polars, part 1: one spelling for every value.

A value in good form already is only looked at. Of the others each distinct spelling is read once.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml

CODES = Path(__file__).parents[3] / "schemas" / "codes"
FIRST = datetime.date(1900, 1, 1)
LAST = datetime.date(2200, 1, 1)
NOTHING = {"", "n/a", "na", "none", "null", "nil", "unknown", "unk", "tbd", "-", "b6", "a.2.a"}
NOTHING_WRITTEN = r"^[?0/\-\s.]+$"
PAST = ("nta_issued", "nta_filed", "represented_since", "present_continuously_since", "lpr_since")
ANY_DAY = ("next_hearing", "court_outcome_date")
DAY_FORMS = (
    "%Y-%m-%d",
    "%m/%d/%Y",
    "%m-%d-%Y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d %Y",
    "%B %d %Y",
    "%Y%m%d",
)
DAY_SHAPE = r"^([0-9]{4}-.*|[0-9]{8}|(?:.*[^0-9])?[0-9]{1,2}[^0-9]+[0-9]{4})$"
TIMED = (
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4})"
    r"[ T][0-9]{1,2}:[-+0-9: APMTZapm]*$"
)
CLOCK = (
    r"^[-/0-9]+(?:T|[,\s]\s*)(?<hour>[01]?[0-9]|2[0-3]):(?<minute>[0-5][0-9])"
    r"(?<second>:[0-5][0-9](?:\.[0-9]+)?)?(?:\s*(?<half>[AaPp])\.?[Mm]\.?)?"
    r"(?:\s*(?:Z|(?<sign>[+-])(?<zone_hours>0[0-9]|1[0-4])(?::?(?<zone_minutes>[0-5][0-9]))?))?$"
)
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
LISTS = (
    *LIST_DATES,
    "charges",
    "military_service",
    "relatives",
    "caretaking",
    "victimization",
    "ties",
)


@dataclass
class Tidied:
    """Records in one spelling, and what was read of them on the way.

    Args:
        records: The records, as they go into the snapshot.
        days: What was read as a date, as Date: `birth.low`, `birth.high` and the rest by name.
        elements: For each list its elements with the row each belongs to (`_row`), dates as Date.
        warnings: `_row` and `label` of each value set to unknown.
    """

    records: pl.DataFrame
    days: pl.DataFrame
    elements: dict[str, pl.DataFrame]
    warnings: list[pl.DataFrame] = field(default_factory=list)


def tidy(raw: pl.DataFrame, today: datetime.date) -> Tidied:
    """Bring records into one spelling; `case_id` is trimmed already."""
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
        columns[name] = _respell(raw[name], _coder(table), name, work.warnings, lost="UNKNOWN_CODE")
    for name in ("source", "opla_office", "lead_case_id"):
        columns[name] = _respell(raw[name], _text, name, work.warnings)
    for name in ("case_type", "language"):
        columns[name] = _respell(raw[name], _upper, name, work.warnings)
    columns["a_number"] = _numbers(raw["a_number"], work.warnings)
    columns["updated_at"] = _times(raw["updated_at"], work.warnings)
    for name in LISTS:
        columns[name], work.elements[name] = _elements(raw[name], today, work.warnings)
    work.records = raw.with_columns(series.alias(name) for name, series in columns.items())
    work.days = days.hstack(work.days)
    return work


def put(column: pl.Series, rows: pl.Series, values: pl.Series) -> pl.Series:
    """A column with new values at some rows."""
    place = np.arange(len(column), dtype=np.uint32)
    place[rows.to_numpy()] = np.arange(len(column), len(column) + len(rows), dtype=np.uint32)
    return pl.concat([column, values.cast(column.dtype).alias(column.name)]).gather(
        pl.Series(place)
    )


def is_nothing(text: pl.Expr) -> pl.Expr:
    """Whether text only says that there is nothing."""
    bare = text.str.strip_chars().str.to_lowercase()
    return bare.is_in(list(NOTHING)) | bare.str.contains(NOTHING_WRITTEN)


def read_day(text: pl.Expr) -> pl.Expr:
    """Full dates in any form that agencies write, as Date."""
    bare = text.str.strip_chars().str.replace_all(r"[,.\s]+", " ").str.strip_chars()
    shaped = bare.str.replace(TIMED, "$1").str.extract(DAY_SHAPE)
    day = pl.coalesce(shaped.str.to_date(form, strict=False) for form in DAY_FORMS)
    return pl.when(day.is_between(FIRST, LAST, closed="left")).then(day)


def read_time(text: pl.Expr) -> pl.Expr:
    """Dates with a time of day, in UTC if they have a zone, as ISO text that sorts by time."""
    return text.map_batches(_read_times, return_dtype=pl.String)


def _read_times(text: pl.Series) -> pl.Series:
    raw, hour, zone = pl.col("raw"), pl.col("hour"), pl.col("zone_hours") * 60
    twelve = pl.when(hour.is_between(1, 12)).then(hour % 12)
    late, second = pl.col("half").str.to_uppercase(), pl.col("second").fill_null("")
    shift = zone + pl.col("zone_minutes").fill_null(0)
    shift = pl.when(pl.col("sign") == "+").then(-shift).otherwise(shift).fill_null(0)
    read = (
        pl.DataFrame({"raw": text}, schema={"raw": pl.String})
        .select(
            raw.str.strip_chars().str.extract_groups(CLOCK).alias("parts"),
            day=read_day(raw),
            timed=raw.str.contains(":", literal=True),
        )
        .unnest("parts")
        .with_columns(pl.col("hour", "minute", "zone_hours", "zone_minutes").cast(pl.Int64))
        .with_columns(
            hour=pl.when(late == "A")
            .then(twelve)
            .when(late == "P")
            .then(twelve + 12)
            .otherwise(hour)
        )
        .with_columns(
            moment=pl.col("day").cast(pl.Datetime("us"))
            + pl.duration(minutes=pl.col("hour") * 60 + pl.col("minute") + shift)
        )
    )
    inside = pl.col("moment").dt.date().is_between(FIRST, LAST, closed="left")
    clocked = pl.col("moment").dt.strftime("%Y-%m-%dT%H:%M") + second
    return read.select(
        pl.when(~pl.col("timed"))
        .then(pl.col("day").dt.strftime("%Y-%m-%d"))
        .when(inside)
        .then(clocked)
    ).to_series()


def _good_day(name: str, last: datetime.date) -> pl.Expr:
    day = pl.col(name).str.to_date("%Y-%m-%d", strict=False)
    return (
        pl.when(pl.col(name).str.len_bytes() == 10, day.is_between(FIRST, last))
        .then(day)
        .alias(name)
    )


def _read_days(
    text: pl.Series,
    days: pl.Series,
    today: datetime.date | None,
    name: str,
    warnings: list[pl.DataFrame],
    rows: pl.Series | None = None,
) -> tuple[pl.Series, pl.Series]:
    """Text and dates with those that were not in good form read; `rows` are those of the cases."""
    odd = (text.is_not_null() & days.is_null()).arg_true()
    if odd.is_empty():
        return text, days
    raw = pl.DataFrame({"raw": text.gather(odd)})
    spellings = raw.unique().with_columns(
        day=read_day(pl.col("raw")), nothing=is_nothing(pl.col("raw"))
    )
    read = raw.join(spellings, on="raw", how="left", maintain_order="left")
    read = read.with_columns(_row=odd if rows is None else rows.gather(odd))
    warn(warnings, read.filter(pl.col("day").is_null() & ~pl.col("nothing")), f"{name}:BAD_DATE")
    if today is not None:
        warn(warnings, read.filter(pl.col("day") > today), f"{name}:FUTURE_DATE")
        read = read.with_columns(day=pl.when(pl.col("day") <= today).then("day"))
    iso = read.select(pl.col("day").dt.strftime("%Y-%m-%d")).to_series()
    return put(text, odd, iso), put(days, odd, read["day"])


def warn(warnings: list[pl.DataFrame], where: pl.DataFrame, label: str) -> None:
    """Note that a value was set to unknown."""
    if where.height:
        warnings.append(where.select(pl.col("_row").cast(pl.UInt32), pl.lit(label).alias("label")))


def _birth(
    work: Tidied, raw: pl.DataFrame, today: datetime.date, columns: dict[str, pl.Series]
) -> None:
    """Births are known to the day, the month or the year; `birth_precision` may cut them short."""
    pair = raw.select("birth_date", precision=pl.col("birth_precision").cast(pl.String))
    whole = ~pl.col("precision").is_in(["MONTH", "YEAR"]).fill_null(False)
    good = pair.select(pl.when(whole).then(_good_day("birth_date", today))).to_series()
    odd = (pair["birth_date"].is_not_null() & good.is_null()).arg_true()
    text, low, high = pair["birth_date"], good, good
    if len(odd):
        text_of = pl.col("birth_date")
        bare = text_of.str.strip_chars().str.replace_all(r"[,.\s]+", " ").str.strip_chars()
        bare = bare.str.replace(TIMED, "$1")
        month = pl.coalesce(
            ("01 " + bare).str.to_date(form, strict=False)
            for form in ("%d %Y-%m", "%d %m/%Y", "%d %b %Y", "%d %B %Y")
        ).dt.strftime("%Y-%m")
        length = (
            pl.when(pl.col("precision") == "YEAR")
            .then(4)
            .when(pl.col("precision") == "MONTH")
            .then(7)
            .otherwise(10)
        )
        year = bare.str.extract(r"^([0-9]{4})$")
        iso = pl.coalesce(read_day(text_of).dt.strftime("%Y-%m-%d"), month, year)
        iso = iso.str.extract(r"^((?:19|20|21)[0-9]{2}(?:-.*)?)$").str.head(length)
        there = pair[odd]
        spellings = (
            there.unique()
            .with_columns(iso=iso, nothing=is_nothing(text_of))
            .with_columns(future=pl.col("iso") > today.isoformat())
            .with_columns(kept=pl.when(~pl.col("future")).then("iso"))
            .with_columns(
                low=(
                    pl.col("kept") + pl.lit("-01-01").str.slice(pl.col("kept").str.len_bytes() - 4)
                ).str.to_date("%Y-%m-%d", strict=False)
            )
            .with_columns(
                high=pl.when(pl.col("kept").str.len_bytes() == 10)
                .then("low")
                .when(pl.col("kept").str.len_bytes() == 7)
                .then(pl.col("low").dt.month_end())
                .otherwise(pl.date(pl.col("low").dt.year(), 12, 31))
            )
        )
        read = there.join(
            spellings,
            on=["birth_date", "precision"],
            how="left",
            maintain_order="left",
            nulls_equal=True,
        ).with_columns(_row=odd)
        lost = read.filter(pl.col("iso").is_null() & ~pl.col("nothing"))
        warn(work.warnings, lost, "birth_date:BAD_DATE")
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
    work.days = pl.DataFrame({"birth.low": low, "birth.high": high})


def _respell(
    text: pl.Series,
    spelling: Callable[[str], str | None],
    name: str,
    warnings: list[pl.DataFrame],
    lost: str = "",
    rows: pl.Series | None = None,
) -> pl.Series:
    """A column of few distinct values with each put into its one spelling."""
    changed = {old: spelling(old) for old in text.unique().drop_nulls()}
    changed = {old: new for old, new in changed.items() if new != old}
    if not changed:
        return text
    if lost:
        gone = [old for old, new in changed.items() if new is None and _text(old) is not None]
        where = text.is_in(gone).arg_true()
        where = where if rows is None else rows.gather(where)
        warn(warnings, pl.DataFrame({"_row": where}), f"{name}:{lost}")
    return text.replace(list(changed), list(changed.values()))


def _text(text: str) -> str | None:
    bare = text.strip()
    nothing = bare.lower() in NOTHING or re.match(NOTHING_WRITTEN, bare)
    return None if nothing else bare


def _upper(text: str) -> str | None:
    bare = _text(text)
    return None if bare is None else bare.upper()


@functools.cache
def table(name: str) -> dict[str, Any]:
    """A code table."""
    content: dict[str, Any] = yaml.load(
        (CODES / f"{name}.yaml").read_text("utf-8"), Loader=yaml.CBaseLoader
    )
    return content


@functools.cache
def _coder(name: str) -> Callable[[str], str | None]:
    content = table(name)
    words: dict[str, str] = {}
    for code, others in content.get("names", content).items():
        for word in (code, *others):
            words.setdefault(_key(word), code)
    return lambda text: words.get(_key(text))


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def _charge(text: str) -> str | None:
    code = re.sub(r"[\s()]+", "", text)
    code = re.sub(r"^(\d{3}a)(\d)([A-Z]|$)", r"\g<1>0\2\3", code)
    return code if code and _text(text) is not None else None


def _numbers(text: pl.Series, warnings: list[pl.DataFrame]) -> pl.Series:
    odd = (~text.str.contains(r"^A[0-9]{8,9}$")).arg_true()
    if odd.is_empty():
        return text
    raw, digits = pl.col("raw"), pl.col("raw").str.replace_all(r"[^0-9]", "")
    read = pl.DataFrame({"raw": text.gather(odd), "_row": odd}).with_columns(
        new=pl.when(digits.str.len_bytes().is_between(8, 9)).then("A" + digits)
    )
    warn(warnings, read.filter(pl.col("new").is_null() & ~is_nothing(raw)), "a_number:BAD_NUMBER")
    return put(text, odd, read["new"])


def _times(text: pl.Series, warnings: list[pl.DataFrame]) -> pl.Series:
    day = pl.col("updated_at").str.head(10).str.to_date("%Y-%m-%d", strict=False)
    good = pl.col("updated_at").str.contains(ISO_TIME) & day.is_between(FIRST, LAST, closed="left")
    odd = (
        ~text.to_frame().select(good.fill_null(False)).to_series() & text.is_not_null()
    ).arg_true()
    if odd.is_empty():
        return text
    raw = pl.col("raw")
    read = pl.DataFrame({"raw": text.gather(odd), "_row": odd}).with_columns(new=read_time(raw))
    warn(warnings, read.filter(pl.col("new").is_null() & ~is_nothing(raw)), "updated_at:BAD_DATE")
    return put(text, odd, read["new"])


def _elements(
    lists: pl.Series, today: datetime.date, warnings: list[pl.DataFrame]
) -> tuple[pl.Series, pl.DataFrame]:
    """A list column in one spelling, and its elements; only lists that change are made anew."""
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
        # A removal after the as-of date is no slip of the pen: it is a contradiction.
        latest = None if name == "removals" else today
        good = flat.select(_good_day(column, latest or LAST)).to_series()
        new[column], days[column] = _read_days(
            flat[column], good, latest, f"{name}.{column}", warnings, rows
        )
    if name == "convictions":
        new["category"] = _respell(
            flat["category"], _coder("offenses"), f"{name}.category", warnings, "UNKNOWN_CODE", rows
        )
    if name == "applications":
        new["form"] = _respell(
            flat["form"], _coder("forms"), f"{name}.form", warnings, "UNKNOWN_CODE", rows
        )
    if name == "charges":
        new["code"] = _respell(flat["code"], _charge, f"{name}.code", warnings)
    changed = [flat[column].ne_missing(series) for column, series in new.items()]
    tidied = flat.with_columns(series.alias(column) for column, series in new.items())
    read = tidied.with_columns(series.alias(column) for column, series in days.items())
    if any(series.any() for series in changed):
        at = rows.filter(functools.reduce(pl.Series.__or__, changed)).unique()
        struct = pl.struct(f.name for f in lists.dtype.inner.fields)  # type: ignore[attr-defined]
        anew = (
            tidied.filter(pl.col("_row").is_in(at.implode()))
            .group_by("_row", maintain_order=True)
            .agg(pl.when(pl.col("_item").is_not_null()).then(struct).alias("_item"))
        )
        lists = put(lists, anew["_row"], anew["_item"])
    return lists, read.drop("_item")
