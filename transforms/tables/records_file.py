"""Read files of records, NDJSON and Parquet, as sheets: their lists stay within their records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from schemas.errors import InputError
from transforms.avro.values import text_of_moment
from transforms.files.storage import is_local, open_file
from transforms.frames.frame import Frame
from transforms.tables.sheet import (
    ROW,
    UNREAD,
    Part,
    Sheet,
    column_name,
    no_unread,
    without_blanks,
)

_READ_BYTES = 1 << 23
_KEPT_BYTES = 1 << 20
_ROWS = 1 << 14
# A number of a frame that is whole has no decimal point as text.
_POINT = r"^(-?[0-9]+)\.0$"

Lists = Mapping[str, Sequence[str]]
"""By the name of a column that is a list, the fields of its records."""


def read_ndjson(path: str, name: str, lists: Lists) -> Sheet:
    """Open a file with a JSON object per line; to find every key, this reads it whole.

    Args:
        path: The file.
        name: The name of its sheet.
        lists: The columns that are lists of records.

    Raises:
        OSError: It can't be read.
    """
    keys: dict[str, dict[str, None]] = {}
    for _, lines in _line_batches(path):
        for key, inner in _keys(lines):
            keys.setdefault(key, {}).update(dict.fromkeys(inner))
    header = tuple(keys)
    inner = {key: tuple(fields) for key, fields in keys.items() if fields and key in lists}
    return Sheet(name, path, header, lambda: _ndjson_parts(path, header, lists), True, inner)


def _line_batches(path: str) -> Iterator[tuple[list[int], list[bytes]]]:
    """Yield whole lines that aren't blank, with their numbers."""
    number, rest = 1, b""
    with open_file(path) as stream:
        while part := stream.read(_READ_BYTES):
            *lines, rest = (rest + part).split(b"\n")
            yield _given(number, lines)
            number += len(lines)
    yield _given(number, [rest])


def _given(first: int, lines: list[bytes]) -> tuple[list[int], list[bytes]]:
    # A mark of the byte order may precede the first line.
    given = [(n, line) for n, line in enumerate(lines, first) if line.strip(b"\xef\xbb\xbf \t\r")]
    return [n for n, _ in given], [line.removeprefix(b"\xef\xbb\xbf") for _, line in given]


def _keys(lines: Sequence[bytes]) -> Iterator[tuple[str, Iterable[str]]]:
    """Give the keys of objects, each with the keys of the objects in its lists."""
    if not lines:
        return
    try:
        schema = pl.read_ndjson(b"\n".join(lines), infer_schema_length=None).schema
    except pl.exceptions.PolarsError:
        for line in lines:
            for key, value in (_object(line) or {}).items():
                items = value if isinstance(value, list) else ()
                yield key, [name for item in items if isinstance(item, dict) for name in item]
        return
    for key, dtype in schema.items():
        yield key, _inner_fields(dtype)


def _inner_fields(dtype: object) -> dict[str, Any]:
    """Return the fields of the records in a list, with their dtypes; none for another dtype."""
    if not isinstance(dtype, pl.List) or not isinstance(dtype.inner, pl.Struct):
        return {}
    return {field.name: field.dtype for field in dtype.inner.fields}


def _ndjson_parts(path: str, header: Sequence[str], lists: Lists) -> Iterator[Part]:
    schema: dict[str, Any] = {
        key: pl.List(pl.Struct(dict.fromkeys(lists[key], pl.String())))
        if key in lists
        else pl.String()
        for key in header
    }
    for numbers, lines in _line_batches(path):
        if lines:
            frame, unread = _read_lines(lines, numbers, schema)
            yield Part(without_blanks(frame), unread)


