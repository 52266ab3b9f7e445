"""Values of types that Avro itself can't convert to the wanted type.

Exports often have no ints, enums, or dates, and write numbers as text or text as numbers. A value
with a meaning in the wanted type is read; any other becomes unknown, with a warning `FIELD:REASON`
in the record, if the record has a field for warnings. Text that means nothing (N/A, NULL ...) is
null without a warning, and so is NaN, which pandas writes for null.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from transforms.avro.types import MOMENTS, dtype_of, kind_of
from transforms.frames.nulls import is_no_code, is_nothing

WARNINGS = "warnings"
"""The field of a reader's record, if it has one, that lists the values that didn't fit."""

NARROWED = ("long", "int")
"""The only conversion allowed without warnings: a value that doesn't fit is an error there."""

# The years 1 to 9999, in microseconds since 1970.
_FIRST, _LAST = -62_135_596_800_000_000, 253_402_300_799_999_999
_SEPARATORS = "[^a-z0-9]+"
_LEAST, _MOST = -(1 << 31), (1 << 31) - 1
# Spreadsheets write whole numbers with a point.
_WHOLE = r"^[+-]?[0-9]+(\.0*)?$"
_BOOLEANS = dict.fromkeys(("true", "t", "yes", "y", "1", "1.0"), True) | dict.fromkeys(
    ("false", "f", "no", "n", "0", "0.0"), False
)


@dataclass(frozen=True)
class Change:
    """How to convert values of one type to another.

    Args:
        read: Converts a value, given the reader's type, to the reader's dtype; null, or an enum's
            default, if it doesn't fit.
        lost: Given the same, returns for each reason whether a value doesn't fit; never null.
    """

    read: Callable[[pl.Expr, Any], pl.Expr]
    lost: Callable[[pl.Expr, Any], dict[str, pl.Expr]]


def change_of(writer: Any, reader: Any) -> Change | None:
    """Find how to convert values of one type to another.

    Args:
        writer: The writer's type, without null.
        reader: The reader's, without null.

    Returns:
        The conversion; None if there is none, or if Avro itself has one.
    """
    return _CHANGES.get((kind_of(writer), kind_of(reader)))


def is_read(writer: str, reader: str, *, warns: bool) -> bool:
    """Tell whether we convert one kind of type to another, if Avro doesn't.

    Args:
        writer: `string`, `long`, and so on.
        reader: The kind wanted.
        warns: Whether a warning can list the values that don't fit.
    """
    kinds = writer, reader
    if kinds == ("enum", "string"):
        return True
    return kinds in _CHANGES and (warns or kinds == NARROWED or reader not in ("int", "boolean"))


