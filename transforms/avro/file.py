"""Read one Avro file, or a range of it, as frames. Nothing here needs Beam."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from schemas.avro import Schema
from transforms.avro.decode import Decoder
from transforms.avro.header import read_header
from transforms.avro.quarantined import unreadable
from transforms.avro.stream import read_stream
from transforms.files.names import path_text
from transforms.files.storage import open_file, size_of
from transforms.frames.frame import FRAME_ROWS, Frame

STRETCHES = pl.Schema({"path": pl.String, "begin": pl.Int64, "end": pl.Int64, "crc": pl.Int64})


def read_file(
    path: str,
    schema: Schema,
    columns: Sequence[str] | None = None,
    frame_rows: int = FRAME_ROWS,
) -> Iterator[tuple[str, Frame]]:
    """Read a file.

    Args:
        path: The file, literally.
        schema: The frames' schema.
        columns: The columns to read; None for all.
        frame_rows: The approximate number of rows in a frame.

    Yields:
        Its parts in order: "frames" of records, and "quarantined" for what can't be read.
    """
    parts = read_range(path, schema, columns, frame_rows)
    return (part for part in parts if part[0] != "stretches")


def read_range(
    path: str,
    schema: Schema,
    columns: Sequence[str] | None,
    frame_rows: int,
    size: int | None = None,
    start: int = 0,
    stop: int | None = None,
) -> Iterator[tuple[str, Frame]]:
    """Read a range of a file, as `read_file` does, and account for each byte of it.

    Args:
        path: The file, literally.
        schema: The frames' schema.
        columns: The columns to read; None for all.
        frame_rows: The approximate number of rows in a frame.
        size: The file's size in bytes, as listed; None for its current size.
        start: Where the range starts; the blocks that start in it are read.
        stop: Where it stops; None for the end of the file.

    Yields:
        What `read_file` yields, and last the "stretches" of the file that it accounts for.
    """
    name, size = path_text(path), size_of(path) if size is None else size
    with open_file(path) as stream:
        header = read_header(stream)
        decoder = Decoder.of(header, schema, columns)
        stop = size if stop is None else stop
        for part in read_stream(stream, header, decoder, size, frame_rows, start, stop):
            if isinstance(part, Frame):
                yield "frames", part
            elif isinstance(part, list):
                yield "quarantined", unreadable(name, part)
            else:
                yield "stretches", pl.DataFrame([(name, *part)], schema=STRETCHES, orient="row")
