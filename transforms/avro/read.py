"""Read Avro files as frames, in parts, and past any damage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.io.restriction_trackers import OffsetRange

from schemas.avro import Schema
from schemas.declared import declared_names, fullname
from schemas.errors import AvroFormatError, InputError, SchemaMismatchError
from transforms.avro.decode import Decoder
from transforms.avro.file import read_range
from transforms.avro.header import read_header
from transforms.files.find import Found, FoundFile, LeftOut, find_files
from transforms.files.names import text_path
from transforms.files.storage import open_file, why_not
from transforms.frames.coder import FrameCoder as FrameCoder
from transforms.frames.frame import FRAME_ROWS, Frame
from transforms.frames.rebatch import Rebatch

# One worker reads a range.
RANGE_BYTES = 64 << 20
LEAST_BYTES = 1 << 20


class FramesRead(NamedTuple):
    """What was read: frames of records, of quarantined parts, and of `STRETCHES` of files."""

    frames: beam.PCollection[Frame]
    quarantined: beam.PCollection[Frame]
    stretches: beam.PCollection[Frame]


def expand_inputs(patterns: Sequence[str], schema: Schema) -> Found:
    """Find the files that a user names, and which of them can be read.

    Args:
        patterns: Files, folders, or patterns (`find_files`).
        schema: The schema to read them as.

    Returns:
        The files that can be read. The others are listed as left out.

    Raises:
        InputError: A pattern finds nothing, or nothing that it finds can be read.
    """
    found = find_files(patterns)
    refused = {file.path: reason for file in found.files if (reason := why_not_read(file, schema))}
    left_out = (*found.left_out, *(LeftOut(path, reason) for path, reason in refused.items()))
    files = tuple(file for file in found.files if file.path not in refused)
    if not files:
        others = f", and {len(left_out) - 1} more like it" if len(left_out) > 1 else ""
        raise InputError(f"{left_out[0].path}: {left_out[0].reason}{others}")
    return Found(files, tuple(sorted(left_out)))


def why_not_read(file: FoundFile, schema: Schema) -> str | None:
    """Say why a file's records can't be read with a schema; None if they can."""
    try:
        with open_file(file.path) as stream:
            header = read_header(stream)
        check_kind(header.schema, schema)
        Decoder.of(header, schema)
    except (AvroFormatError, SchemaMismatchError) as error:
        return str(error)
    except OSError as error:
        return f"cannot be read ({why_not(error)})"
    return None


def check_kind(written: Schema, wanted: Schema) -> None:
    """Refuse our own files of another kind, because some of their fields have the same names."""
    name = fullname(written)
    if name != fullname(wanted) and name in declared_names():
        raise SchemaMismatchError(f"holds {name} records, but {fullname(wanted)} is expected")


class ReadFrames(beam.PTransform[beam.pvalue.PBegin, FramesRead]):
    """Reads Avro files as frames; large files are split at sync markers.

    Args:
        files: The files.
        schema: The frames' schema.
        columns: The columns to read; None for all.
        frame_rows: The approximate number of rows in a frame.
    """

    def __init__(
        self,
        files: Sequence[FoundFile],
        schema: Schema,
        columns: Sequence[str] | None = None,
        frame_rows: int = FRAME_ROWS,
    ) -> None:
        super().__init__()
        self.files = files
        self.schema = schema
        self.columns = columns
        self.frame_rows = frame_rows

    def expand(self, pbegin: beam.pvalue.PBegin) -> FramesRead:
        """Expand from the start of a pipeline to frames and quarantined parts."""
        schema, columns, rows = self.schema, self.columns, self.frame_rows
        ranges = [part for file in self.files for part in _ranges(file)]

        def read(name: str, size: int, start: int, stop: int) -> Iterator[tuple[str, Frame]]:
            try:
                yield from read_range(text_path(name), schema, columns, rows, size, start, stop)
            except (AvroFormatError, SchemaMismatchError) as error:
                # It was a different file when it was found.
                raise InputError(f"{name}: changed while it was read: {error}") from None
            except OSError as error:
                reason = f"cannot be read ({why_not(error)})"
                raise InputError(f"{name}: changed while it was read: {reason}") from None

        parts = (
            pbegin
            | beam.Create(ranges, reshuffle=False)
            | beam.Reshuffle()
            | beam.FlatMapTuple(read).with_output_types(tuple[str, Frame])
            | beam.FlatMap(_by_kind)
            .with_output_types(Frame, quarantined=Frame, stretches=Frame)
            .with_outputs("quarantined", "stretches", main="frames")
        )
        return FramesRead(parts.frames | Rebatch(rows), parts.quarantined, parts.stretches)


def _ranges(file: FoundFile) -> Iterator[tuple[str, int, int, int]]:
    """Split a file into ranges of bytes that can be read separately, with its name and size."""
    for part in OffsetRange(0, file.bytes).split(RANGE_BYTES, LEAST_BYTES):
        yield file.name, file.bytes, part.start, part.stop


def _by_kind(pair: tuple[str, Frame]) -> Iterator[Any]:
    kind, frame = pair
    yield frame if kind == "frames" else beam.pvalue.TaggedOutput(kind, frame)
