"""A run's parts in one file a bucket: reading and writing them whole."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems

from schemas.avro import Schema
from transforms.avro.blocks import AvroFormatError, Block, blocks, read_header
from transforms.avro.decode import DecodeError, Decoder, SchemaMismatchError
from transforms.avro.encode import encode_blocks, write_header
from transforms.avro.types import polars_schema
from transforms.frames.frame import Frame


class DamagedError(ValueError):
    """A file of an earlier run that cannot be read whole; the message is one line."""


def read_whole(path: str, schema: Schema, columns: Sequence[str] | None = None) -> Frame:
    """All records of a file that a run wrote.

    Args:
        path: The file; where there is none there are no records.
        schema: The schema that the frame has.
        columns: The columns wanted; None for all.

    Returns:
        One frame.

    Raises:
        DamagedError: Not every record can be read: nothing may be left out of a state.
    """
    every = polars_schema(schema)
    if not FileSystems.exists(path):
        return every.to_frame().select(columns or every.names())
    size = FileSystems.match([path])[0].metadata_list[0].size_in_bytes
    try:
        with FileSystems.open(path, compression_type="uncompressed") as stream:
            header = read_header(stream)
            decoder = Decoder.of(header, schema, columns)
            found = []
            for block in blocks(stream, header, 0, size):
                if not isinstance(block, Block):
                    raise DamagedError(f"{path}: is damaged at byte {block.offset}")
                found.append(block)
        return decoder.decode(found)
    except (AvroFormatError, SchemaMismatchError, DecodeError) as error:
        raise DamagedError(f"{path}: {error}") from None


class WriteWhole(beam.PTransform[beam.PCollection[tuple[str, Frame]], beam.PCollection[str]]):
    """Writes (path, frame) pairs, each as the one Avro file of that path.

    Args:
        root: The run's directory; paths go on from it, a part's name first.
        schemas: The schema of each part.
    """

    def __init__(self, root: str, schemas: dict[str, Schema]) -> None:
        super().__init__()
        self.root = root
        self.schemas = schemas

    def expand(self, pcoll: beam.PCollection[tuple[str, Frame]]) -> beam.PCollection[str]:
        """Pairs to the paths."""
        return pcoll | beam.MapTuple(self.write).with_output_types(str)

    def write(self, path: str, frame: Frame) -> str:
        """Write one file."""
        part, place = path.split("/")[0], f"{self.root}/{path}"
        schema = self.schemas[part]
        # Written twice, when a worker tries again, it is never seen half written.
        aside = f"{self.root}/{part}/_{uuid.uuid4().hex}"
        with FileSystems.create(aside, compression_type="uncompressed") as file:
            file.write(write_header(schema))
            file.write(encode_blocks(frame, schema))
        FileSystems.rename([aside], [place])
        return path