def _read_lines(
    lines: Sequence[bytes], numbers: Sequence[int], schema: dict[str, Any]
) -> tuple[Frame, Frame]:
    frame = _parsed(lines, schema)
    if frame is not None:
        return _numbered(frame, numbers), no_unread()
    # A line of the batch is wrong; find out which.
    frames, bad = [_numbered(pl.DataFrame(schema=schema), [])], []
    for number, line in zip(numbers, lines, strict=True):
        found = _object(line)
        one = None if found is None else _parsed([line], schema)
        if one is None:
            fault = "is not a JSON object" if found is None else "has a list that isn't one"
            bad.append((number, fault, line[:_KEPT_BYTES]))
        else:
            frames.append(_numbered(one, [number]))
    return pl.concat(frames), pl.DataFrame(bad, schema=UNREAD, orient="row")


def _parsed(lines: Sequence[bytes], schema: dict[str, Any]) -> Frame | None:
    try:
        frame = pl.read_ndjson(b"\n".join(lines), schema=schema)
    except pl.exceptions.PolarsError:
        return None
    return frame if frame.height == len(lines) else None


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def read_parquet(path: str, name: str, lists: Lists) -> Sheet:
    """Open a Parquet file.

    Args:
        path: The file.
        name: The name of its sheet.
        lists: The columns that are lists of records.

    Raises:
        InputError: It isn't a Parquet file on this machine.
        OSError: It can't be read.
    """
    if not is_local(path):
        raise InputError(f"{path}: copy it to this machine first")
    try:
        schema = pl.read_parquet_schema(path)
    except pl.exceptions.PolarsError:
        raise InputError(f"{path}: is not a Parquet file, or is damaged") from None
    inner = {key: tuple(_inner_fields(dtype)) for key, dtype in schema.items() if key in lists}
    return Sheet(name, path, tuple(schema), lambda: _parquet_parts(path, lists), True, inner)


def _parquet_parts(path: str, lists: Lists) -> Iterator[Part]:
    number = 1
    try:
        for batch in pl.scan_parquet(path).collect_batches(chunk_size=_ROWS, maintain_order=True):
            texts = batch.select(
                _listed(name, dtype, lists[name])
                if name in lists and _inner_fields(dtype)
                else _text(pl.col(name), dtype).alias(name)
                for name, dtype in batch.schema.items()
            )
            rows = range(number, number + batch.height)
            number += batch.height
            yield Part(without_blanks(_numbered(texts, rows)), no_unread())
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        raise InputError(f"{path}: is damaged") from None


def _listed(name: str, dtype: object, fields: Sequence[str]) -> pl.Expr:
    item, theirs = pl.element(), _inner_fields(dtype)
    made = (
        _text(item.struct.field(field), theirs[field]).alias(field)
        if field in theirs
        else pl.lit(None, pl.String).alias(field)
        for field in fields
    )
    return pl.col(name).list.eval(pl.when(item.is_not_null()).then(pl.struct(made)))


def _text(value: pl.Expr, dtype: Any) -> pl.Expr:
    if isinstance(dtype, pl.Float32 | pl.Float64):
        given = pl.when(value.is_not_nan()).then(value)
        return given.cast(pl.String).str.replace(_POINT, "$1")
    if isinstance(dtype, pl.Date):
        # A day beyond the years 1 to 9999 isn't a date, but the file isn't damaged.
        return text_of_moment(value.to_physical(), "int", "date")
    if isinstance(dtype, pl.Datetime):
        return value.dt.strftime("%Y-%m-%dT%H:%M:%S").str.replace("T00:00:00$", "")
    if dtype.is_nested():
        return pl.when(value.is_not_null()).then(pl.struct(value).struct.json_encode())
    return value.cast(pl.String)


def _numbered(frame: Frame, rows: Sequence[int]) -> Frame:
    """Name columns by their positions, since a file's own names may be `row`; add the numbers."""
    columns = [
        column.alias(column_name(place)) for place, column in enumerate(frame.iter_columns())
    ]
    return pl.DataFrame([pl.Series(ROW, rows, pl.Int64), *columns])
