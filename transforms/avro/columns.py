"""Turn columns that polars decodes under a plain schema into the expected columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from schemas.avro import Schema
from transforms.avro.types import (
    MOMENTS,
    PRIMITIVES,
    dtype_of,
    is_nullable,
    kind_of,
    logical_of,
    value_type,
)
from transforms.avro.varint import varint
from transforms.frames.nulls import is_no_code

_WIDTHS = {"null": 0, "float": 4, "double": 8}
_NUMBERS = ("int", "long", "float", "double")
# If a reader's record has this field, it reports what couldn't be read in the others.
WARNINGS, REASON = "warnings", "UNKNOWN_CODE"
# The years 1 to 9999, in microseconds since 1970.
_FIRST, _LAST = -62_135_596_800_000_000, 253_402_300_799_999_999
_SEPARATORS = "[^a-z0-9]+"


class NotPlainError(Exception):
    """A type that polars can't decode, or a change that columns can't express."""


def plain_record(writer: Schema) -> Schema:
    """Rewrite a resolved writer's schema in terms that polars decodes: enums as int.

    Raises:
        NotPlainError: A field can't be decoded this way. All fields count, since unwanted ones are
            skipped.
    """
    fields = [{"name": f["name"], "type": _plain(f["type"])} for f in writer["fields"]]
    return {"type": "record", "name": writer["name"], "fields": fields}


def _plain(avro: Any) -> Any:
    if isinstance(avro, list):
        if len(avro) != 2 or "null" not in avro:
            raise NotPlainError
        return [branch if branch == "null" else _plain(branch) for branch in avro]
    kind = kind_of(avro)
    if kind == "enum":
        return "int"
    if kind == "array":
        return {"type": "array", "items": _plain(avro["items"])}
    if kind == "record":
        return plain_record(avro)
    if kind not in PRIMITIVES:
        raise NotPlainError
    return kind


def columns_of(writer: Schema, reader: Schema, names: Sequence[str]) -> list[pl.Expr]:
    """Make the expected columns from the decoded ones.

    Args:
        writer: A resolved writer's record schema.
        reader: The reader's schema.
        names: The expected columns.

    Returns:
        Expressions from `column_of`. If the reader has a field `warnings`, it also names the fields
        in which a text isn't a symbol of the enum.

    Raises:
        NotPlainError: Only fastavro can make one of them.
    """
    theirs = {field["name"]: field["type"] for field in writer["fields"]}
    wanted = {field["name"]: field for field in reader["fields"]}
    made = {name: column_of(wanted[name], theirs.get(name)) for name in names}
    if WARNINGS in made:
        seen = {**writer, "fields": [field for field in writer["fields"] if field["name"] in made]}
        made[WARNINGS] = _with_lost(made[WARNINGS], None, seen, reader).alias(WARNINGS)
    return list(made.values())


def column_of(field: Any, writer: Any) -> pl.Expr:
    """Make an expected column from the decoded ones.

    Args:
        field: The field of the resolved reader's schema.
        writer: Its type in the resolved writer's schema; None if the writer has no such field.

    Returns:
        An expression over the frame decoded under the plain schema, in the reader's dtype.

    Raises:
        NotPlainError: Only fastavro can make it.
    """
    name, avro = field["name"], field["type"]
    made = _default(field) if writer is None else _converted(pl.col(name), writer, avro)
    return made.alias(name)


def _with_lost(made: pl.Expr, column: pl.Expr | None, writer: Any, reader: Any) -> pl.Expr:
    """Add to the warnings of a record those about symbols that its enums don't have."""
    lost = dict(_lost_symbols(column, writer, reader, ""))
    if not lost:
        return made
    labels = [pl.when(where).then(pl.lit(f"{name}:{REASON}")) for name, where in lost.items()]
    known = made.fill_null(pl.lit([], pl.List(pl.String)))
    return pl.concat_list(known, pl.concat_list(labels).list.drop_nulls())


