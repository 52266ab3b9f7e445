"""How a single value is read, whether it is in a column or in a list."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from schemas.codes import aliases, charge_labels
from transforms.frames.nulls import given_code, given_text, is_no_code, is_no_date
from transforms.normalize.a_numbers import a_number
from transforms.normalize.charges import charge_code
from transforms.normalize.dates import (
    PLAIN_DAY,
    is_placeholder,
    real_date,
    real_time,
    written_date,
    written_day,
    written_time,
)
from transforms.normalize.readings import Readings

_PLAIN_DATE = f"^{PLAIN_DAY}$"
_PLAIN_TIME = rf"^{PLAIN_DAY}(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?)?$"


@dataclass(frozen=True)
class Cell:
    """How a value is read.

    Args:
        fine: Whether a value is already in its normal form; null counts as yes.
        read: The value as read, which is the costly part.
        kept: The part of a value, as read, that is kept; null if it can't be a fact.
        lost: For each reason, whether it sets a value (raw, and as read) to unknown.
    """

    fine: Callable[[pl.Expr], pl.Expr]
    read: Callable[[pl.Expr], pl.Expr]
    kept: Callable[[pl.Expr], pl.Expr]
    lost: Callable[[pl.Expr, pl.Expr], dict[str, pl.Expr]]


def date_cell(latest: str | None, *, parts: bool = False) -> Cell:
    """Read a date.

    Args:
        latest: The latest possible day, YYYY-MM-DD; None if it may be in the future.
        parts: Whether a month or a year is enough.
    """

    def fine(raw: pl.Expr) -> pl.Expr:
        inside = True if latest is None else raw <= latest
        return raw.str.contains(_PLAIN_DATE) & inside & ~is_placeholder(raw)

    def kept(read: pl.Expr) -> pl.Expr:
        date = real_date(read)
        return date if latest is None else pl.when(read <= latest).then(date)

    def lost(raw: pl.Expr, read: pl.Expr) -> dict[str, pl.Expr]:
        date, placeholder = real_date(read), is_placeholder(read).fill_null(False)
        losses = {
            "BAD_DATE": raw.is_not_null() & date.is_null() & ~placeholder & ~is_no_date(raw),
            "PLACEHOLDER": placeholder,
        }
        return losses if latest is None else losses | {"FUTURE_DATE": date > latest}

    return Cell(fine, written_date if parts else written_day, kept, lost)


def code_cell(table: str) -> Cell:
    """Read a code of a table (`schemas.codes.aliases`), or words that stand for one."""
    codes = pl.Series(sorted(set(aliases(table).values()))).implode()

    def lost(raw: pl.Expr, read: pl.Expr) -> dict[str, pl.Expr]:
        return {"UNKNOWN_CODE": raw.is_not_null() & read.is_null() & ~is_no_code(raw)}

    return Cell(
        fine=lambda raw: raw.is_in(codes),
        read=lambda raw: coded(raw, table),
        kept=_same,
        lost=lost,
    )


def coded(text: pl.Expr, table: str) -> pl.Expr:
    """Look up the code that words stand for in a table; null if there is none."""
    return _codes(table).of(text)


@functools.cache
def _codes(table: str) -> Readings:
    codes = aliases(table)
    return Readings(
        lambda text: word_key(text).replace_strict(codes, default=None, return_dtype=pl.String)
    )


def word_key(text: pl.Expr) -> pl.Expr:
    """Return the form in which words are looked up (`schemas.codes.code_key`)."""
    return text.str.to_lowercase().str.replace_all(r"[^a-z0-9]+", " ").str.strip_chars()


def text_cell(given: Callable[[pl.Expr], pl.Expr] = given_text, *, upper: bool = False) -> Cell:
    """Read free text, a code without a table, or an id: trimmed; null if it means unknown.

    Args:
        given: `given_text`, or `given_code` for codes and ids.
        upper: Whether to write it in capitals.
    """

    def read(raw: pl.Expr) -> pl.Expr:
        return given(raw).str.to_uppercase() if upper else given(raw)

    def same(texts: pl.Series) -> pl.Series:
        # Most columns of text have few distinct ones, or none.
        distinct = texts.drop_nulls().unique().alias("text").to_frame()
        if distinct.is_empty():
            return texts.is_null()
        changed = distinct.filter(~pl.col("text").eq_missing(read(pl.col("text"))))
        return ~texts.is_in(changed["text"].implode())

    return Cell(
        fine=lambda raw: raw.map_batches(same, return_dtype=pl.Boolean, is_elementwise=True),
        read=read,
        kept=_same,
        lost=lambda raw, read: {},
    )


def charge_cell() -> Cell:
    """Read a charge of removability (`transforms.normalize.charges`)."""

    def lost(raw: pl.Expr, read: pl.Expr) -> dict[str, pl.Expr]:
        return {"UNREADABLE_CHARGE": raw.is_not_null() & read.is_null() & ~is_no_code(raw)}

    codes = pl.Series(sorted(charge_labels())).implode()
    return Cell(fine=lambda raw: raw.is_in(codes), read=charge_code, kept=_same, lost=lost)


def number_cell(least: int, most: int) -> Cell:
    """Read a whole number within bounds."""

    def inside(raw: pl.Expr) -> pl.Expr:
        return raw.is_between(least, most)

    return Cell(
        fine=inside,
        read=_same,
        kept=lambda read: pl.when(inside(read)).then(read),
        lost=lambda raw, read: {"OUT_OF_RANGE": ~inside(raw)},
    )


def a_number_cell() -> Cell:
    """Read an A-number."""

    def lost(raw: pl.Expr, read: pl.Expr) -> dict[str, pl.Expr]:
        nothing = is_no_code(raw.str.replace_all(r"[A\s#-]", ""))
        return {"BAD_NUMBER": raw.is_not_null() & read.is_null() & ~nothing & ~is_no_code(raw)}

    def fine(raw: pl.Expr) -> pl.Expr:
        return raw.str.len_bytes().is_between(8, 10) & raw.str.contains("^A0*[1-9][0-9]*$")

    return Cell(fine=fine, read=a_number, kept=_same, lost=lost)


def time_cell() -> Cell:
    """Read the time at which something was recorded."""

    def fine(raw: pl.Expr) -> pl.Expr:
        return raw.str.contains(_PLAIN_TIME) & ~is_placeholder(raw.str.head(10))

    def lost(raw: pl.Expr, read: pl.Expr) -> dict[str, pl.Expr]:
        placeholder = is_placeholder(read.str.head(10)).fill_null(False)
        bad = raw.is_not_null() & real_time(read).is_null() & ~placeholder & ~is_no_date(raw)
        return {"BAD_DATE": bad, "PLACEHOLDER": placeholder}

    return Cell(fine=fine, read=written_time, kept=real_time, lost=lost)


def _same(value: pl.Expr) -> pl.Expr:
    return value


ID_CELL = text_cell(given_code)
CODE_CELL = text_cell(given_code, upper=True)
TEXT_CELL = text_cell()
