"""Turn columns that polars decodes under a plain schema into the expected columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from schemas.avro import Schema
from transforms.avro.plain import NotPlainError
from transforms.avro.types import dtype_of, is_nullable, kind_of, logical_of, value_type
from transforms.avro.values import NARROWED, WARNINGS, change_of, text_of_moment
from transforms.frames.frame import Frame
from transforms.frames.labels import label_lists

_NUMBERS = ("int", "long", "float", "double")


@dataclass(frozen=True)
class Columns:
    """How to make the wanted columns from decoded ones.

    Args:
        made: Each wanted column, as returned by `column_of`.
        lost: By `field:REASON`, whether a value in a record doesn't fit the wanted type; empty if
            there are to be no warnings.
    """

    made: list[pl.Expr]
    lost: dict[str, pl.Expr]

    def of(self, frame: Frame) -> Frame:
        """Make the wanted columns of a decoded frame, with `warnings` about values that didn't fit.

        Raises:
            polars.exceptions.PolarsError: A value is outside its type.
        """
        made = frame.with_columns(self.made)
        if not self.lost:
            return made
        flags = frame.select(where.alias(label) for label, where in self.lost.items())
        # Mostly there are none, and lists are costly.
        losses = [flag.name for flag in flags if flag.any()]
        if not losses:
            return made
        labels = label_lists(flags.select(losses), pl.Series(losses))
        known = pl.col(WARNINGS).fill_null([])
        both = pl.when(labels.list.len() > 0).then(pl.concat_list(known, labels))
        return made.with_columns(both.otherwise(WARNINGS).alias(WARNINGS))


def columns_of(writer: Schema, reader: Schema, names: Sequence[str]) -> Columns:
    """Plan the wanted columns, made from the decoded ones.

    Args:
        writer: A resolved writer's record schema.
        reader: The reader's schema.
        names: The expected columns.

    Returns:
        The columns. If the reader has a field `warnings`, and it is wanted, it also lists the
        values that didn't fit.

    Raises:
        NotPlainError: Only fastavro can make one of them.
    """
    theirs = {field["name"]: field["type"] for field in writer["fields"]}
    wanted = {field["name"]: field for field in reader["fields"]}
    warns = WARNINGS in wanted
    made = {name: column_of(wanted[name], theirs.get(name), warns=warns) for name in names}
    lost: dict[str, pl.Expr] = {}
    if WARNINGS in made:
        seen = {**writer, "fields": [field for field in writer["fields"] if field["name"] in made]}
        lost = dict(_lost(None, seen, reader, ""))
    return Columns(list(made.values()), lost)


def column_of(field: Any, writer: Any, *, warns: bool = False) -> pl.Expr:
    """Make a wanted column from the decoded ones.

    Args:
        field: The field of the resolved reader's schema.
        writer: Its type in the resolved writer's schema; None if the writer has no such field.
        warns: Whether values that don't fit are listed in a warning; otherwise, they are an error.

    Returns:
        An expression over the frame decoded under the plain schema, in the reader's dtype.

    Raises:
        NotPlainError: Only fastavro can make it.
    """
    name, avro = field["name"], field["type"]
    made = _default(field) if writer is None else _converted(pl.col(name), writer, avro, warns)
    return made.alias(name)


def _with_lost(made: pl.Expr, column: pl.Expr, writer: Any, reader: Any) -> pl.Expr:
    """Return the warnings in a nested record, and those about its values that don't fit."""
    lost = dict(_lost(column, writer, reader, ""))
    if not lost:
        return made
    labels = [pl.when(where).then(pl.lit(label)) for label, where in lost.items()]
    known = made.fill_null(pl.lit([], pl.List(pl.String)))
    return pl.concat_list(known, pl.concat_list(labels).list.drop_nulls())


