"""Columns that polars decodes under a plain schema, made into the columns that are wanted."""

from __future__ import annotations

from typing import Any

import polars as pl

from schemas.avro import Schema
from transforms.avro.types import (
    PRIMITIVES,
    dtype_of,
    is_nullable,
    kind_of,
    logical_of,
    value_type,
)
from transforms.avro.varint import varint

_WIDTHS = {"null": 0, "float": 4, "double": 8}
_NUMBERS = ("int", "long", "float", "double")


class NotPlainError(Exception):
    """A type that polars cannot decode, or a change that is not one of columns."""


def plain_record(writer: Schema) -> Schema:
    """A resolved writer's schema in terms that polars decodes: enums as int.

    Raises:
        NotPlainError: A field cannot be decoded so; all count, since the unwanted are skipped.
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


def column_of(field: Any, writer: Any) -> pl.Expr:
    """A wanted column from the decoded ones.

    Args:
        field: The field of the resolved reader's schema.
        writer: Its type in the resolved writer's schema; None where the writer has no such field.

    Returns:
        An expression over the frame decoded under the plain schema, in the reader's dtype.

    Raises:
        NotPlainError: Only fastavro can make it.
    """
    name, avro = field["name"], field["type"]
    made = _default(field) if writer is None else _converted(pl.col(name), writer, avro)
    return made.alias(name)


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
    # A strict cast: what is out of its range would become null below, and is damage.
    numbers = column.cast(stored)
    if theirs != reader["symbols"]:
        places = {symbol: place for place, symbol in enumerate(reader["symbols"])}
        known = [places.get(symbol, places.get(reader.get("default"))) for symbol in theirs]
        if None in known:
            raise NotPlainError
        # Theirs may be too many for the type of ours.
        numbers = column.replace_strict(list(range(len(theirs))), known, return_dtype=stored)
    return numbers.cat.to(ours)


def _texts(column: pl.Expr, reader: Any) -> pl.Expr:
    """Texts as the symbols of an enum; those of none are its default, as a writer's symbols are."""
    known = column.is_null() | column.is_in(reader["symbols"])
    return pl.when(known).then(column).otherwise(pl.lit(reader["default"])).cast(dtype_of(reader))


def _struct(column: pl.Expr, writer: Any, reader: Any) -> pl.Expr:
    theirs = {field["name"]: field["type"] for field in writer["fields"]}
    fields = [
        (
            _converted(column.struct.field(field["name"]), theirs[field["name"]], field["type"])
            if field["name"] in theirs
            else _default(field)
        ).alias(field["name"])
        for field in reader["fields"]
    ]
    return pl.when(column.is_not_null()).then(pl.struct(fields))


def same_columns(writer: Any, reader: Any) -> bool:
    """Whether what polars decodes of the writer's type is the reader's column already."""
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
    # Decoded days and times are numbers still.
    return not logical_of(reader)


def readable(writer: Any, reader: Any) -> Any:
    """The reader's type with the writer's wherever Avro itself knows no way from one to the other.

    Args:
        writer: A type of the resolved writer's schema.
        reader: The reader's type.

    Returns:
        A type that fastavro reads; `column_of` goes from there to the reader's.
    """
    if isinstance(reader, list) and value_type(reader) is not reader:
        value = readable(value_type(writer), value_type(reader))
        return ["null" if branch == "null" else value for branch in reader]
    of_writer = value_type(writer)
    kinds = kind_of(of_writer), kind_of(reader)
    if kinds in (("long", "int"), ("string", "enum")):
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
    """The shortest encoding of a value of a type: null, zero or empty."""
    if isinstance(avro, list):
        return min((varint(i) + smallest(b) for i, b in enumerate(avro)), key=len)
    kind = kind_of(avro)
    if kind == "record":
        return b"".join(smallest(field["type"]) for field in avro["fields"])
    return bytes(avro["size"] if kind == "fixed" else _WIDTHS.get(kind, 1))


def marked(writer: Schema, mark: str, text: bytes) -> bytes:
    """The smallest record that has a text in one field.

    Args:
        writer: A resolved record schema.
        mark: A field of strings or bytes, maybe nullable.
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
