"""Write frames to Avro files with the declared schema, including names and docs."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from typing import BinaryIO

import apache_beam as beam
from apache_beam.io import fileio

from schemas.avro import Schema
from transforms.avro.background import BACKGROUND
from transforms.avro.encode import DEFAULT_CODEC, check_encodable
from transforms.avro.encode import encode_blocks as encode_blocks
from transforms.avro.encode import write_header as write_header
from transforms.frames.frame import Frame

# How many frames of a file may be in the encoder, which trades memory for background work.
HELD_BACK = 1


class AvroSink(fileio.FileSink):
    """Writes (destination, frame) pairs as one Avro file per destination.

    Args:
        schemas: The schema of each destination.
        codec: The codec of the files.
    """

    def __init__(self, schemas: dict[str, Schema], codec: str = DEFAULT_CODEC) -> None:
        for schema in schemas.values():
            check_encodable(schema)
        self.schemas = schemas
        self.codec = codec
        self.file: BinaryIO | None = None
        self.opened = False
        self.encoding: deque[Future[bytes]] = deque()

    def open(self, fh: BinaryIO) -> None:
        """Start a new file."""
        self.file, self.opened = fh, False

    def write(self, record: tuple[str, Frame]) -> None:
        """Append a frame; the first one also writes the header."""
        assert self.file is not None
        schema = self.schemas[record[0]]
        if not self.opened:
            self.file.write(write_header(schema, self.codec))
            self.opened = True
        self.encoding.append(BACKGROUND.submit(encode_blocks, record[1], schema, self.codec))
        self._write_encoded(HELD_BACK)

    def flush(self) -> None:
        """Write what is still in the encoder."""
        self._write_encoded(0)

    def _write_encoded(self, left: int) -> None:
        assert self.file is not None
        while len(self.encoding) > left:
            self.file.write(self.encoding.popleft().result())


class WriteFrames(beam.PTransform[beam.PCollection[tuple[str, Frame]], beam.PCollection[str]]):
    """Writes (destination, frame) pairs to `ROOT/DESTINATION/part-*.avro`.

    Args:
        root: The directory. It must contain one for each destination, because Beam skips a file
            that it can't move.
        schemas: The schema of each destination.
        name: Part of the files' names, so that two writers never use the same one.
    """

    def __init__(self, root: str, schemas: dict[str, Schema], name: str) -> None:
        super().__init__()
        self.root = root
        self.schemas = schemas
        self.name = name

    def expand(self, pcoll: beam.PCollection[tuple[str, Frame]]) -> beam.PCollection[str]:
        """Expand from pairs to the names of the files written, relative to the root."""
        name = self.name

        def file_name(
            window: object, pane: object, shard: int | None, total: int | None, *rest: object
        ) -> str:
            destination = rest[-1]
            return f"{destination}/part-{name}-{shard or 0:05d}-of-{total or 1:05d}.avro"

        written = pcoll | fileio.WriteToFiles(
            self.root,
            file_naming=file_name,
            destination=lambda pair: pair[0],
            sink=lambda _: AvroSink(self.schemas),
            max_writers_per_bundle=16,
        )
        return written | beam.Map(lambda result: str(result.file_name)).with_output_types(str)