def _lost_symbols(
    column: pl.Expr | None, writer: Any, reader: Any, within: str
) -> Iterator[tuple[str, pl.Expr]]:
    theirs = {field["name"]: field["type"] for field in writer["fields"]}
    for field in reader["fields"]:
        name = field["name"]
        if name not in theirs:
            continue
        value = pl.col(name) if column is None else column.struct.field(name)
        of_writer, of_reader = value_type(theirs[name]), value_type(field["type"])
        kinds = kind_of(of_writer), kind_of(of_reader)
        if kinds == ("string", "enum"):
            yield within + name, ~is_no_code(value) & _symbol(value, of_reader).is_null()
        elif kinds == ("array", "array"):
            items = value_type(of_writer["items"]), value_type(of_reader["items"])
            if tuple(map(kind_of, items)) != ("record", "record"):
                continue
            for place, lost in _lost_symbols(pl.element(), *items, f"{within}{name}."):
                yield place, value.list.eval(lost).list.any()


def _default(field: Any) -> pl.Expr:
    default, dtype = field["default"], dtype_of(field["type"])
    if default is not None and (dtype.is_nested() or isinstance(dtype, pl.Binary)):
        raise NotPlainError
    return pl.lit(default).cast(dtype)


def _converted(column: pl.Expr, writer: Any, reader: Any) -> pl.Expr:
    if is_nullable(writer) and not is_nullable(reader):
        raise NotPlainError
    writer, reader = value_type(writer), value_type(reader)
    kind, wanted = kind_of(writer), kind_of(reader)
    if "union" in (kind, wanted):
        raise NotPlainError
    if (kind, wanted) == ("string", "enum"):
        return _texts(column, reader)
    if isinstance(writer, dict) and "moment" in writer:
        return _moment(column, kind, writer["moment"])
    if kind == "enum":
        return _symbols(column, writer, reader)
    if kind == "array":
        if same_columns(writer, reader):
            return column
        return column.list.eval(_converted(pl.element(), writer["items"], reader["items"]))
    if kind == "record":
        return column if same_columns(writer, reader) else _struct(column, writer, reader)
    if same_columns(writer, reader):
        return column
    if kind not in _NUMBERS or wanted not in _NUMBERS:
        raise NotPlainError
    return column.cast(dtype_of(reader))


def _symbols(column: pl.Expr, writer: Any, reader: Any) -> pl.Expr:
    theirs, ours = writer["symbols"], pl.Enum(reader["symbols"])
    stored = pl.Series(dtype=ours).to_physical().dtype
    # A strict cast: a value out of range is damage, but would become null below.
    numbers = column.cast(stored)
    if theirs != reader["symbols"]:
        places = {symbol: place for place, symbol in enumerate(reader["symbols"])}
        known = [places.get(symbol, places.get(reader.get("default"))) for symbol in theirs]
        if None in known:
            raise NotPlainError
        # The writer may have too many symbols for the reader's type.
        numbers = column.replace_strict(list(range(len(theirs))), known, return_dtype=stored)
    return numbers.cat.to(ours)