def _lost(
    column: pl.Expr | None, writer: Any, reader: Any, within: str
) -> Iterator[tuple[str, pl.Expr]]:
    """Return, by `field:REASON`, whether a value in a record doesn't fit for that reason."""
    theirs = {field["name"]: field["type"] for field in writer["fields"]}
    for field in reader["fields"]:
        name = field["name"]
        if name not in theirs:
            continue
        value = pl.col(name) if column is None else column.struct.field(name)
        of_writer, of_reader = value_type(theirs[name]), value_type(field["type"])
        if change := change_of(of_writer, of_reader):
            for reason, lost in change.lost(value, of_reader).items():
                yield f"{within}{name}:{reason}", lost
        elif (kind_of(of_writer), kind_of(of_reader)) == ("array", "array"):
            items = value_type(of_writer["items"]), value_type(of_reader["items"])
            if tuple(map(kind_of, items)) != ("record", "record"):
                continue
            for label, lost in _lost(pl.element(), *items, f"{within}{name}."):
                yield label, value.list.eval(lost).list.any()


def _default(field: Any) -> pl.Expr:
    default, dtype = field["default"], dtype_of(field["type"])
    if default is not None and (dtype.is_nested() or isinstance(dtype, pl.Binary)):
        raise NotPlainError
    return pl.lit(default).cast(dtype)


def _converted(column: pl.Expr, writer: Any, reader: Any, warns: bool) -> pl.Expr:
    if is_nullable(writer) and not is_nullable(reader):
        raise NotPlainError
    writer, reader = value_type(writer), value_type(reader)
    kind, wanted = kind_of(writer), kind_of(reader)
    if "union" in (kind, wanted):
        raise NotPlainError
    if isinstance(writer, dict) and "moment" in writer:
        return text_of_moment(column, kind, writer["moment"])
    if kind == "enum":
        return _symbols(column, writer, reader)
    change = change_of(writer, reader)
    if change is not None and (warns or (kind, wanted) != NARROWED):
        return change.read(column, reader)
    if same_columns(writer, reader):
        return column
    if kind == "array":
        items = writer["items"], reader["items"]
        return column.list.eval(_converted(pl.element(), *items, warns))
    if kind == "record":
        return _struct(column, writer, reader, warns)
    if kind not in _NUMBERS or wanted not in _NUMBERS:
        raise NotPlainError
    return column.cast(dtype_of(reader))


def _symbols(column: pl.Expr, writer: Any, reader: Any) -> pl.Expr:
    if kind_of(reader) == "string":
        return _symbols(column, writer, writer).cast(pl.String)
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


def _struct(column: pl.Expr, writer: Any, reader: Any, warns: bool) -> pl.Expr:
    theirs = {field["name"]: field["type"] for field in writer["fields"]}
    warns = warns or any(field["name"] == WARNINGS for field in reader["fields"])
    fields = {
        name: (
            _converted(column.struct.field(name), theirs[name], field["type"], warns)
            if name in theirs
            else _default(field)
        )
        for name, field in ((field["name"], field) for field in reader["fields"])
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


def readable(writer: Any, reader: Any, *, read: bool = False) -> Any:
    """Return the reader's type, with the writer's wherever Avro itself can't convert to it.

    Args:
        writer: A type of the resolved writer's schema.
        reader: The reader's type.
        read: Whether to return the type after reading: symbols are text then.

    Returns:
        A type that fastavro can read; `column_of` converts it to the reader's.
    """
    if isinstance(reader, list) and value_type(reader) is not reader:
        value = readable(value_type(writer), value_type(reader), read=read)
        return ["null" if branch == "null" else value for branch in reader]
    of_writer = value_type(writer)
    kinds = kind_of(of_writer), kind_of(reader)
    is_moment = isinstance(of_writer, dict) and "moment" in of_writer
    if kinds == ("enum", "string"):
        return reader if read else of_writer
    if is_moment or change_of(of_writer, reader) is not None:
        return of_writer
    if kinds == ("array", "array"):
        return {**reader, "items": readable(of_writer["items"], reader["items"], read=read)}
    if kinds == ("record", "record"):
        theirs = {field["name"]: field["type"] for field in of_writer["fields"]}
        fields = []
        for field in reader["fields"]:
            avro = theirs.get(field["name"], field["type"])
            fields.append({**field, "type": readable(avro, field["type"], read=read)})
        return {**reader, "fields": fields}
    return reader
