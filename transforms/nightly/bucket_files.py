"""Read and write whole parts of a run, one file per bucket."""

from __future__ import annotations

from collections.abc import Sequence

import apache_beam as beam

from schemas.avro import Schema
from schemas.errors import AvroFormatError, DamagedError, DecodeError, SchemaMismatchError
from transforms.avro.blocks import Block, blocks
from transforms.avro.decode import Decoder
from transforms.avro.encode import encode_blocks, write_header
from transforms.avro.header import read_header
from transforms.avro.types import polars_schema
from transforms.files.storage import check_kept, exists, open_file, size_of, write_whole
from transforms.frames.frame import Frame


def read_whole(path: str, schema: Schema, columns: Sequence[str] | None = None) -> Frame:
    """Read all records of a file that a run wrote.

    Args:
        path: The file; if it doesn't exist, there are no records.
        schema: The frame's schema.
        columns: The columns to read; None for all.

    Returns:
        One frame.

    Raises:
        DamagedError: Some record can't be read, and nothing may be missing from a state.
    """
    every = polars_schema(schema)
    if not exists(path):
        return every.to_frame().select(columns or every.names())
    size = size_of(path)
    try:
        with open_file(path) as stream:
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
    """Writes (path, frame) pairs, each as the Avro file with that path.

    Args:
        root: The run's directory; paths are relative to it, starting with a part's name.
        schemas: The schema of each part.
    """

    def __init__(self, root: str, schemas: dict[str, Schema]) -> None:
        super().__init__()
        self.root = root
        self.schemas = schemas

    def expand(self, pcoll: beam.PCollection[tuple[str, Frame]]) -> beam.PCollection[str]:
        """Expand from pairs to paths."""
        return pcoll | beam.MapTuple(self.write).with_output_types(str)

    def write(self, path: str, frame: Frame) -> str:
        """Write one file."""
        part, place = path.split("/")[0], f"{self.root}/{path}"
        schema = self.schemas[part]
        check_kept(self.root)
        # A worker may try again, and nobody sees the file half-written.
        content = write_header(schema) + encode_blocks(frame, schema)
        write_whole(place, content, durable=False)
        return path