def _moment(column: pl.Expr, kind: str, logical: str) -> pl.Expr:
    """Write days and times as ISO 8601; outside the years 1 to 9999, they aren't dates."""
    unit = MOMENTS[kind, logical]
    inside = column.is_between(_FIRST // unit, _LAST // unit)
    time = (pl.when(inside).then(column).cast(pl.Int64) * unit).cast(pl.Datetime("us"))
    shape = "%Y-%m-%d" if logical == "date" else "%Y-%m-%dT%H:%M:%S"
    zone = "Z" if logical.startswith("timestamp") else ""
    beyond = pl.format("{} since 1970", column)
    text = time.dt.strftime(shape + zone)
    return pl.when(inside).then(text).when(column.is_not_null()).then(beyond)


def _texts(column: pl.Expr, reader: Any) -> pl.Expr:
    """Read texts as an enum's symbols; others become its default, like a writer's symbols."""
    symbol = _symbol(column, reader).fill_null(reader["default"])
    return pl.when(column.is_not_null()).then(symbol).cast(dtype_of(reader))


def _symbol(column: pl.Expr, reader: Any) -> pl.Expr:
    """Find the symbol for a text, in any case and with any separators; null if there is none."""
    keys = [_key(symbol) for symbol in reader["symbols"]]
    known = {key: s for key, s in zip(keys, reader["symbols"], strict=True) if keys.count(key) == 1}
    key = column.str.to_lowercase().str.replace_all(_SEPARATORS, " ").str.strip_chars()
    read = key.replace_strict(known, default=None, return_dtype=pl.String)
    return pl.when(column.is_in(reader["symbols"])).then(column).otherwise(read)


def _key(symbol: str) -> str:
    return re.sub(_SEPARATORS, " ", symbol.lower()).strip()


def _struct(column: pl.Expr, writer: Any, reader: Any) -> pl.Expr:
    theirs = {field["name"]: field["type"] for field in writer["fields"]}
    fields = {
        field["name"]: (
            _converted(column.struct.field(field["name"]), theirs[field["name"]], field["type"])
            if field["name"] in theirs
            else _default(field)
        )
        for field in reader["fields"]
    }
    if WARNINGS in fields:
        fields[WARNINGS] = _with_lost(fields[WARNINGS], column, writer, reader)
    made = pl.struct(value.alias(name) for name, value in fields.items())
    return pl.when(column.is_not_null()).then(made)


def same_columns(writer: Any, reader: Any) -> bool:
    """Tell whether polars decodes the writer's type directly into the reader's column."""
    if is_nullable(writer) and not is_nullable(reader):
        return False
    writer, reader = value_type(writer), value_type(reader)
    kind = kind_of(writer)
    if kind != kind_of(reader) or kind in ("enum", "union"):
        return False
    if kind == "array":
        return same_columns(writer["items"], reader["items"])
    if kind == "record":
        return [f["name"] for f in writer["fields"]] == [
            f["name"] for f in reader["fields"]
        ] and all(
            same_columns(theirs["type"], ours["type"])
            for theirs, ours in zip(writer["fields"], reader["fields"], strict=True)
        )
    # Decoded days and times are still numbers.
    return not logical_of(reader)


def readable(writer: Any, reader: Any) -> Any:
    """Take the reader's type, but the writer's wherever Avro can't convert one to the other.

    Args:
        writer: A type of the resolved writer's schema.
        reader: The reader's type.

    Returns:
        A type that fastavro can read; `column_of` converts it to the reader's.
    """
    if isinstance(reader, list) and value_type(reader) is not reader:
        value = readable(value_type(writer), value_type(reader))
        return ["null" if branch == "null" else value for branch in reader]
    of_writer = value_type(writer)
    kinds = kind_of(of_writer), kind_of(reader)
    if kinds in (("long", "int"), ("string", "enum")) or (
        isinstance(of_writer, dict) and "moment" in of_writer
    ):
        return of_writer
    if kinds == ("array", "array"):
        return {**reader, "items": readable(of_writer["items"], reader["items"])}
    if kinds == ("record", "record"):
        theirs = {field["name"]: field["type"] for field in of_writer["fields"]}
        return {
            **reader,
            "fields": [
                {**field, "type": readable(theirs.get(field["name"], field["type"]), field["type"])}
                for field in reader["fields"]
            ],
        }
    return reader


def smallest(avro: Any) -> bytes:
    """Make the shortest encoding of a value of a type: null, zero, or empty."""
    if isinstance(avro, list):
        return min((varint(i) + smallest(b) for i, b in enumerate(avro)), key=len)
    kind = kind_of(avro)
    if kind == "record":
        return b"".join(smallest(field["type"]) for field in avro["fields"])
    return bytes(avro["size"] if kind == "fixed" else _WIDTHS.get(kind, 1))


def marked(writer: Schema, mark: str, text: bytes) -> bytes:
    """Make the smallest record that has a text in one field.

    Args:
        writer: A resolved record schema.
        mark: A field of strings or bytes, possibly nullable.
        text: The text.

    Returns:
        The record, encoded.
    """
    parts = []
    for field in writer["fields"]:
        avro = field["type"]
        if field["name"] != mark:
            parts.append(smallest(avro))
            continue
        if isinstance(avro, list):
            parts.append(varint(1 - avro.index("null")))
        parts += [varint(len(text)), text]
    return b"".join(parts)
