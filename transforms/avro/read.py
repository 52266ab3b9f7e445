"""Reading Avro files as frames, in parts, and past what is damaged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.io import filebasedsource
from apache_beam.io.filesystem import BeamIOError
from apache_beam.io.filesystems import FileSystems

from schemas.avro import Schema
from schemas.declared import declared_names, fullname
from transforms.avro.blocks import AvroFormatError, read_header
from transforms.avro.decode import Decoder, SchemaMismatchError, Unread
from transforms.avro.stream import read_stream
from transforms.frames.coder import FrameCoder as FrameCoder
from transforms.frames.frame import FRAME_ROWS, Frame
from transforms.frames.rebatch import Rebatch
from transforms.normalize.quarantine import unreadable

DIGEST_BYTES = 1 << 22


class InputError(ValueError):
    """Input that cannot be read at all; the message is one line, naming the file."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to read: its path and its size in bytes."""

    path: str
    bytes: int


class FramesRead(NamedTuple):
    """What was read: frames of records, and frames of quarantined places."""

    frames: beam.PCollection[Frame]
    quarantined: beam.PCollection[Frame]


def expand_inputs(patterns: Sequence[str], schema: Schema) -> list[FoundFile]:
    """Find the files that patterns mean, and see that each can be read.

    Args:
        patterns: Files, globs or directories (all `*.avro` below them; names that start with `_`
            or `.` are passed over).
        schema: The schema that they are to be read as.

    Returns:
        The files, sorted by path, each once.

    Raises:
        InputError: A pattern finds nothing, or a file is not an Avro file of such records.
    """
    found: dict[str, FoundFile] = {}
    for pattern in patterns:
        files = _match(pattern)
        if not files:
            raise InputError(f"{pattern}: no such file, or no .avro file there")
        found |= {file.path: file for file in files}
    for file in found.values():
        try:
            with FileSystems.open(file.path, compression_type="uncompressed") as stream:
                header = read_header(stream)
            check_kind(header.schema, schema)
            Decoder.of(header, schema)
        except (AvroFormatError, SchemaMismatchError) as error:
            raise InputError(f"{file.path}: {error}") from None
        except IsADirectoryError:
            raise InputError(f"{file.path}: there is no .avro file in it") from None
        except OSError as error:
            raise InputError(f"{file.path}: cannot be read ({error.strerror})") from None
    return [found[path] for path in sorted(found)]


def check_kind(written: Schema, wanted: Schema) -> None:
    """Refuse our own files of another kind: some of their fields have the same names."""
    name = fullname(written)
    if name != fullname(wanted) and name in declared_names():
        raise SchemaMismatchError(f"holds {name} records, where {fullname(wanted)} is wanted")


def _match(pattern: str) -> list[FoundFile]:
    folder = pattern.rstrip("/")
    is_glob = any(mark in folder for mark in "*?[")
    tries = [[pattern]] if is_glob else [[f"{folder}/*.avro", f"{folder}/**/*.avro"], [pattern]]
    for patterns in tries:
        try:
            results = FileSystems.match(patterns)
        except BeamIOError:
            continue
        found = [
            FoundFile(match.path, match.size_in_bytes)
            for result in results
            for match in result.metadata_list
            if not _passed_over(match.path, folder)
        ]
        if found:
            return found
    return []


def _passed_over(path: str, folder: str) -> bool:
    below = path.removeprefix(folder)
    parts = below.split("/") if below != path else [path.rsplit("/", 1)[-1]]
    return any(part.startswith(("_", ".")) for part in parts if part)


class ReadFrames(beam.PTransform[beam.pvalue.PBegin, FramesRead]):
    """Reads Avro files as frames; large files are split at sync markers.

    Args:
        files: Paths, from `expand_inputs`.
        schema: The schema that frames have.
        columns: The columns wanted; None for all.
        frame_rows: About how many rows a frame has.
    """

    def __init__(
        self,
        files: Sequence[str],
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
        """The start of a pipeline to frames and quarantined places."""
        schema, columns, rows = self.schema, self.columns, self.frame_rows
        read = (
            pbegin
            | beam.Create(list(self.files), reshuffle=False)
            | filebasedsource.ReadAllFiles(
                splittable=True,
                compression_type="uncompressed",
                desired_bundle_size=64 << 20,
                min_bundle_size=1 << 20,
                source_from_file=lambda path: FrameSource(path, schema, columns, rows),
            ).with_output_types(tuple[str, Frame])
            | beam.FlatMap(_by_kind)
            .with_output_types(Frame, quarantined=Frame)
            .with_outputs("quarantined", main="frames")
        )
        return FramesRead(read.frames | Rebatch(rows), read.quarantined)


class FrameSource(filebasedsource.FileBasedSource):
    """An Avro file whose records are (kind, frame): "frames" of records, or "quarantined" places.

    Args:
        path: The file.
        schema: The schema that frames have.
        columns: The columns wanted; None for all.
        frame_rows: About how many rows a frame has.
    """

    def __init__(
        self, path: str, schema: Schema, columns: Sequence[str] | None, frame_rows: int
    ) -> None:
        super().__init__(path, compression_type="uncompressed", validate=False)
        self.schema = schema
        self.columns = columns
        self.frame_rows = frame_rows

    def read_records(self, file_name: str, range_tracker: Any) -> Iterator[tuple[str, Frame]]:
        """Frames of the blocks that start in a range of the file."""
        size = FileSystems.match([file_name])[0].metadata_list[0].size_in_bytes
        start, stop = range_tracker.start_position() or 0, range_tracker.stop_position()
        with self.open_file(file_name) as stream:
            header = read_header(stream)
            decoder = Decoder.of(header, self.schema, self.columns)
            parts = read_stream(stream, header, decoder, size, self.frame_rows, start, stop)
            for part in parts:
                if isinstance(part, Frame):
                    yield "frames", part
                elif isinstance(part, Unread):
                    yield "quarantined", unreadable(file_name, [part])


def _by_kind(pair: tuple[str, Frame]) -> Iterator[Any]:
    kind, frame = pair
    yield frame if kind == "frames" else beam.pvalue.TaggedOutput(kind, frame)


def sha256(path: str) -> str:
    """Digest of a file's bytes, hexadecimal."""
    digest = hashlib.sha256()
    with FileSystems.open(path, compression_type="uncompressed") as stream:
        while part := stream.read(DIGEST_BYTES):
            digest.update(part)
    return digest.hexdigest()