def text_of_moment(value: pl.Expr, kind: str, logical: str) -> pl.Expr:
    """Write days and times as ISO 8601; text that isn't a date if outside the years 1 to 9999.

    Args:
        value: Numbers since 1970.
        kind: `int` or `long`.
        logical: `date`, `timestamp-millis` ... (`types.MOMENTS`).

    Returns:
        String.
    """
    unit = MOMENTS[kind, logical]
    inside = value.is_between(_FIRST // unit, _LAST // unit)
    time = (pl.when(inside).then(value).cast(pl.Int64) * unit).cast(pl.Datetime("us"))
    shape = "%Y-%m-%d" if logical == "date" else "%Y-%m-%dT%H:%M:%S"
    zone = "Z" if logical.startswith("timestamp") else ""
    beyond = pl.format("{} since 1970", value)
    text = time.dt.strftime(shape + zone)
    return pl.when(inside).then(text).when(value.is_not_null()).then(beyond)


def _symbols_of_texts() -> Change:
    def read(value: pl.Expr, reader: Any) -> pl.Expr:
        # Text that is no symbol becomes the default, as a writer's unknown symbols do.
        symbol = _symbol(value, reader).fill_null(reader["default"])
        return pl.when(value.is_not_null()).then(symbol).cast(dtype_of(reader))

    def lost(value: pl.Expr, reader: Any) -> dict[str, pl.Expr]:
        return {"UNKNOWN_CODE": _given(~is_no_code(value) & _symbol(value, reader).is_null())}

    return Change(read, lost)


def _symbol(value: pl.Expr, reader: Any) -> pl.Expr:
    """Return the symbol that a text means, whatever its case and separators; null if none."""
    keys = [_key(symbol) for symbol in reader["symbols"]]
    known = {key: s for key, s in zip(keys, reader["symbols"], strict=True) if keys.count(key) == 1}
    key = value.str.to_lowercase().str.replace_all(_SEPARATORS, " ").str.strip_chars()
    read = key.replace_strict(known, default=None, return_dtype=pl.String)
    return pl.when(value.is_in(reader["symbols"])).then(value).otherwise(read)


def _key(symbol: str) -> str:
    return re.sub(_SEPARATORS, " ", symbol.lower()).strip()


def _ints_of_longs() -> Change:
    return Change(
        lambda value, _: _as_int(value),
        lambda value, _: {"OUT_OF_RANGE": _given(~value.is_between(_LEAST, _MOST))},
    )


def _ints_of_floats() -> Change:
    def whole(value: pl.Expr) -> pl.Expr:
        return value.is_finite() & (value == value.floor())

    def read(value: pl.Expr, reader: Any) -> pl.Expr:
        return _as_int(pl.when(whole(value)).then(value))

    def lost(value: pl.Expr, reader: Any) -> dict[str, pl.Expr]:
        outside = whole(value) & ~value.is_between(_LEAST, _MOST)
        return {
            "BAD_NUMBER": _given(~whole(value) & value.is_not_nan()),
            "OUT_OF_RANGE": _given(outside),
        }

    return Change(read, lost)


def _ints_of_texts() -> Change:
    def number(value: pl.Expr) -> pl.Expr:
        text = value.str.strip_chars()
        digits = pl.when(text.str.contains(_WHOLE)).then(text.str.extract(r"^\+?(-?[0-9]+)"))
        return digits.cast(pl.Int64, strict=False)

    def read(value: pl.Expr, reader: Any) -> pl.Expr:
        return _as_int(number(value))

    def lost(value: pl.Expr, reader: Any) -> dict[str, pl.Expr]:
        whole = value.str.strip_chars().str.contains(_WHOLE)
        inside = number(value).is_between(_LEAST, _MOST).fill_null(False)
        return {
            "BAD_NUMBER": _given(~whole & ~is_nothing(value)),
            "OUT_OF_RANGE": _given(whole & ~inside),
        }

    return Change(read, lost)


def _booleans_of_texts() -> Change:
    def read(value: pl.Expr, reader: Any) -> pl.Expr:
        key = value.str.strip_chars().str.to_lowercase()
        return key.replace_strict(_BOOLEANS, default=None, return_dtype=pl.Boolean)

    def lost(value: pl.Expr, reader: Any) -> dict[str, pl.Expr]:
        return {"UNKNOWN_CODE": _given(~is_nothing(value) & read(value, reader).is_null())}

    return Change(read, lost)


def _booleans_of_numbers() -> Change:
    def is_either(value: pl.Expr) -> pl.Expr:
        return (value == 0) | (value == 1)

    def lost(value: pl.Expr, reader: Any) -> dict[str, pl.Expr]:
        given = value.cast(pl.Float64).is_not_nan()
        return {"OUT_OF_RANGE": _given(~is_either(value) & given)}

    return Change(lambda value, _: pl.when(is_either(value)).then(value == 1), lost)


def _texts_of_numbers() -> Change:
    def read(value: pl.Expr, reader: Any) -> pl.Expr:
        # A double keeps its decimal point, so that it isn't taken for an A-number.
        given = value.cast(pl.Float64).is_not_nan()
        return pl.when(given).then(value.cast(pl.String))

    return Change(read, lambda value, _: {})


def _texts_of_booleans() -> Change:
    return Change(lambda value, _: value.cast(pl.String), lambda value, _: {})


def _as_int(value: pl.Expr) -> pl.Expr:
    return pl.when(value.is_between(_LEAST, _MOST)).then(value).cast(pl.Int32, strict=False)


def _given(lost: pl.Expr) -> pl.Expr:
    return lost.fill_null(False)


_CHANGES = {
    ("string", "enum"): _symbols_of_texts(),
    ("long", "int"): _ints_of_longs(),
    ("string", "int"): _ints_of_texts(),
    ("string", "boolean"): _booleans_of_texts(),
    ("boolean", "string"): _texts_of_booleans(),
    **{(number, "int"): _ints_of_floats() for number in ("float", "double")},
    **{
        (number, "boolean"): _booleans_of_numbers() for number in ("int", "long", "float", "double")
    },
    **{(number, "string"): _texts_of_numbers() for number in ("int", "long", "float", "double")},
}
